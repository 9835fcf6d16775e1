// Several colourings of the photo to choose from, small beside each other.

import { getSuggestions } from "./api.js";
import { button } from "./make.js";
import { smallPicture } from "./small_picture.js";
import { toast } from "./toast.js";

const $ = (id) => document.getElementById(id);
const NAMES = ["Automatic", "Neutral", "Warmer", "Cooler"]; // in the order of the server
const WIDTH = 240; // pixels of a small picture

export class Suggestions {
  #photo = null;
  #model = null; // by which what is shown was made
  #take;

  // `take` is given the hints of the one that is chosen.
  constructor(take) {
    this.#take = take;
    $("suggest").hidden = !getSuggestions; // the static page has none
    $("suggest").addEventListener("click", () => this.#toggle());
  }

  // Another photo is on the stage, or the same one in the colours of another model.
  show(photo) {
    if (photo === this.#photo && photo.model === this.#model) return;
    this.#photo = photo;
    this.#model = photo.model;
    this.#open(false);
  }

  async #toggle() {
    if (!$("suggestions").hidden) {
      this.#open(false);
      return;
    }
    if ($("suggest").ariaBusy === "true") return; // not disabled: the keyboard stays on it
    const photo = this.#photo;
    const model = this.#model;
    $("suggest").ariaBusy = "true";
    try {
      const found = await photo.suggestions();
      if (photo !== this.#photo || model !== this.#model) return;
      $("suggestions").replaceChildren(...found.map((one, at) => this.#button(one, NAMES[at])));
      this.#open(true);
    } catch (error) {
      toast(error.message);
    } finally {
      $("suggest").ariaBusy = "false";
    }
  }

  #open(on) {
    $("suggestions").hidden = !on;
    $("suggest").setAttribute("aria-expanded", on);
    if (!on) $("suggestions").replaceChildren();
  }

  #button({ hints, ab }, name) {
    const element = button({}, () => this.#take(hints));
    element.append(smallPicture(this.#photo.picture, ab, 1, WIDTH), name);
    return element;
  }
}
