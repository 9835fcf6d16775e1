// In place of the server: the same functions as the page's own api.js has, answered on this machine.

import { Refused, sentence } from "./refused.js";

const MOST_BYTES = 256 * 2 ** 20;
const RUNS_ON = { webgpu: "graphics processor (WebGPU)", wasm: "processor (WebAssembly)" };

const worker = new Worker(new URL("engine/worker.js", import.meta.url));
const waiting = new Map(); // by number, what waits for the worker's answer
let asked = 0;

worker.addEventListener("message", ({ data: { number, result, error, status } }) => {
  const { done, fail } = waiting.get(number);
  waiting.delete(number);
  if (error === undefined) done(result);
  else fail(new Refused(sentence(error), status ?? 500));
});
worker.addEventListener("error", (event) => {
  event.preventDefault();
  for (const { fail } of waiting.values()) fail(new Refused("TintLite’s engine cannot be started in this browser.", 500));
  waiting.clear();
});

// Lets the engine do something; when the caller does not wait any more, its answer is thrown away.
function ask(method, given, signal) {
  return new Promise((done, fail) => {
    signal?.throwIfAborted();
    signal?.addEventListener("abort", () => fail(signal.reason), { once: true });
    asked += 1;
    waiting.set(asked, { done, fail });
    worker.postMessage({ number: asked, method, given });
  });
}

// What was built, asked for until it comes.
let catalogue = null;
async function built() {
  if (!catalogue) {
    try {
      catalogue = await (await fetch(new URL("catalogue.json", import.meta.url))).json();
    } catch {
      throw new Refused("The connection was lost before all of TintLite had come.", 0);
    }
    // The engine gets ready at once: people take longer to choose a photo.
    ask("begin", [catalogue]).then(begun, () => {});
  }
  return catalogue;
}

function begun(accelerator) {
  const words = `. Colours come from this device’s ${RUNS_ON[accelerator]}; photos never leave it.`;
  document.getElementById("runs-on").textContent = words;
  // After all has come, so that nothing is fetched twice. Where pages are not kept, none is.
  navigator.serviceWorker?.register(new URL("sw.js", import.meta.url), { updateViaCache: "none" }).catch(() => {});
}

export async function getStatus() {
  const { version, models, most_pixels: pixels } = await built();
  return {
    version,
    live: null,
    settings: { model: models[0].name, saturation: 1 },
    live_settings: null,
    models: models.map(({ name }) => name),
    limits: { upload_bytes: MOST_BYTES, pixels, saturation: 3, cores: navigator.hardwareConcurrency },
  };
}

export async function openPhoto(file, model, signal, progress) {
  progress(1); // nothing is sent
  await built();
  return ask("open", [file, model], signal);
}

export const getPicture = (id, signal) => ask("picture", [id], signal);
export const getAb = (id, model, hints, signal) => ask("ab", [id, model, hints], signal);
export const getResult = (id, settings, hints, signal) => ask("result", [id, settings, hints], signal);
export const forgetPhoto = (id) => ask("forget", [id]).catch(() => {});

export async function getExample() {
  const blob = await (await fetch(new URL("example.jpg", import.meta.url))).blob();
  return new File([blob], "example.jpg", { type: blob.type });
}

// A static page has no cameras, colours no films and has no table of moods: these are never asked for.
export const getSuggestions = null;
export const postSettings = null;
export const openStream = null;
export const getStill = null;
export const isFilm = null;
export const openFilm = null;
export const filmState = null;
export const filmUrl = null;
export const openFrame = null;
export const recolourFilm = null;
export const dropFilm = null;
