// The live view: one stream of frames, each with its before and its after, drawn in step.

import { getStill, openStream } from "./api.js";
import { Compare } from "./compare.js";
import { frames } from "./frames.js";
import { nameOf, save } from "./save.js";
import { toast } from "./toast.js";

const $ = (id) => document.getElementById(id);
const LONGEST_WAIT = 5000;

export class Live {
  #compare = new Compare($("live"));
  #before = $("live").querySelector(".before");
  #after = $("live").querySelector(".after");
  #wanted = false;
  #paused = false;
  #newest = null;
  #drawing = null;
  #running = null; // the AbortController of the stream that runs
  #state = "waiting";
  #lost = ""; // why the server does not answer
  #trouble = ""; // why the stream does not come
  #message = "";

  constructor() {
    $("pause").addEventListener("click", () => this.#pause(!this.#paused));
    $("still").addEventListener("click", () => this.#still());
    const stage = $("live");
    $("whole").hidden = !document.fullscreenEnabled;
    $("whole").addEventListener("click", () => stage.requestFullscreen().catch(() => {}));
    this.#veil();
  }

  // Whether the view is on the screen: nothing is streamed to a page that nobody sees.
  watch(wanted) {
    this.#wanted = wanted;
    this.#restart();
  }

  // What /api/status says of the camera.
  status(live) {
    const revived = this.#state === "ended" && live.state !== "ended";
    this.#state = live.state;
    this.#message = live.message;
    $("fps").textContent = live.state === "running" ? live.fps.toFixed(1) : "–";
    $("delay").textContent = live.state === "running" ? `${Math.round(live.delay_ms)} ms` : "–";
    $("size").textContent = live.width ? `${live.width} × ${live.height}` : "–";
    $("device").textContent = live.accelerator.toUpperCase();
    this.#veil();
    if (revived) this.#restart();
  }

  // The server does not answer, or does again.
  lost(text) {
    this.#lost = text;
    this.#veil();
  }

  #restart() {
    const run = this.#wanted && !this.#paused;
    if (!run) {
      this.#running?.abort();
      this.#running = null;
    } else if (!this.#running) {
      this.#running = new AbortController();
      this.#run(this.#running.signal);
    }
  }

  async #run(signal) {
    for (let wait = 500; !signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT)) {
      try {
        for await (const frame of frames(await openStream(signal))) {
          this.#trouble = "";
          wait = 500;
          // While one is drawn, only the newest of those that come is kept.
          this.#newest = frame;
          this.#drawing ??= this.#drawAll(signal);
        }
      } catch (error) {
        if (signal.aborted) return;
        this.#trouble = error.message;
      }
      this.#veil();
      await new Promise((done) => setTimeout(done, wait));
    }
  }

  async #drawAll(signal) {
    while (this.#newest) {
      const frame = this.#newest;
      this.#newest = null;
      try {
        await this.#draw(frame, signal);
      } catch {
        // a frame that cannot be decoded is left out
      }
    }
    this.#drawing = null;
  }

  async #draw(frame, signal) {
    const bitmap = await createImageBitmap(new Blob([frame.jpeg], { type: "image/jpeg" }));
    if (!signal.aborted) {
      const { width, height } = frame;
      for (const [canvas, top] of [[this.#before, 0], [this.#after, bitmap.height - height]]) {
        if (canvas.width !== width || canvas.height !== height) {
          canvas.width = width;
          canvas.height = height;
          this.#compare.show(width, height);
        }
        canvas.getContext("2d").drawImage(bitmap, 0, top, width, height, 0, 0, width, height);
      }
      $("live").dataset.frame = frame.number;
    }
    bitmap.close();
  }

  #veil() {
    const words = {
      waiting: "Waiting for the camera…",
      reopening: "Reopening the camera…",
      ended: this.#message ? "The camera has stopped" : "The end",
      stopped: "The camera was stopped",
    };
    const trouble = this.#lost || this.#trouble;
    const text = trouble ? "Trying again…" : words[this.#state];
    $("veil").hidden = !text || (this.#paused && !trouble);
    $("veil").classList.toggle("still", !trouble && ["ended", "stopped"].includes(this.#state));
    setText($("veil-text"), text ?? "");
    setText($("veil-detail"), trouble || this.#message);
  }

  #pause(paused) {
    this.#paused = paused;
    $("pause").setAttribute("aria-pressed", paused);
    $("pause").querySelector("span").textContent = paused ? "Play" : "Pause";
    this.#restart();
    this.#veil();
  }

  async #still() {
    $("still").disabled = true;
    try {
      const response = await getStill($("still-both").checked ? "both" : "after");
      const name = nameOf(response, "tintlite.jpg");
      save(await response.blob(), name);
      toast(`Saved ${name}`);
    } catch (error) {
      toast(error.message);
    } finally {
      $("still").disabled = false;
    }
  }
}

// A reader of the screen says a text again when it is set, changed or not.
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
