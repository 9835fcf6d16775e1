// One photo: sent once, then asked for its colours by model and hints, and for results by settings.

import { forgetPhoto, getAb, getPicture, getResult, openPhoto } from "./api.js";
import { hintsFile } from "./hints_file.js";

export class OpenPhoto {
  file;
  facts = null; // what the server says of it
  picture = null; // as it was, an ImageBitmap for the screen
  ab = null; // { width, height, values } of `model` and `hints`
  model = null;
  hints = []; // what is said of its colours: [{ x, y, colour, radius }]

  constructor(file) {
    this.file = file;
  }

  // Get what it is painted from; `progress` is told the part that is sent, 0 to 1.
  async load(model, signal, progress) {
    await this.#asked(async (id) => {
      const [ab, picture] = await Promise.all([
        getAb(id, model, this.#said, signal), this.picture ?? getPicture(id, signal),
      ]);
      Object.assign(this, { ab, picture, model });
    }, model, signal, progress);
  }

  // The result's file, at full resolution.
  async result(settings, signal) {
    return this.#asked((id) => getResult(id, settings, this.#said, signal), settings.model, signal, () => {});
  }

  // Let the server throw it away.
  forget() {
    if (this.facts) forgetPhoto(this.facts.id);
    this.facts = null;
  }

  get #said() {
    return this.hints.length ? hintsFile(this.hints, this.facts.likeness) : null;
  }

  // Ask, and where the server has thrown the photo away, send it and ask again.
  async #asked(question, model, signal, progress) {
    if (this.facts) {
      try {
        return await question(this.facts.id);
      } catch (error) {
        if (error.status !== 404) throw error;
      }
    }
    this.facts = await openPhoto(this.file, model, signal, progress);
    return question(this.facts.id);
  }
}
