// A photo: dropped, chosen or pasted, coloured at full resolution, compared and downloaded.

import { ask } from "./api.js";
import { Compare } from "./compare.js";
import { nameOf } from "./save.js";

const $ = (id) => document.getElementById(id);
// For the screen, where the browser cannot show the format itself (TIFF).
const PREVIEW_SIDE = 2400;

export class Photo {
  #compare = new Compare($("photo"));
  #before = $("photo").querySelector(".before");
  #after = $("photo").querySelector(".after");
  #most = Infinity;
  #file = null;
  #settings = null;
  #work = null; // the AbortController of the upload that runs
  #addresses = [];
  #note = "";

  // `opened` is called when a photo comes, from wherever.
  constructor(opened) {
    $("choose").addEventListener("click", () => $("file").click());
    $("another").addEventListener("click", () => $("file").click());
    $("cancel").addEventListener("click", () => this.#work?.abort());
    $("file").addEventListener("change", () => {
      if ($("file").files.length) take($("file").files);
      $("file").value = "";
    });
    addEventListener("paste", (event) => {
      if (event.clipboardData?.files.length) take(event.clipboardData.files);
    });
    const take = (files) => {
      opened();
      this.open(files[0], files.length);
    };
    dropping(take);
  }

  limits(limits) {
    this.#most = limits.upload_bytes;
    $("most").textContent = `, up to ${Math.floor(this.#most / 2 ** 20)}\u00a0MB`;
  }

  // The controls have changed: the photo that is open is coloured anew.
  settings(settings) {
    const changed = this.#settings && (settings.model !== this.#settings.model || settings.saturation !== this.#settings.saturation);
    this.#settings = settings;
    if (changed && this.#file) this.#colour(this.#file);
  }

  open(file, count = 1) {
    if (file.size > this.#most) {
      this.#fail(`${file.name} is too large: at most ${Math.floor(this.#most / 2 ** 20)} MB are taken.`);
      return;
    }
    this.#note = count > 1 ? `Of ${count} files the first was taken.` : "";
    this.#colour(file);
  }

  async #colour(file) {
    this.#work?.abort();
    const work = new AbortController();
    this.#work = work;
    $("photo-error").hidden = true;
    const begun = setTimeout(() => this.#waiting(true), 150);
    try {
      const response = await upload(file, this.#settings, {}, work.signal);
      const result = await response.blob();
      const pictures = await this.#pictures(file, result, work.signal);
      if (work.signal.aborted) return;
      this.#file = file;
      this.#show(response, result, pictures);
    } catch (error) {
      if (error.name !== "AbortError") this.#fail(error.message);
    } finally {
      clearTimeout(begun);
      if (this.#work === work) {
        this.#work = null;
        this.#waiting(false);
      }
    }
  }

  // Addresses of before and after as the browser can show them, and their size.
  async #pictures(file, result, signal) {
    const before = await decoded(URL.createObjectURL(file));
    const after = await decoded(URL.createObjectURL(result));
    if (before && after) return { before, after };
    for (const picture of [before, after]) if (picture) URL.revokeObjectURL(picture.src);
    const options = { format: "jpeg", longest: 2 * PREVIEW_SIDE, side_by_side: true };
    const both = await upload(file, this.#settings, options, signal);
    return halves(await createImageBitmap(await both.blob()));
  }

  #show(response, result, { before, after }) {
    for (const address of this.#addresses) URL.revokeObjectURL(address);
    const address = URL.createObjectURL(result);
    const name = nameOf(response, "colour.jpg");
    this.#addresses = [address, before.src, after.src];
    this.#before.src = before.src;
    this.#after.src = after.src;
    $("drop").hidden = true;
    $("result").hidden = false;
    $("facts").hidden = false;
    this.#compare.show(after.naturalWidth, after.naturalHeight);
    $("download").href = address;
    $("download").download = name;
    $("photo-name").textContent = name;
    const size = response.headers.get("X-Picture-Size").replace("x", " × ");
    const kind = result.type.replace("image/", "").toUpperCase();
    $("photo-facts").textContent = `${size} · ${kind} · coloured in ${Number(response.headers.get("X-Seconds")).toFixed(2)} s`;
    const notes = JSON.parse(decodeURIComponent(response.headers.get("X-Notes")));
    $("photo-notes").replaceChildren(...[this.#note, ...notes].filter(Boolean).map(item));
    $("photo-said").textContent = `${name} is coloured and ready to download.`;
  }

  #waiting(waits) {
    $("busy").hidden = !waits;
    // Nothing is open yet: the veil lies over an empty stage.
    if (waits) {
      $("drop").hidden = true;
      $("result").hidden = false;
    } else if (!this.#file) {
      $("drop").hidden = false;
      $("result").hidden = true;
    }
    $("download").toggleAttribute("inert", waits);
    $("photo-said").textContent = waits ? "Colouring…" : $("photo-said").textContent;
  }

  #fail(text) {
    $("photo-error").textContent = text;
    $("photo-error").hidden = false;
  }
}

async function upload(file, settings, options, signal) {
  const form = new FormData();
  form.append("picture", file, file.name);
  const query = new URLSearchParams({ model: settings.model, saturation: settings.saturation, ...options });
  return ask(`/api/colorize?${query}`, { method: "POST", body: form, signal });
}

// A picture that the browser has decoded, or null where it cannot.
async function decoded(address) {
  const image = new Image();
  image.src = address;
  try {
    await image.decode();
    return image;
  } catch {
    URL.revokeObjectURL(address);
    return null;
  }
}

// The left and the right of a picture with both, without the gap between.
async function halves(bitmap) {
  // The gap is a fiftieth of one half's longer side, as the server draws it.
  const gap = sideGap(bitmap.width, bitmap.height);
  const width = Math.floor((bitmap.width - gap) / 2);
  const cut = async (left) => {
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = bitmap.height;
    canvas.getContext("2d").drawImage(bitmap, -left, 0);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.95));
    return decoded(URL.createObjectURL(blob));
  };
  return { before: await cut(0), after: await cut(bitmap.width - width) };
}

function sideGap(total, height) {
  const wide = (total * 0.02) / 2.02;
  return Math.round(Math.max(wide, 0.02 * height));
}

function item(text) {
  const element = document.createElement("li");
  element.textContent = text[0].toUpperCase() + text.slice(1) + (text.endsWith(".") ? "" : ".");
  return element;
}

// Files may be dropped anywhere on the page.
function dropping(take) {
  const landing = $("landing");
  const withFiles = (event) => event.dataTransfer?.types.includes("Files");
  let depth = 0;
  addEventListener("dragenter", (event) => {
    if (!withFiles(event)) return;
    depth += 1;
    landing.hidden = false;
  });
  addEventListener("dragleave", (event) => {
    if (!withFiles(event)) return;
    depth -= 1;
    landing.hidden = depth > 0 ? landing.hidden : true;
  });
  addEventListener("dragover", (event) => { if (withFiles(event)) event.preventDefault(); });
  addEventListener("drop", (event) => {
    depth = 0;
    landing.hidden = true;
    if (!withFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer.files.length) take(event.dataTransfer.files);
  });
}
