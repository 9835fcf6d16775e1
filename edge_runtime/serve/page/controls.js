// Model, saturation and threads: shown as the server has them, changed for all who watch.

import { postSettings } from "./api.js";
import { toast } from "./toast.js";

const $ = (id) => document.getElementById(id);
const ABOUT = { standard: "The better colours", nano: "The faster one" };
const PAUSE = 200; // ms a slider rests before it is sent

export class Controls {
  #changed;
  #settings = null;
  #pending = {}; // what is not sent yet
  #sending = 0;
  #timer = 0;

  // `changed` is called with the settings that the server has taken.
  constructor(changed) {
    this.#changed = changed;
    $("controls").addEventListener("submit", (event) => event.preventDefault());
    $("models").addEventListener("change", (event) => this.#set({ model: event.target.value }, 0));
    $("saturation").addEventListener("input", () => this.#set({ saturation: Number($("saturation").value) }));
    $("reset").addEventListener("click", () => this.#set({ saturation: 1 }, 0));
    $("threads").addEventListener("change", () => this.#setThreads(Number($("threads").value)));
    $("fewer").addEventListener("click", () => this.#setThreads(Number($("threads").value) - 1));
    $("more").addEventListener("click", () => this.#setThreads(Number($("threads").value) + 1));
  }

  status({ settings, models, limits }) {
    if (!$("models").querySelector("label")) {
      $("models").append(...models.map(radio));
      $("saturation").max = limits.saturation;
      $("cores").textContent = limits.cores === 1 ? "1 core" : `${limits.cores} cores`;
      $("threads").max = Math.max(limits.cores, settings.threads);
    }
    // What the user is just changing is not set back.
    if (!this.#sending && !Object.keys(this.#pending).length) this.#take(settings);
  }

  #take(settings) {
    const old = this.#settings;
    this.#settings = settings;
    this.#show(settings);
    if (JSON.stringify(old) !== JSON.stringify(settings)) this.#changed(settings);
  }

  #show({ model, saturation, threads }) {
    for (const input of $("models").querySelectorAll("input")) input.checked = input.value === model;
    const words = `${saturation.toFixed(2)}×`;
    $("saturation").value = saturation;
    $("saturation").setAttribute("aria-valuetext", `${saturation.toFixed(2)} times`);
    $("saturation-value").textContent = words;
    $("reset").hidden = saturation === 1;
    if (document.activeElement !== $("threads")) $("threads").value = threads;
    $("fewer").disabled = threads <= 1;
    $("more").disabled = threads >= Number($("threads").max);
  }

  #setThreads(number) {
    const threads = Math.min(Number($("threads").max), Math.max(1, Math.round(number) || 1));
    $("threads").value = threads;
    this.#set({ threads }, 0);
  }

  #set(change, pause = PAUSE) {
    Object.assign(this.#pending, change);
    this.#show({ ...this.#settings, ...this.#pending });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#send(), pause);
  }

  async #send() {
    const sent = this.#pending;
    this.#pending = {};
    this.#sending += 1;
    try {
      const settings = await postSettings(sent);
      this.#take(settings);
      // Something further may have been changed while this was under way.
      this.#show({ ...settings, ...this.#pending });
    } catch (error) {
      this.#show({ ...this.#settings, ...this.#pending });
      toast(error.message);
    } finally {
      this.#sending -= 1;
    }
  }
}

function radio(name) {
  const label = document.createElement("label");
  label.className = "model";
  const input = document.createElement("input");
  Object.assign(input, { type: "radio", name: "model", value: name });
  const title = document.createElement("b");
  title.textContent = name;
  const about = document.createElement("span");
  about.textContent = ABOUT[name] ?? "Your own";
  label.append(input, title, about);
  return label;
}
