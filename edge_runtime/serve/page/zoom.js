// Zoom of a picture in its frame: by wheel, two fingers, a double tap, keys and buttons.

const MOST = 8;
const STEP = 1.5;
const DOUBLE = 2.5; // what a double tap zooms to
const DOUBLE_MS = 350;
const NEAR = 24; // pixels between the two taps of one
const SLOP = 6;
const PAN = 0.1; // of the frame, for each press of an arrow
const QUIET = 400; // ms after which a wheel that scrolled the page may zoom

export class Zoom {
  by = 1;
  #element;
  #changed;
  #begun;
  #most = MOST;
  #left = 0; // where the picture begins, in parts of the frame: 1 - by to 0
  #top = 0;
  #fingers = new Map(); // of those that are down, by pointer: { x, y }
  #pan = null; // { id, x, y } of the pointer that moves the picture
  #tap = null; // the last short press: { time, x, y }
  #down = null; // where the press that is going on began
  #scrolled = -QUIET;

  // `changed` is called after each change, `begun` when two fingers or a pan take what one finger
  // had begun. A drag moves the picture where `pans` says so of its event.
  constructor(element, { changed, begun, pans, taps }) {
    this.#element = element;
    this.#changed = changed;
    this.#begun = begun;
    element.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    // Two fingers are for the picture, also where one may scroll the page.
    element.addEventListener("touchstart", (event) => {
      if (event.touches.length > 1 && event.cancelable) event.preventDefault();
    }, { passive: false });
    element.addEventListener("pointerdown", (event) => this.#press(event, pans));
    element.addEventListener("pointermove", (event) => this.#move(event));
    element.addEventListener("pointerup", (event) => this.#release(event, taps));
    element.addEventListener("pointercancel", (event) => this.#let(event));
    element.addEventListener("keydown", (event) => this.#key(event));
    addEventListener("scroll", () => { this.#scrolled = performance.now(); }, { passive: true });
    this.#apply();
  }

  // Another picture, of so many pixels across.
  reset(width) {
    this.#most = Math.max(MOST, this.#actual(width));
    this.to(1);
  }

  // Zoom, and leave the place (x, y) of the frame, in its parts, where it is.
  to(by, x = 0.5, y = 0.5) {
    by = Math.min(this.#most, Math.max(1, by));
    this.#left = x - ((x - this.#left) * by) / this.by;
    this.#top = y - ((y - this.#top) * by) / this.by;
    this.by = by;
    this.#apply();
  }

  in() {
    this.to(this.by * STEP);
  }

  out() {
    this.to(this.by / STEP);
  }

  // One pixel of the picture for one of the screen.
  actual(width) {
    this.to(this.#actual(width));
  }

  #actual(width) {
    return width / (this.#element.clientWidth * devicePixelRatio || 1);
  }

  // The place of the picture, in its parts, under a place of the frame.
  under(x, y) {
    return { x: (x - this.#left) / this.by, y: (y - this.#top) / this.by };
  }

  // The same for a pointer.
  at(event) {
    return this.under(...this.#parts(event.clientX, event.clientY));
  }

  // Bring a place of the picture into the frame.
  reveal(x, y) {
    const [left, top] = [this.#left + x * this.by, this.#top + y * this.by];
    if (left >= 0 && left <= 1 && top >= 0 && top <= 1) return;
    this.#left = 0.5 - x * this.by;
    this.#top = 0.5 - y * this.by;
    this.#apply();
  }

  #apply() {
    this.#left = Math.min(0, Math.max(1 - this.by, this.#left));
    this.#top = Math.min(0, Math.max(1 - this.by, this.#top));
    const style = this.#element.style;
    style.setProperty("--zoom", this.by);
    style.setProperty("--left", `${100 * this.#left}%`);
    style.setProperty("--top", `${100 * this.#top}%`);
    this.#element.classList.toggle("zoomed", this.by > 1);
    this.#changed();
  }

  #shift(across, along) {
    this.#left += across;
    this.#top += along;
    this.#apply();
  }

  #parts(clientX, clientY) {
    const box = this.#element.getBoundingClientRect();
    return [(clientX - box.left) / box.width, (clientY - box.top) / box.height];
  }

  #wheel(event) {
    const now = performance.now();
    if (now - this.#scrolled < QUIET) return; // the page is being scrolled
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : 16;
    const by = this.by * Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.002));
    if (by <= 1 && this.by === 1 && !event.ctrlKey) return; // out of the whole picture: the page scrolls
    event.preventDefault();
    this.to(by, ...this.#parts(event.clientX, event.clientY));
  }

  #press(event, pans) {
    if (event.pointerType === "touch") {
      this.#fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      if (this.#fingers.size === 2) {
        this.#pan = this.#down = this.#tap = null;
        this.#begun();
        return;
      }
    }
    this.#down = { x: event.clientX, y: event.clientY };
    if (this.by > 1 && (event.button === 1 || pans(event))) {
      event.preventDefault();
      this.#pan = { id: event.pointerId, x: event.clientX, y: event.clientY };
      this.#element.setPointerCapture(event.pointerId);
    }
  }

  #move(event) {
    const box = this.#element.getBoundingClientRect();
    const finger = this.#fingers.get(event.pointerId);
    if (finger && this.#fingers.size === 2) {
      const other = [...this.#fingers.values()].find((one) => one !== finger);
      const apart = (x, y) => Math.hypot(x - other.x, y - other.y) || 1;
      const [x, y] = this.#parts((finger.x + other.x) / 2, (finger.y + other.y) / 2);
      const by = (this.by * apart(event.clientX, event.clientY)) / apart(finger.x, finger.y);
      this.to(by, x, y);
      this.#shift((event.clientX - finger.x) / 2 / box.width, (event.clientY - finger.y) / 2 / box.height);
    } else if (this.#pan?.id === event.pointerId) {
      this.#shift((event.clientX - this.#pan.x) / box.width, (event.clientY - this.#pan.y) / box.height);
      Object.assign(this.#pan, { x: event.clientX, y: event.clientY });
    }
    if (finger) Object.assign(finger, { x: event.clientX, y: event.clientY });
  }

  #release(event, taps) {
    const near = (place) => place && Math.hypot(event.clientX - place.x, event.clientY - place.y);
    if (event.button === 0 && taps(event) && near(this.#down) < SLOP) {
      const tap = { time: event.timeStamp, x: event.clientX, y: event.clientY };
      const second = this.#tap && tap.time - this.#tap.time < DOUBLE_MS && near(this.#tap) < NEAR;
      this.#tap = second ? null : tap;
      if (second) this.to(this.by > 1 ? 1 : DOUBLE, ...this.#parts(tap.x, tap.y));
    } else {
      this.#tap = null;
    }
    this.#let(event);
  }

  #let(event) {
    this.#fingers.delete(event.pointerId);
    if (this.#pan?.id === event.pointerId) this.#pan = null;
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const own = event.target === this.#element && this.by > 1;
    const keys = {
      "+": () => this.in(), "=": () => this.in(), "-": () => this.out(), 0: () => this.to(1),
      ...(own && {
        ArrowLeft: () => this.#shift(PAN, 0), ArrowRight: () => this.#shift(-PAN, 0),
        ArrowUp: () => this.#shift(0, PAN), ArrowDown: () => this.#shift(0, -PAN),
      }),
    };
    if (!(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  }
}
