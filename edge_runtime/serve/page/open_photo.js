// One photo: sent once, then asked for its colours by model, and for results by settings.

import { ask, send } from "./api.js";

export class OpenPhoto {
  file;
  facts = null; // what the server says of it
  picture = null; // as it was, an ImageBitmap for the screen
  ab = null; // { width, height, values } of `model`
  model = null;

  constructor(file) {
    this.file = file;
  }

  // Get what it is painted from; `progress` is told the part that is sent, 0 to 1.
  async load(model, signal, progress) {
    await this.#asked(async () => {
      const [ab, picture] = await Promise.all([this.#getAb(model, signal), this.#getPicture(signal)]);
      Object.assign(this, { ab, picture, model });
    }, model, signal, progress);
  }

  // The result's file, at full resolution.
  async result(settings, signal) {
    const query = new URLSearchParams({ model: settings.model, saturation: settings.saturation });
    return this.#asked(async () => (await ask(`${this.#address}?${query}`, { signal })).blob(), settings.model, signal, () => {});
  }

  // Let the server throw it away.
  forget() {
    if (this.facts) ask(this.#address, { method: "DELETE", keepalive: true }).catch(() => {});
    this.facts = null;
  }

  get #address() {
    return `api/photos/${this.facts.id}`;
  }

  // Ask, and where the server has thrown the photo away, send it and ask again.
  async #asked(question, model, signal, progress) {
    if (this.facts) {
      try {
        return await question();
      } catch (error) {
        if (error.status !== 404) throw error;
      }
    }
    const form = new FormData();
    form.append("picture", this.file, this.file.name);
    this.facts = await send(`api/photos?${new URLSearchParams({ model })}`, form, { signal, progress });
    return question();
  }

  async #getAb(model, signal) {
    const response = await ask(`${this.#address}/ab?${new URLSearchParams({ model })}`, { signal });
    const [height, width] = response.headers.get("X-Shape").split("x").map(Number);
    const bytes = new DataView(await response.arrayBuffer());
    const values = Float32Array.from({ length: 2 * width * height }, (_, at) => bytes.getFloat32(4 * at, true));
    return { width, height, values };
  }

  async #getPicture(signal) {
    if (this.picture) return this.picture;
    return createImageBitmap(await (await ask(`${this.#address}/before`, { signal })).blob());
  }
}
