// Requests to the server, all of the page's: every refusal becomes one of `Refused`.

import { Refused, sentence } from "./refused.js";

const LOST = "The connection to TintLite was lost.";

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(LOST, 0);
  }
  if (response.ok) return response;
  throw refused(response.status, await response.text().catch(() => ""));
}

// Sends a form or a file, and gives the JSON of the answer; `progress` is told the part that has gone, 0 to 1.
async function send(path, body, { signal, progress }) {
  signal.throwIfAborted();
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    const abort = () => request.abort();
    signal.addEventListener("abort", abort);
    request.upload.addEventListener("progress", (event) => progress(event.loaded / event.total));
    request.addEventListener("abort", () => fail(new DOMException("Cancelled", "AbortError")));
    request.addEventListener("error", () => fail(new Refused(LOST, 0)));
    request.addEventListener("load", () => {
      if (request.status < 300) done(JSON.parse(request.responseText));
      else fail(refused(request.status, request.responseText));
    });
    request.addEventListener("loadend", () => signal.removeEventListener("abort", abort));
    request.send(body);
  });
}

function refused(status, body) {
  // The token has changed, or the cookie is gone: the server shows its door.
  if (status === 401) location.reload();
  let text = "";
  try {
    text = JSON.parse(body).error;
  } catch {
    // not ours: a proxy's, say
  }
  return new Refused(sentence(text || `The server answered ${status}.`), status);
}

export const getStatus = async () => (await ask("api/status")).json();

export async function postSettings(changes) {
  return (await ask("api/settings", posted(JSON.stringify(changes)))).json();
}

// A photo for who has none at hand: a File.
export async function getExample() {
  const blob = await (await ask("example.jpg")).blob();
  return new File([blob], "example.jpg", { type: blob.type });
}

// Send a photo: what the server says of it, by its `id`; `progress` is told the part that has gone.
export function openPhoto(file, model, signal, progress) {
  const form = new FormData();
  form.append("picture", file, file.name);
  return send(`api/photos?${new URLSearchParams({ model })}`, form, { signal, progress });
}

// The photo as it was, for the screen: an ImageBitmap.
export async function getPicture(id, signal) {
  return createImageBitmap(await (await ask(`api/photos/${id}/before`, { signal })).blob());
}

// Its colours, { width, height, values }, values as a*, b*, a*, …; by a file of hints, or null.
export async function getAb(id, model, hints, signal) {
  const path = `api/photos/${id}/ab?${new URLSearchParams({ model })}`;
  const response = await ask(path, { signal, ...posted(hints) });
  const [height, width] = response.headers.get("X-Shape").split("x").map(Number);
  const bytes = new DataView(await response.arrayBuffer());
  const values = Float32Array.from({ length: 2 * width * height }, (_, at) => bytes.getFloat32(4 * at, true));
  return { width, height, values };
}

// The hints of several colourings, a list of lists; the first is the automatic one, with none.
export async function getSuggestions(id, model) {
  return (await ask(`api/photos/${id}/suggestions?${new URLSearchParams({ model })}`)).json();
}

// The result's file, at full resolution, by { model, saturation }, what else `read_options` knows, and
// a file of hints, or null.
export async function getResult(id, settings, hints, signal) {
  const path = `api/photos/${id}?${new URLSearchParams(settings)}`;
  return (await ask(path, { signal, ...posted(hints) })).blob();
}

function posted(json) {
  return json && { method: "POST", headers: { "Content-Type": "application/json" }, body: json };
}

// Let the server throw a photo away.
export function forgetPhoto(id) {
  ask(`api/photos/${id}`, { method: "DELETE", keepalive: true }).catch(() => {});
}

// The live view, before and after in one picture: the body of a multipart stream.
export const openStream = async (signal) => (await ask("stream?layout=both", { signal })).body;

// The newest frame, `after` or `both`: its Response.
export const getStill = (layout) => ask(`api/still?layout=${layout}`);

// Whether the server takes a file that begins so for a film.
export async function isFilm(head) {
  return (await (await ask("api/films/kind", { method: "POST", body: head })).json()).film;
}

// Send a film: its state, with its `id`; `progress` is told the part that has gone.
export function openFilm(file, { model, saturation }, signal, progress) {
  const query = new URLSearchParams({ name: file.name, model, saturation });
  return send(`api/films?${query}`, file, { signal, progress });
}

// Open a frame of a film as a photo: what the server says of it, by its `id`.
export async function openFrame(id, seconds, model, signal) {
  const query = new URLSearchParams({ seconds, model });
  return (await ask(`api/films/${id}/frames?${query}`, { method: "POST", signal })).json();
}

// Colour a film anew, by [{ seconds, hints }] of some frames: its state.
export async function recolourFilm(id, { model, saturation }, frames) {
  const query = new URLSearchParams({ model, saturation });
  return (await ask(`api/films/${id}?${query}`, posted(JSON.stringify({ frames })))).json();
}

export const filmState = async (id) => (await ask(`api/films/${id}`)).json();

// Where a film's `preview` or `result` is had.
export const filmUrl = (id, what) => `api/films/${id}/${what}`;

export function dropFilm(id) {
  ask(`api/films/${id}`, { method: "DELETE", keepalive: true }).catch(() => {});
}
