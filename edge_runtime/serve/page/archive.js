// All photos that are coloured, in one ZIP: written photo after photo, to the disk at once where the
// browser lets a page write there.

import { choices, nameAs } from "./choices.js";
import { save } from "./save.js";
import { toast } from "./toast.js";
import { Zip, unique } from "./zip.js";

const $ = (id) => document.getElementById(id);
const NAME = "tintlite-photos.zip";
const TYPE = "application/zip";
const LOST = 0;
const BUSY = 429;
const AGAIN = 3000; // ms until a busy server is asked again

export class Archive {
  #queue;
  #work = null; // the AbortController of what runs

  constructor(queue) {
    this.#queue = queue;
    $("all").addEventListener("click", () => this.#work ? this.#work.abort() : this.#pack());
  }

  // The photos have changed.
  update() {
    $("all").disabled = !this.#work && !this.#queue.photos.some(({ state }) => state === "done");
  }

  async #pack() {
    const work = new AbortController();
    this.#work = work;
    this.#show(0, 0);
    let target = null;
    try {
      target = await targetOf();
      await this.#fill(target, work.signal);
    } catch (error) {
      await target?.abort().catch(() => {});
      if (error.name !== "AbortError") toast(error.message);
    } finally {
      this.#work = null;
      $("all-progress").hidden = true;
      $("all").textContent = "Save all as ZIP";
      this.update();
    }
  }

  async #fill(target, signal) {
    const photos = this.#queue.photos.filter(({ state }) => state === "done");
    const zip = new Zip((part) => target.write(part));
    const taken = new Set();
    const chosen = choices();
    let failed = 0;
    for (const [at, photo] of photos.entries()) {
      this.#show(at, photos.length);
      let blob;
      try {
        blob = await patiently(() => photo.result({ ...photo.look, ...chosen }, signal), signal);
      } catch (error) {
        if (signal.aborted || error.status === LOST) throw error;
        this.#queue.end(photo, "failed", error);
        failed += 1;
        continue;
      }
      await this.#add(zip, taken, photo, blob);
    }
    if (failed === photos.length) throw new Error("None of the photos could be painted.");
    await zip.close();
    signal.throwIfAborted();
    await target.close();
    const count = photos.length - failed;
    toast(`Saved ${count} of ${this.#queue.photos.length} photos in ${NAME}`);
  }

  async #add(zip, taken, photo, blob) {
    const whole = nameAs(photo.facts.name, blob.type);
    const at = whole.lastIndexOf(".colour.");
    const [stem, rest] = [whole.slice(0, at), whole.slice(at)];
    const hints = photo.said.hints.length ? photo.hintsBlob() : null;
    const [name, beside] = unique(taken, (number) => [
      `${stem}${number}${rest}`, ...(hints ? [`${stem}${number}.hints.json`] : []),
    ]);
    await zip.add(name, blob);
    if (hints) await zip.add(beside, hints);
  }

  #show(at, count) {
    const bar = $("all-progress");
    bar.hidden = false;
    bar.value = count ? at / count : 0;
    $("all").textContent = `Cancel, ${at} of ${count || "…"} packed`;
  }
}

// Ask again while the server is busy.
async function patiently(ask, signal) {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (error.status !== BUSY) throw error;
    }
    await new Promise((done) => { setTimeout(done, AGAIN); });
    signal.throwIfAborted();
  }
}

// Where the ZIP goes: { write, close, abort }, as of a FileSystemWritableFileStream.
async function targetOf() {
  if (window.showSaveFilePicker) {
    const types = [{ accept: { [TYPE]: [".zip"] } }];
    const file = await window.showSaveFilePicker({ suggestedName: NAME, types });
    return file.createWritable();
  }
  const parts = []; // Blobs, which browsers put on the disk where they are many
  return {
    write: async (part) => { parts.push(part); },
    close: async () => save(new Blob(parts, { type: TYPE }), NAME),
    abort: async () => {},
  };
}
