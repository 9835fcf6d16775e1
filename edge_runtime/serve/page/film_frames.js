// Frames of the film, of which colours are said as of a photo; each holds for its shot.

import { openFrame } from "./api.js";
import { hintsOf, stemOf } from "./hints_file.js";
import { button, make } from "./make.js";
import { OpenPhoto } from "./open_photo.js";
import { remember, remembered } from "./tab_memory.js";

const $ = (id) => document.getElementById(id);
const KEPT = "tintlite-film-frames"; // a reload of the tab finds what was said again

export class FilmFrames {
  #acts;
  #controls;
  #film = null; // its state
  #frames = new Map(); // by seconds: those that were looked at, { photo, text }, the text of its hints
  #sent = ""; // by what the film was coloured

  // `acts`: `look` shows a frame, an OpenPhoto; `drop` takes one away; `colour` has the film coloured
  // by [{ seconds, hints }].
  constructor(controls, acts) {
    this.#controls = controls;
    this.#acts = acts;
    $("film-say").addEventListener("click", () => this.#turn($("film-frames").hidden));
    $("film-time").addEventListener("input", () => this.#showTime());
    $("film-time").addEventListener("change", () => this.#look());
    $("film-again").addEventListener("click", () => this.#colour());
  }

  // The film's state is known.
  show(film) {
    $("film-say").hidden = film.length === null;
    const other = this.#film?.id !== film.id;
    this.#film = film;
    if (other) this.#restore();
    // At its very end there is no frame any more.
    $("film-time").max = Math.max(0, Math.ceil(10 * (film.length ?? 0)) / 10 - 0.1);
  }

  // There is no film any more.
  close() {
    for (const { photo } of this.#frames.values()) this.#acts.drop(photo);
    this.#frames.clear();
    this.#film = null;
    this.#sent = "";
    $("film-time").value = 0;
    $("film-said-frames").replaceChildren();
    $("film-again").disabled = true;
    $("film-say").hidden = true;
    this.#open(false);
    remember(KEPT, null);
  }

  // Whether the film was coloured by what is said of frames.
  get sent() {
    return this.#sent !== "";
  }

  #restore() {
    const kept = remembered(KEPT);
    if (kept?.id !== this.#film.id) return;
    this.#sent = kept.sent;
    for (const [seconds, text] of kept.frames) {
      const frame = this.#frame(seconds);
      frame.text = text;
      frame.photo.said.hints = hintsOf(text).map((hint, line) => ({ ...hint, line }));
    }
    this.#list();
  }

  #turn(on) {
    this.#open(on);
    if (on) this.#look();
  }

  #open(on) {
    $("film-frames").hidden = !on;
    $("film-say").setAttribute("aria-expanded", on);
    this.#showTime();
  }

  #showTime() {
    const seconds = Number($("film-time").value);
    $("film-time-value").textContent = clock(seconds);
    $("film-time").setAttribute("aria-valuetext", clock(seconds));
  }

  // Show the frame at the time that is set.
  #look() {
    this.#showTime();
    const seconds = Number($("film-time").value);
    const { photo } = this.#frames.get(seconds) ?? this.#frame(seconds);
    photo.look = this.#controls.own;
    this.#acts.look(photo);
  }

  #frame(seconds) {
    const { id, name: result } = this.#film;
    const name = `${stemOf(result).replace(/\.colour$/, "")} ${seconds} s.png`;
    const open = (model, signal) => openFrame(id, seconds, model, signal);
    const photo = new OpenPhoto(`frame-${seconds}`, { name }, this.#controls.own, open);
    photo.alone = true;
    const frame = { photo, text: "" };
    photo.changed = () => this.#changed(frame);
    this.#frames.set(seconds, frame);
    return frame;
  }

  // Something else is said of a frame.
  async #changed(frame) {
    frame.text = frame.photo.said.hints.length ? await frame.photo.hintsBlob().text() : "";
    this.#list();
    this.#keep();
  }

  // Those of which something is said: [seconds, text].
  get #said() {
    const said = [...this.#frames].filter(([, { text }]) => text);
    return said.map(([seconds, { text }]) => [seconds, text]).sort(([one], [other]) => one - other);
  }

  #list() {
    const rows = this.#said.map(([seconds]) => {
      const { length } = this.#frames.get(seconds).photo.said.hints;
      const textContent = `${clock(seconds)}: ${length} said ${length === 1 ? "colour" : "colours"}`;
      const item = make("li");
      item.append(button({ textContent }, () => {
        $("film-time").value = seconds;
        this.#look();
      }));
      return item;
    });
    $("film-said-frames").replaceChildren(...rows);
    $("film-again").disabled = JSON.stringify(this.#said) === this.#sent || (!rows.length && !this.#sent);
  }

  async #colour() {
    const said = this.#said;
    const frames = said.map(([seconds, text]) => ({ seconds, hints: JSON.parse(text) }));
    if (!(await this.#acts.colour(frames))) return;
    this.#sent = frames.length ? JSON.stringify(said) : "";
    this.#list();
    this.#keep();
  }

  #keep() {
    remember(KEPT, { id: this.#film.id, frames: this.#said, sent: this.#sent });
  }
}

// Seconds as people read them: 1:02.5
function clock(seconds) {
  const rest = (seconds % 60).toFixed(1).padStart(4, "0");
  return `${Math.floor(seconds / 60)}:${rest}`;
}
