// One photo: sent once, then asked for its colours by model and hints, and for results by settings.

import { forgetPhoto, getAb, getPicture, getResult, getSuggestions, openPhoto } from "./api.js";
import { HintList } from "./hint_list.js";
import { hintsFile, hintsOf, textOf } from "./hints_file.js";

export class OpenPhoto {
  key; // among the photos of this tab
  file;
  look; // how it is to be coloured: { model, saturation }
  said = new HintList(); // what its visitor says of its colours
  given = null; // a file of hints that is to be taken once the photo is open
  state = "waiting"; // or busy, done, failed, cancelled
  part = null; // of it that is sent, while it is busy
  error = ""; // the sentence, where it failed
  alone = false; // whether it came alone
  thumbnail = null; // ImageData: in colour, small; it was coloured once
  timer = 0; // until what has changed of it is kept
  facts = null; // what the server says of it
  picture = null; // as it was, an ImageBitmap for the screen
  ab = null; // { width, height, values } of `model` and of the hints `answered`
  model = null;
  answered = [];

  changed = () => {}; // called when something else is said of it
  #open;

  // `open` sends it: gives what the server says of it, as `openPhoto` does.
  constructor(key, file, look, open = (...how) => openPhoto(file, ...how)) {
    Object.assign(this, { key, file, look });
    this.#open = open;
  }

  // Get what it is painted from; `progress` is told the part that is sent, 0 to 1.
  async load(signal, progress) {
    const { model } = this.look;
    const { hints } = this.said;
    await this.#asked(async (id) => {
      const known = this.ab && this.model === model && this.answered === hints;
      const [ab, picture] = await Promise.all([
        known ? this.ab : getAb(id, model, this.#text(hints), signal),
        this.picture ?? getPicture(id, signal),
      ]);
      Object.assign(this, { ab, picture, model, answered: hints });
    }, model, signal, progress);
  }

  // The hints of the file that was given, once the photo is open. An Error says in a sentence why not.
  async readGiven() {
    const { given, model } = this;
    this.given = null;
    const text = await textOf(given);
    // The server says whether it is a file of hints, and for this photo.
    await this.#asked((id) => getAb(id, model, text), model);
    return hintsOf(text).map((hint, line) => ({ ...hint, line }));
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

  // The result's file, at full resolution.
  async result(settings, signal) {
    return this.#asked((id) => getResult(id, settings, this.#text(this.said.hints), signal), settings.model, signal);
  }

  // The file of its hints: a Blob.
  hintsBlob() {
    return new Blob([this.#text(this.said.hints)], { type: "application/json" });
  }

  // Its colours are known, and its picture is not needed any more.
  rest() {
    this.picture?.close();
    this.picture = null;
  }

  // Let the server throw it away.
  forget() {
    this.rest();
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
    this.facts = await this.#open(model, signal, progress);
    return question(this.facts.id);
  }
}
