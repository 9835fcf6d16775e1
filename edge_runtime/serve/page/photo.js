// The photos panel: a photo is dropped, chosen or pasted, coloured, compared and downloaded.

import { choices, nameAs } from "./choices.js";
import { Hints } from "./hints.js";
import { isHintsFile } from "./hints_file.js";
import { keepPhoto, keptPhoto } from "./kept_photo.js";
import { OpenPhoto } from "./open_photo.js";
import { save } from "./save.js";
import { Stage } from "./stage.js";
import { Suggestions } from "./suggestions.js";
import { toast } from "./toast.js";

const $ = (id) => document.getElementById(id);
const PATIENCE = 150; // ms before a wait is shown

export class Photo {
  #stage = new Stage($("photo"), () => this.#hints.cancel());
  #hints = new Hints(this.#stage);
  #suggestions = new Suggestions((hints) => this.#hints.take(hints));
  #controls;
  #most = Infinity;
  #shown = null; // the OpenPhoto on the stage
  #next = null; // the one that is being sent or coloured; the same, where its model changes
  #work = null; // the AbortController of what runs
  #timer = 0;

  // `controls` says how photos are to be coloured; `film` takes what is one; `opened` is called when
  // a file comes.
  constructor(controls, film, opened) {
    this.#controls = controls;
    $("choose").addEventListener("click", () => $("file").click());
    $("another").addEventListener("click", () => $("file").click());
    $("cancel").addEventListener("click", () => this.#cancel());
    $("download").addEventListener("click", () => this.#download());
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#work && !event.defaultPrevented) this.#cancel();
    });
    $("file").addEventListener("change", () => {
      if ($("file").files.length) take($("file").files);
      $("file").value = "";
    });
    addEventListener("paste", (event) => {
      if (event.clipboardData?.files.length) take(event.clipboardData.files);
    });
    const take = async ([first, ...others]) => {
      opened();
      if (isHintsFile(first) || !(await film.take(first))) this.open([first, ...others]);
    };
    $("zoom-in").addEventListener("click", () => this.#stage.zoom.in());
    $("zoom-out").addEventListener("click", () => this.#stage.zoom.out());
    $("zoom-actual").addEventListener("click", () => this.#stage.zoom.actual(this.#shown.facts.width));
    $("zoom-whole").addEventListener("click", () => this.#stage.zoom.to(1));
    $("photo-full").addEventListener("click", () => fullScreen($("viewer")));
    dropping(take);
  }

  limits(limits) {
    this.#most = limits.upload_bytes;
    $("most").textContent = `, up to ${Math.floor(this.#most / 2 ** 20)}\u00a0MB`;
  }

  // Open again what was open before a reload of the page.
  async restore() {
    const file = await keptPhoto();
    if (file && !this.#next && !this.#shown) this.open([file]);
  }

  // The controls have changed.
  restyle() {
    const { model, saturation } = this.#controls.own;
    this.#stage.restyle(saturation);
    const photo = this.#next ?? this.#shown;
    if (photo && model !== photo.wanted) this.#colour(photo);
  }

  // Open a photo, with its hints where their file comes along; or the hints of the one that is open.
  open(files) {
    const hints = files.find(isHintsFile);
    const photos = files.filter((file) => !isHintsFile(file));
    if (photos.length) this.#open(photos[0], photos.length, hints);
    else if (this.#shown && !this.#work) this.#openHints(hints);
    else this.#fail(`${hints.name}: open the photo first that these hints belong to.`);
  }

  #open(file, count, hints) {
    if (file.size > this.#most) {
      this.#fail(`${file.name} is too large: at most ${Math.floor(this.#most / 2 ** 20)} MB are taken.`);
      return;
    }
    const photo = new OpenPhoto(file);
    photo.note = count > 1 ? `Of ${count} photos the first was taken.` : "";
    this.#colour(photo).then(() => {
      if (hints && this.#shown === photo) this.#openHints(hints);
    });
  }

  async #openHints(file) {
    $("photo-error").hidden = true;
    try {
      await this.#hints.open(file);
    } catch (error) {
      this.#fail(error.message);
    }
  }

  async #colour(photo) {
    if (this.#next && this.#next !== photo && this.#next !== this.#shown) this.#next.forget();
    this.#next = photo;
    photo.wanted = this.#controls.own.model;
    $("photo-error").hidden = true;
    await this.#working("Colouring…", async (signal) => {
      await photo.load(photo.wanted, signal, (part) => this.#sent(part));
      if (signal.aborted) return;
      if (this.#shown !== photo) this.#shown?.forget();
      this.#next = null;
      this.#shown = photo;
      keepPhoto(photo.file);
      this.#show(photo);
    }, () => this.#leave(photo));
  }

  async #download() {
    const photo = this.#shown;
    await this.#working("Painting it at full size…", async (signal) => {
      const settings = { ...this.#controls.own, model: photo.model, ...choices() };
      const blob = await photo.result(settings, signal);
      if (signal.aborted) return;
      const name = nameAs(photo.facts.name, blob.type);
      save(blob, name);
      toast(`Saved ${name}`);
    }, () => {});
  }

  // Do something under the veil. What is cancelled or fails is left by `leave`.
  async #working(words, what, leave) {
    this.#work?.abort();
    const work = new AbortController();
    this.#work = work;
    work.leave = leave;
    const held = this.#holdsFocus();
    $("download").disabled = true;
    $("busy-text").textContent = words;
    $("sent").hidden = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#veil(words, held), PATIENCE);
    try {
      await what(work.signal);
    } catch (error) {
      if (work.signal.aborted) return; // another thing runs now, or it was cancelled
      leave();
      this.#fail(error.message);
    } finally {
      if (this.#work === work) this.#rest(held);
    }
  }

  #cancel() {
    const { leave } = this.#work;
    const held = this.#holdsFocus();
    this.#work.abort();
    leave();
    this.#rest(held);
    $("photo-said").textContent = "Cancelled.";
  }

  // A photo that did not come: the one before stays, in its own model.
  #leave(photo) {
    this.#next = null;
    if (photo !== this.#shown) photo.forget();
    if (this.#shown) {
      this.#shown.wanted = this.#shown.model;
      this.#controls.revert(this.#shown.model);
    }
  }

  #veil(words, held) {
    const lost = held && focusIsLost();
    $("drop").hidden = true; // where nothing is open yet the veil lies over an empty stage
    $("result").hidden = false;
    $("busy").hidden = false;
    $("photo-said").textContent = words;
    if (lost || this.#holdsFocus()) $("cancel").focus({ preventScroll: true });
  }

  #rest(held) {
    held ||= this.#holdsFocus();
    this.#work = null;
    clearTimeout(this.#timer);
    $("busy").hidden = true;
    $("drop").hidden = Boolean(this.#shown);
    $("result").hidden = !this.#shown;
    $("download").disabled = !this.#shown;
    if (held && focusIsLost()) {
      $(this.#shown ? "download" : "choose").focus({ preventScroll: true });
    }
  }

  // Whether the keyboard is at one of the buttons that come and go.
  #holdsFocus() {
    return ["choose", "another", "cancel", "download"].some((id) => $(id) === document.activeElement);
  }

  #sent(part) {
    $("sent").value = part;
    $("sent").hidden = part === 1;
    $("busy-text").textContent = part === 1 ? "Colouring…" : `Sending… ${Math.floor(100 * part)} %`;
  }

  #show(photo) {
    const { name, width, height, format, seconds, notes } = photo.facts;
    $("drop").hidden = true;
    $("result").hidden = false;
    this.#stage.show(photo, this.#controls.own.saturation);
    this.#hints.show(photo);
    this.#suggestions.show(photo);
    $("photo-name").textContent = name;
    $("photo-facts").textContent = `${width} × ${height} · ${format.toUpperCase()} · coloured in ${seconds.toFixed(2)} s`;
    $("photo-notes").replaceChildren(...[photo.note, ...notes].filter(Boolean).map(item));
    $("photo-said").textContent = `${name} is coloured and ready to download.`;
  }

  #fail(text) {
    $("photo-error").textContent = text;
    $("photo-error").hidden = false;
  }
}

// Fill the screen with an element, or no more.
function fullScreen(element) {
  if (document.fullscreenElement) document.exitFullscreen();
  else element.requestFullscreen?.().catch(() => {});
}

// Whether the keyboard is nowhere: what it was at is not on the screen any more.
function focusIsLost() {
  const active = document.activeElement;
  return !active || active === document.body || active.disabled || !active.checkVisibility();
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
