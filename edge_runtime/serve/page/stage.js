// Draws a photo before and after, as many pixels as the screen shows.

import { Compare } from "./compare.js";
import { labOf } from "./lab.js";
import { Painter } from "./painter.js";
import { Zoom } from "./zoom.js";

const PAUSE = 200; // ms a window or a zoom rests before what is drawn fits its new size

export class Stage {
  element;
  compare;
  zoom;
  #before;
  #after;
  #photo = null;
  #painter = null;
  #saturation = 1;
  #saying = false;
  #asked = 0;
  #timer = 0;

  // `interrupted` is called when two fingers take over what one had begun.
  constructor(element, interrupted) {
    this.element = element;
    this.compare = new Compare(element);
    this.#before = element.querySelector(".before");
    this.#after = element.querySelector(".after");
    this.zoom = new Zoom(element, {
      changed: () => this.#zoomed(),
      begun: () => {
        this.compare.let();
        interrupted();
      },
      pans: (event) => event.button === 0 && !this.#saying && !event.target.closest(".divider, .veil"),
      taps: (event) => !this.#saying && !event.target.closest(".veil"),
    });
    new ResizeObserver(() => this.#soon()).observe(element);
  }

  // Whether presses on the picture say colours, and neither compare nor move it.
  set saying(on) {
    this.#saying = on;
    this.element.classList.toggle("saying", on);
    this.#reins();
  }

  // Show a photo, { picture, ab, facts }.
  show(photo, saturation) {
    if (photo !== this.#photo) this.zoom.reset(photo.facts.width);
    this.#photo = photo;
    this.#painter = null;
    this.#saturation = saturation;
    this.compare.show(photo.facts.width, photo.facts.height);
    this.#fit();
  }

  // There is no photo.
  clear() {
    this.#photo = this.#painter = null;
    this.compare.clear();
  }

  // Paint it at another saturation; of several a frame the last one is painted.
  restyle(saturation) {
    this.#saturation = saturation;
    this.#asked ||= requestAnimationFrame(() => {
      this.#asked = 0;
      this.#paint();
    });
  }

  // The photo has other colours now.
  recolour() {
    this.#painter?.give(this.#photo.ab);
    this.#paint();
  }

  // [L*, a*, b*] of a place of the picture, in its parts, as it is shown at a saturation of 1.
  colourAt(x, y) {
    const { width, height } = this.#before;
    const context = this.#before.getContext("2d", { willReadFrequently: true });
    const pixel = context.getImageData(cell(x, width), cell(y, height), 1, 1).data;
    const { ab } = this.#photo;
    const at = 2 * (cell(y, ab.height) * ab.width + cell(x, ab.width));
    return [labOf(pixel.subarray(0, 3))[0], ab.values[at], ab.values[at + 1]];
  }

  #zoomed() {
    this.#reins();
    this.#soon();
  }

  // Where a drag does something else, the divider is moved by its handle alone.
  #reins() {
    this.compare.byHandle = this.#saying || this.zoom?.by > 1;
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fit(), PAUSE);
  }

  // Take as many pixels as are shown, if there are more of them now, or another picture.
  #fit() {
    if (!this.#photo) return;
    const { picture, ab } = this.#photo;
    const shown = Math.round(this.element.clientWidth * devicePixelRatio * this.zoom.by);
    const width = Math.max(1, Math.min(picture.width, shown || picture.width));
    if (this.#painter && width <= this.#painter.width) return;
    const height = Math.max(1, Math.round((width * picture.height) / picture.width));
    for (const canvas of [this.#before, this.#after]) Object.assign(canvas, { width, height });
    const context = this.#before.getContext("2d", { willReadFrequently: true });
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, 0, 0, width, height);
    this.#painter = new Painter(context.getImageData(0, 0, width, height), ab);
    this.#paint();
  }

  #paint() {
    if (!this.#painter) return;
    const { width, height } = this.#painter;
    const painted = new ImageData(width, height);
    this.#painter.paint(this.#saturation, painted);
    this.#after.getContext("2d").putImageData(painted, 0, 0);
    this.element.dataset.saturation = this.#saturation;
    this.element.dataset.hints = this.#photo.answered.length;
  }
}

function cell(share, count) {
  return Math.min(count - 1, Math.floor(share * count));
}
