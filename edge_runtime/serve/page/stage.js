// Draws a photo before and after, as many pixels as the screen shows.

import { Compare } from "./compare.js";
import { Painter } from "./painter.js";

const PAUSE = 200; // ms a window rests before what is drawn fits its new size

export class Stage {
  #element;
  #compare;
  #before;
  #after;
  #photo = null;
  #painter = null;
  #saturation = 1;
  #asked = 0;
  #timer = 0;

  constructor(element) {
    this.#element = element;
    this.#compare = new Compare(element);
    this.#before = element.querySelector(".before");
    this.#after = element.querySelector(".after");
    new ResizeObserver(() => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#fit(), PAUSE);
    }).observe(element);
  }

  // Show a photo, { picture, ab, facts }, or nothing for null.
  show(photo, saturation) {
    this.#photo = photo;
    this.#painter = null;
    this.#saturation = saturation;
    if (photo) {
      this.#compare.show(photo.facts.width, photo.facts.height);
      this.#fit();
    } else {
      this.#compare.clear();
    }
  }

  // Paint it at another saturation; of several a frame the last one is painted.
  restyle(saturation) {
    this.#saturation = saturation;
    this.#asked ||= requestAnimationFrame(() => {
      this.#asked = 0;
      this.#paint();
    });
  }

  // Take as many pixels as are shown, if there are more of them now, or another picture.
  #fit() {
    if (!this.#photo) return;
    const { picture, ab } = this.#photo;
    const shown = Math.round(this.#element.clientWidth * devicePixelRatio);
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
    this.#element.dataset.saturation = this.#saturation;
  }
}
