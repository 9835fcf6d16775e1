// What is said of a photo's colours, with undo and redo.

export class HintList {
  hints = []; // [{ x, y, colour, radius, line }]; points of one line have the same `line`
  #past = [];
  #future = [];
  #key = null;

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  // Other hints. Changes with the same key that follow each other are one step.
  set(hints, key = null) {
    if (key === null || key !== this.#key) this.#past.push(this.hints);
    this.hints = hints;
    this.#future = [];
    this.#key = key;
  }

  // What comes next is a step of its own.
  settle() {
    this.#key = null;
  }

  undo() {
    if (!this.canUndo) return;
    this.#future.push(this.hints);
    this.takeBack();
  }

  redo() {
    if (!this.canRedo) return;
    this.#past.push(this.hints);
    this.hints = this.#future.pop();
    this.#key = null;
  }

  // Undo what cannot be had, for good.
  takeBack() {
    if (this.canUndo) this.hints = this.#past.pop();
    this.#key = null;
  }
}
