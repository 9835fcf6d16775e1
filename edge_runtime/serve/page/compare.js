// Before and after with a divider between them, moved by mouse, finger or keys.

import { make } from "./make.js";

const STEP = 2;
const PAGE = 10;
const SLOP = 6; // pixels a finger moves before it is known which way

export class Compare {
  byHandle = false; // whether the divider alone moves it; else a press anywhere does
  #element;
  #divider;
  #left;
  #right;
  #cut = 50;
  #held = null; // the pointer that holds the divider
  #touch = null; // where a finger came down that has not shown yet what it wants

  // `element` holds two layers of the same size, `.before` over `.after`.
  constructor(element) {
    this.#element = element;
    this.#left = make("span", { className: "tag left", textContent: "Before", ariaHidden: "true" });
    this.#right = make("span", { className: "tag right", textContent: "After", ariaHidden: "true" });
    this.#divider = make("div", { className: "divider", tabIndex: 0 });
    const attributes = {
      role: "slider", "aria-label": "Divider between before and after",
      "aria-valuemin": 0, "aria-valuemax": 100, "aria-orientation": "horizontal",
    };
    for (const [name, value] of Object.entries(attributes)) this.#divider.setAttribute(name, value);
    element.append(this.#left, this.#right, this.#divider);
    this.clear();
    element.addEventListener("pointerdown", (event) => this.#press(event));
    element.addEventListener("pointermove", (event) => this.#drag(event));
    element.addEventListener("pointerup", (event) => this.#release(event));
    element.addEventListener("pointercancel", () => this.let());
    this.#divider.addEventListener("keydown", (event) => this.#key(event));
    this.move(this.#cut);
  }

  // Both layers show a picture of this size now.
  show(width, height) {
    this.#element.style.setProperty("--ratio", width / height);
    this.#element.classList.remove("empty");
  }

  // There is no picture.
  clear() {
    this.#element.classList.add("empty");
  }

  // Where the divider is, in percent of the width.
  get cut() {
    return this.#cut;
  }

  // Put it elsewhere.
  move(cut) {
    this.#cut = Math.min(100, Math.max(0, cut));
    this.#element.style.setProperty("--cut", `${this.#cut}%`);
    const shown = Math.round(this.#cut);
    this.#divider.setAttribute("aria-valuenow", shown);
    this.#divider.setAttribute("aria-valuetext", `${shown} % before, ${100 - shown} % after`);
    this.#left.classList.toggle("covered", this.#cut < 15);
    this.#right.classList.toggle("covered", this.#cut > 85);
  }

  #press(event) {
    if (event.button !== 0 || event.target.closest(".veil, .points")) return;
    if (this.byHandle && event.target !== this.#divider) return;
    if (event.pointerType === "touch") {
      // Perhaps the page is to be scrolled: the browser then takes the finger over.
      this.#touch = { x: event.clientX, y: event.clientY };
    } else {
      this.#hold(event);
    }
  }

  #hold(event) {
    this.#touch = null;
    this.#held = event.pointerId;
    this.#element.setPointerCapture(event.pointerId);
    this.#divider.focus({ preventScroll: true, focusVisible: false });
    event.preventDefault();
    this.#follow(event);
  }

  #drag(event) {
    if (this.#touch && event.pointerType === "touch") {
      const across = Math.abs(event.clientX - this.#touch.x);
      const along = Math.abs(event.clientY - this.#touch.y);
      if (Math.max(across, along) < SLOP) return;
      if (across > along) this.#hold(event);
      else this.#touch = null;
    } else if (this.#held === event.pointerId) {
      this.#follow(event);
    }
  }

  #release(event) {
    if (this.#touch && event.pointerType === "touch") this.#follow(event); // a tap
    this.let();
  }

  // Let go of the divider.
  let() {
    this.#touch = this.#held = null;
  }

  #follow(event) {
    const box = this.#element.getBoundingClientRect();
    this.move(((event.clientX - box.left) / box.width) * 100);
  }

  #key(event) {
    const targets = {
      ArrowLeft: this.#cut - STEP, ArrowDown: this.#cut - STEP,
      ArrowRight: this.#cut + STEP, ArrowUp: this.#cut + STEP,
      PageDown: this.#cut - PAGE, PageUp: this.#cut + PAGE,
      Home: 0, End: 100,
    };
    if (!(event.key in targets) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.move(targets[event.key]);
  }
}
