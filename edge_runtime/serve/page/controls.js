// The controls: of the live view, which has one picture for all, or of this visitor's own photos.

import { postSettings } from "./api.js";
import { make } from "./make.js";
import { remember, remembered } from "./tab_memory.js";
import { toast } from "./toast.js";

const $ = (id) => document.getElementById(id);
// Of the shipped models, for people; their names are told in the settings.
const WORDS = { standard: "Better colours", nano: "Faster" };
const OWN = "Your own";
const PAUSE = 200; // ms a slider rests before it is sent
const KEPT = "tintlite"; // what a visitor chose outlasts a reload of the tab

export class Controls {
  #chose;
  #live = null; // as the server has them: the newest that is known
  #own = null; // of the photo that is looked at, and at first of the next ones
  #models = [];
  #which = "own";
  #pending = {}; // changes of the live view that are not sent yet
  #sending = 0;
  #timer = 0;

  // `chose` is called with this visitor's own settings when they change.
  constructor(chose) {
    this.#chose = chose;
    $("controls").addEventListener("submit", (event) => event.preventDefault());
    $("models").addEventListener("change", (event) => this.#set({ model: event.target.value }, 0));
    $("saturation").addEventListener("input", () => this.#set({ saturation: Number($("saturation").value) }));
    $("reset").addEventListener("click", () => this.#reset());
    $("threads").addEventListener("change", () => this.#setThreads(Number($("threads").value)));
    $("fewer").addEventListener("click", () => this.#setThreads(Number($("threads").value) - 1));
    $("more").addEventListener("click", () => this.#setThreads(Number($("threads").value) + 1));
  }

  // How a photo of this visitor's is to be coloured: { model, saturation }.
  get own() {
    return this.#own;
  }

  status({ settings, live_settings, models, limits }) {
    if (!this.#own) {
      $("models").append(...models.map(radio));
      $("model-names").textContent = models.map((name) => `${WORDS[name] ?? OWN}: ${name}`).join(" · ");
      $("saturation").max = limits.saturation;
      $("cores").textContent = limits.cores === 1 ? "1 core" : `${limits.cores} cores`;
      this.#models = models;
      this.#own = { model: settings.model, saturation: settings.saturation, ...valid(remembered(KEPT) ?? {}, models) };
    }
    if (live_settings) $("threads").max = Math.max(limits.cores, live_settings.threads);
    // What the user is just changing is not set back.
    if (!this.#sending && !Object.keys(this.#pending).length) this.#live = live_settings;
    this.#show();
  }

  // Whose controls are shown: "live" or "own".
  choose(which) {
    this.#which = which;
    $("threads-field").hidden = which === "own";
    $("for-all").hidden = which === "own";
    this.#show();
  }

  // Show how a photo is coloured.
  take(look) {
    this.#own = look;
    remember(KEPT, look);
    this.#show();
  }

  // A look that can be had, whatever models there were when it was kept.
  fit(look) {
    return { ...this.#own, ...valid(look, this.#models) };
  }

  #show() {
    const shown = this.#which === "own" ? this.#own : { ...this.#live, ...this.#pending };
    if (!shown?.model) return;
    const { model, saturation, threads } = shown;
    for (const input of $("models").querySelectorAll("input")) input.checked = input.value === model;
    $("saturation").value = saturation;
    $("saturation").setAttribute("aria-valuetext", `${saturation.toFixed(2)} times`);
    $("saturation-value").textContent = `${saturation.toFixed(2)}×`;
    $("reset").hidden = saturation === 1;
    if (this.#which === "own") return;
    if (document.activeElement !== $("threads")) $("threads").value = threads;
    $("fewer").disabled = threads <= 1;
    $("more").disabled = threads >= Number($("threads").max);
  }

  #reset() {
    this.#set({ saturation: 1 }, 0);
    $("saturation").focus(); // the button is hidden now
  }

  #setThreads(number) {
    const threads = Math.min(Number($("threads").max), Math.max(1, Math.round(number) || 1));
    $("threads").value = threads;
    this.#set({ threads }, 0);
  }

  #set(change, pause = PAUSE) {
    if (this.#which === "own") {
      this.#own = { ...this.#own, ...change };
      remember(KEPT, this.#own);
      this.#show();
      this.#chose(this.#own);
      return;
    }
    Object.assign(this.#pending, change);
    this.#show();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#send(), pause);
  }

  async #send() {
    const sent = this.#pending;
    this.#pending = {};
    // Shown until the server says otherwise.
    this.#live = { ...this.#live, ...sent };
    this.#sending += 1;
    try {
      this.#live = await postSettings(sent);
    } catch (error) {
      toast(error.message);
    } finally {
      this.#sending -= 1;
      this.#show();
    }
  }
}

function valid({ model, saturation }, models) {
  return {
    ...(models.includes(model) && { model }),
    ...(Number.isFinite(saturation) && { saturation }),
  };
}

function radio(name) {
  const label = make("label", { className: "model" });
  label.append(
    make("input", { type: "radio", name: "model", value: name }),
    make("b", { textContent: WORDS[name] ?? OWN }),
  );
  return label;
}
