// One photo: sent once, then asked for its colours by model and hints, and for results by settings.

import { forgetPhoto, getAb, getPicture, getResult, getSuggestions, openPhoto } from "./api.js";
import { HintList } from "./hint_list.js";
import { hintsFile } from "./hints_file.js";

export class OpenPhoto {
  file;
  said = new HintList(); // what its visitor says of its colours
  facts = null; // what the server says of it
  picture = null; // as it was, an ImageBitmap for the screen
  ab = null; // { width, height, values } of `model` and of the hints `answered`
  model = null;
  answered = [];

  constructor(file) {
    this.file = file;
  }

  // Get what it is painted from; `progress` is told the part that is sent, 0 to 1.
  async load(model, signal, progress) {
    const { hints } = this.said;
    await this.#asked(async (id) => {
      const [ab, picture] = await Promise.all([
        getAb(id, model, this.#text(hints), signal), this.picture ?? getPicture(id, signal),
      ]);
      Object.assign(this, { ab, picture, model, answered: hints });
    }, model, signal, progress);
  }

  // Get its colours by the hints of now.
  async recolour() {
    const { model } = this;
    const { hints } = this.said;
    const ab = await this.#asked((id) => getAb(id, model, this.#text(hints)), model);
    if (model === this.model) Object.assign(this, { ab, answered: hints });
  }

  // Several colourings: [{ hints, ab }], the automatic one first.
  async suggestions() {
    const { model } = this;
    return this.#asked(async (id) => {
      const found = [];
      for (const hints of await getSuggestions(id, model)) {
        found.push({ hints, ab: await getAb(id, model, this.#text(hints)) });
      }
      return found;
    }, model);
  }

  // See that the text of a file of hints is one, for this photo: the server says why not.
  async check(text) {
    await this.#asked((id) => getAb(id, this.model, text), this.model);
  }

  // The result's file, at full resolution.
  async result(settings, signal) {
    return this.#asked((id) => getResult(id, settings, this.#text(this.said.hints), signal), settings.model, signal);
  }

  // Let the server throw it away.
  forget() {
    if (this.facts) forgetPhoto(this.facts.id);
    this.facts = null;
  }

  #text(hints) {
    return hints.length ? hintsFile(hints, this.facts.likeness) : null;
  }

  // Ask, and where the server has thrown the photo away, send it and ask again.
  async #asked(question, model, signal = new AbortController().signal, progress = () => {}) {
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
