// The film of this visitor: sent with progress, coloured on the server, and fetched as a file.

import { dropFilm, filmState, filmUrl, isFilm, openFilm, recolourFilm } from "./api.js";
import { FilmFrames } from "./film_frames.js";
import { isHintsFile } from "./hints_file.js";
import { noteItem } from "./make.js";
import { remember, remembered } from "./tab_memory.js";
import { toast } from "./toast.js";

const $ = (id) => document.getElementById(id);
const HEAD = 1024; // bytes that tell a film
const EVERY = 1000; // ms
const KEPT = "tintlite-film"; // a reload of the tab finds its film again

export class Film {
  #controls;
  #frames;
  #limits = null;
  #id = null;
  #state = null;
  #sending = null; // the AbortController of an upload
  #timer = 0;

  // `controls` says how films are to be coloured; `look` shows a frame of one, and `drop` takes it away.
  constructor(controls, { look, drop }) {
    this.#controls = controls;
    this.#frames = new FilmFrames(controls, { look, drop, colour: (frames) => this.#anew(frames) });
    $("film-cancel").addEventListener("click", () => this.#cancel());
    $("film-close").addEventListener("click", () => this.#close());
    document.addEventListener("visibilitychange", () => this.#ask());
    addEventListener("pagehide", () => this.#sending?.abort());
  }

  limits(limits) {
    this.#limits = limits.film_bytes ? limits : null;
    const id = remembered(KEPT);
    if (!this.#limits || !id) return;
    this.#id = id;
    this.#ask();
  }

  // Whether the server says that a file is a film; not asked for what the browser knows as a picture.
  async is(file) {
    if (!this.#limits || isHintsFile(file) || file.type.startsWith("image/")) return false;
    return isFilm(file.slice(0, HEAD)).catch(() => false);
  }

  // Have a film coloured; of several the first.
  async take([file, ...others]) {
    if (others.length) toast(`One film at a time: of ${others.length + 1} the first was taken.`);
    try {
      await this.#send(file);
    } catch (error) {
      if (error.name !== "AbortError") this.#fail(error.message);
    }
  }

  async #send(file) {
    const most = this.#limits.film_bytes;
    if (this.#sending || this.#state?.state === "running") {
      toast("One film at a time: cancel the other one first.");
      return;
    }
    if (file.size > most) {
      this.#fail(`${file.name} is too large: at most ${Math.floor(most / 2 ** 20)} MB are taken.`);
      return;
    }
    this.#close();
    const work = new AbortController();
    this.#sending = work;
    this.#show(file.name, "Sending…", 0);
    try {
      const state = await openFilm(file, this.#controls.own, work.signal, (part) => {
        work.sent = part === 1;
        if (!work.off) this.#show(file.name, part === 1 ? "Colouring…" : `Sending… ${Math.floor(100 * part)} %`, part === 1 ? null : part);
      });
      if (work.off) {
        dropFilm(state.id);
        return;
      }
      this.#id = state.id;
      remember(KEPT, state.id);
      this.#told(state);
    } finally {
      this.#sending = null;
    }
  }

  async #ask() {
    clearTimeout(this.#timer);
    const id = this.#id;
    if (!id) return;
    try {
      const state = await filmState(id);
      if (id === this.#id) this.#told(state); // else it was put away meanwhile
    } catch (error) {
      if (id !== this.#id) return;
      if (error.status === 404) {
        this.#forget();
        $("film").hidden = true;
      } else {
        this.#later(); // the server is away for a moment
      }
    }
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), EVERY);
  }

  #told(state) {
    const preview = this.#state?.preview;
    this.#state = state;
    this.#frames.show(state);
    if (state.state === "failed" && !this.#frames.sent) {
      this.#close();
      this.#fail(state.error);
      return;
    }
    if (state.state === "failed") { // other colours may be said
      this.#show(state.name, state.error, 1);
      $("film-progress").hidden = $("film-cancel").hidden = $("film-preview").hidden = true;
      $("film-close").hidden = false;
      $("film-said").textContent = state.error;
      return;
    }
    const { frames, total, seconds } = state;
    const running = state.state === "running";
    this.#show(state.name, running ? words(frames, total, seconds) : `Ready: ${size(state.size)}`, running ? part(frames, total) : 1);
    if (state.preview && state.preview !== preview) $("film-preview").src = `${filmUrl(state.id, "preview")}?${state.preview}`;
    $("film-preview").hidden = !state.preview;
    $("film-notes").replaceChildren(...state.notes.map(noteItem));
    if (running) {
      this.#later();
      return;
    }
    $("film-progress").hidden = $("film-cancel").hidden = true;
    $("film-save").hidden = $("film-close").hidden = false;
    $("film-save").href = filmUrl(state.id, "result");
    $("film-said").textContent = `${state.name} is coloured and ready to download.`;
  }

  // Have it coloured by what is said of some frames; whether that has begun.
  async #anew(frames) {
    const id = this.#id;
    try {
      const state = await recolourFilm(id, this.#controls.own, frames);
      if (id !== this.#id) return false;
      this.#told(state);
    } catch (error) {
      toast(error.message);
      return false;
    }
    return true;
  }

  // `part` of what is to be done, 0 to 1, or null where nobody knows.
  #show(name, text, part) {
    $("film").hidden = false;
    $("film-error").hidden = true;
    $("film-name").textContent = name;
    $("film-text").textContent = text;
    $("film-progress").hidden = $("film-cancel").hidden = false;
    $("film-save").hidden = $("film-close").hidden = true;
    if (part === null) $("film-progress").removeAttribute("value");
    else $("film-progress").value = part;
  }

  #cancel() {
    const work = this.#sending;
    if (work) {
      work.off = true;
      // What is wholly sent is coloured, and can only be dropped by the name that the answer gives.
      if (!work.sent) work.abort();
    }
    this.#close();
    $("film-said").textContent = "Cancelled.";
    $("choose").focus();
  }

  // Put the film away, here and on the server.
  #close() {
    if (this.#id) dropFilm(this.#id);
    this.#forget();
    $("film").hidden = true;
    $("film-preview").hidden = true;
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#frames.close();
    this.#id = this.#state = null;
    remember(KEPT, null);
  }

  #fail(text) {
    $("film").hidden = true;
    $("film-error").textContent = text;
    $("film-error").hidden = false;
  }
}

function part(frames, total) {
  return total ? Math.min(1, frames / total) : null;
}

function words(frames, total, seconds) {
  if (!frames) return "Colouring…";
  const known = part(frames, total);
  const left = known && seconds > 3 ? `, ${time(seconds / known - seconds)} left` : "";
  return `Coloured ${frames}${total ? ` of ${total}` : ""} frames${left}`;
}

function time(seconds) {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

function size(bytes) {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
