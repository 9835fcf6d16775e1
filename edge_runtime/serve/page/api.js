// Requests to the server: every refusal becomes an Error whose message is a sentence for a person.

export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

const LOST = "The connection to TintLite was lost.";

export async function ask(path, options = {}) {
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

// Sends a form and gives the JSON of the answer; `progress` is told the part that has gone, 0 to 1.
export async function send(path, form, { signal, progress }) {
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
      if (request.status === 200) done(JSON.parse(request.responseText));
      else fail(refused(request.status, request.responseText));
    });
    request.addEventListener("loadend", () => signal.removeEventListener("abort", abort));
    request.send(form);
  });
}

function refused(status, body) {
  // The token has changed, or the cookie is gone: the server shows its door.
  if (status === 401) location.reload();
  return new Refused(sentence(status, body), status);
}

function sentence(status, body) {
  let text = "";
  try {
    text = JSON.parse(body).error;
  } catch {
    // not ours: a proxy's, say
  }
  text ||= `The server answered ${status}.`;
  // A sentence that begins with the name of a file keeps it as it is.
  return /^\S*[.:]/.test(text) ? text : text[0].toUpperCase() + text.slice(1);
}

export const getStatus = async () => (await ask("api/status")).json();

export async function postSettings(changes) {
  const headers = { "Content-Type": "application/json" };
  return (await ask("api/settings", { method: "POST", headers, body: JSON.stringify(changes) })).json();
}
