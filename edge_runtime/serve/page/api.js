// Requests to the server: every refusal becomes an Error whose message is a sentence for a person.

export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused("The connection to TintLite was lost.", 0);
  }
  if (response.ok) return response;
  // The token has changed, or the cookie is gone: the server shows its door.
  if (response.status === 401) location.reload();
  throw new Refused(await sentence(response), response.status);
}

async function sentence(response) {
  let text = "";
  try {
    text = (await response.json()).error;
  } catch {
    // not ours: a proxy's, say
  }
  text ||= `The server answered ${response.status}.`;
  // A sentence that begins with the name of a file keeps it as it is.
  return /^\S*[.:]/.test(text) ? text : text[0].toUpperCase() + text.slice(1);
}

export const getStatus = async () => (await ask("/api/status")).json();

export async function postSettings(changes) {
  const headers = { "Content-Type": "application/json" };
  return (await ask("/api/settings", { method: "POST", headers, body: JSON.stringify(changes) })).json();
}
