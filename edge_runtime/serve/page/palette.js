// The palette: colours that fit a place of the photo, to choose one by mouse, finger or keys.

import { hexOf, labOf, levelsOf, levelsOfHex } from "./lab.js";
import { button, make } from "./make.js";
import { pickColour } from "./pick.js";

const KEEP_GREY = "grey";
// How light swatches are shown: half as the place is, half as they are, so that they differ.
const DARKEST = 25;
const LIGHTEST = 85;
const USED = 6;
const GAP = 14; // pixels between a point and the palette

// Names for what photos show; the lightness is the photo's own.
const FAMILIES = [
  ["Skin", { "Pale": "#e9c3a6", "Fair": "#d9a27e", "Tanned": "#b97a52", "Brown": "#8a5536", "Dark": "#5c3826", "Lips": "#b5564f" }],
  ["Hair", { "Blond": "#c9a66b", "Light brown": "#8f6a45", "Dark brown": "#4f3626", "Auburn": "#9a4a24", "Grey-white": "#b9b6b0" }],
  ["Wood", { "Oak": "#a9824f", "Mahogany": "#7a3f2a", "Brick": "#a4523c", "Sand": "#d2b98c", "Soil": "#6b513a", "Straw": "#cdb25e" }],
  ["Leaves", { "Leaves": "#5f7f3a", "Dark leaves": "#3f5d33", "Grass": "#7f9a45", "Olive": "#7c7a3e", "Autumn": "#b9772f" }],
  ["Sky", { "Sky": "#7fa8d1", "Deep sky": "#4f83c0", "Sea": "#3e7288", "Haze": "#b5c3cf", "Evening": "#dd9a6c" }],
  ["Cloth", { "Red": "#a02c2c", "Rose": "#d08a97", "Yellow": "#d9b23c", "Green": "#2f6f4f", "Blue": "#2f5597", "Navy": "#26344f", "Violet": "#6a4a8c", "Khaki": "#8f8258" }],
];

export class Palette {
  #element;
  #used = []; // colours that were chosen for this photo, the newest first
  #asked = null; // what is open: { choose, closed }

  constructor(element) {
    this.#element = element;
    element.addEventListener("keydown", (event) => this.#key(event));
  }

  // Another photo: nothing was chosen yet.
  forget() {
    this.#used = [];
    this.hide();
  }

  // Open it beside `point`, a rectangle of the window.
  //   lab: the colour that the photo has there now; colour: what is said there, or null;
  //   choose(colour): a colour was chosen; others may follow;
  //   remove(): the point is to go; null where there is nothing to remove;
  //   closed(): the palette was closed by who looks at it.
  show(point, { lab, colour, choose, remove, closed }) {
    this.#asked = { choose, closed };
    const [l] = lab;
    const rows = [["Here", here(lab)], ...FAMILIES];
    if (this.#used.length) rows.splice(1, 0, ["Used", Object.fromEntries(this.#used.map((hex) => [hex, hex]))]);
    const families = rows.map(([name, swatches]) => this.#family(name, swatches, l, colour));
    this.#element.replaceChildren(this.#head(), ...families, this.#foot(lab, colour, remove));
    this.#element.hidden = false;
    this.#place(point);
    const first = this.#element.querySelector('[aria-pressed="true"]') ?? this.#element.querySelector(".swatch");
    first.focus({ preventScroll: true });
  }

  // Close it; nobody is told.
  hide() {
    this.#asked = null;
    this.#element.hidden = true;
  }

  #close() {
    const { closed } = this.#asked;
    this.hide();
    closed();
  }

  #head() {
    const head = make("div", { className: "palette-head" });
    const close = button({ className: "icon", ariaLabel: "Close the palette" }, () => this.#close());
    close.append(make("span", { ariaHidden: "true", textContent: "×" }));
    head.append(make("b", { textContent: "What colour is it?" }), close);
    return head;
  }

  #family(name, swatches, lightness, colour) {
    const group = make("div", { className: "family", role: "group", ariaLabel: name });
    group.append(make("span", { className: "family-name", ariaHidden: "true", textContent: name }));
    const row = make("div", { className: "swatches" });
    group.append(row);
    Object.entries(swatches).forEach(([title, hex], at) => {
      const label = title === hex ? `Used before: ${hex}` : `${name}: ${title.toLowerCase()}`;
      const swatch = button({ className: "swatch", ariaLabel: label, title }, () => this.#choose(hex));
      swatch.dataset.colour = hex;
      swatch.tabIndex = at === 0 ? 0 : -1; // arrows go on within the row
      swatch.setAttribute("aria-pressed", hex === colour);
      swatch.style.background = shown(hex, lightness);
      row.append(swatch);
    });
    return group;
  }

  #foot(lab, colour, remove) {
    const foot = make("div", { className: "palette-foot" });
    const grey = button({ textContent: "Keep grey" }, () => this.#choose(KEEP_GREY));
    grey.setAttribute("aria-pressed", colour === KEEP_GREY);
    const any = make("label", { className: "button any" });
    const input = make("input", { type: "color", value: colour?.startsWith("#") ? colour : hexOf(levelsOf(lab)) });
    any.append(input, "Any colour");
    input.addEventListener("input", () => this.#asked?.choose(input.value)); // while it is being chosen
    input.addEventListener("change", () => this.#choose(input.value));
    const other = () => pickColour((picked) => this.#choose(picked));
    foot.append(grey, any, button({ textContent: "From a picture" }, other));
    if ("EyeDropper" in window) {
      const words = { textContent: "From the screen", title: "Take a colour from any picture on the screen" };
      foot.append(button(words, async () => {
        const picked = await new window.EyeDropper().open().catch(() => null); // Escape: none
        if (picked) this.#choose(picked.sRGBHex);
      }));
    }
    if (remove) {
      foot.append(button({ className: "remove", textContent: "Remove" }, () => {
        this.hide();
        remove();
      }));
    }
    return foot;
  }

  #choose(colour) {
    if (!this.#asked) return;
    if (colour !== KEEP_GREY) this.#used = [colour, ...this.#used.filter((one) => one !== colour)].slice(0, USED);
    for (const one of this.#element.querySelectorAll("[aria-pressed]")) {
      one.setAttribute("aria-pressed", (one.dataset.colour ?? KEEP_GREY) === colour);
    }
    this.#asked.choose(colour);
  }

  #key(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      this.#close();
      return;
    }
    const swatch = event.target.closest(".swatch");
    const steps = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };
    if (!swatch || !(event.key in steps)) return;
    event.preventDefault();
    const row = [...swatch.parentElement.children];
    const next = row[(row.indexOf(swatch) + steps[event.key] + row.length) % row.length];
    swatch.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  // Beside the picture where there is room, or at its edge that is away from the point; at the
  // lower edge of a narrow window.
  #place(point) {
    const { style, offsetWidth: width, offsetHeight: height, offsetParent } = this.#element;
    if (getComputedStyle(this.#element).position === "fixed") {
      style.left = style.top = "";
      scrollBy({ top: Math.max(0, point.bottom + GAP - (innerHeight - height)) });
      return;
    }
    const box = offsetParent.getBoundingClientRect();
    const picture = offsetParent.firstElementChild.getBoundingClientRect();
    const right = Math.min(picture.right + GAP, innerWidth - width - GAP);
    const left = right > point.right ? right : Math.max(GAP, Math.min(picture.left, point.left - width - GAP));
    const top = Math.min(point.top - height / 3, innerHeight - height - GAP);
    style.left = `${left - box.left}px`;
    style.top = `${Math.max(GAP, top) - box.top}px`;
  }
}

// The colour of a place, and its neighbours.
function here([l, a, b]) {
  const chroma = Math.hypot(a, b);
  const turned = (degrees, by, least) => {
    const angle = Math.atan2(b, a) + (degrees * Math.PI) / 180;
    const length = Math.max(least, chroma * by);
    return hexOf(levelsOf([l, length * Math.cos(angle), length * Math.sin(angle)]));
  };
  const colours = {
    "As it is now": turned(0, 1, 0), "Stronger": turned(0, 1.6, 16), "Paler": turned(0, 0.5, 0),
    "Turned to one side": turned(35, 1.1, 14), "Turned to the other": turned(-35, 1.1, 14),
    "The opposite": turned(180, 1, 14),
  };
  // What is said twice is one swatch.
  const seen = new Set();
  return Object.fromEntries(Object.entries(colours).filter(([, hex]) => !seen.has(hex) && seen.add(hex)));
}

// A colour as the photo would have it at some lightness.
function shown(hex, lightness) {
  const [own, a, b] = labOf(levelsOfHex(hex));
  return hexOf(levelsOf([Math.min(LIGHTEST, Math.max(DARKEST, (own + lightness) / 2)), a, b]));
}
