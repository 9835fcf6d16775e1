// Colours photos on this machine: what the worker does for the page.

import { hinted, likenessOf } from "./hints.js";
import { lightnessOf, inputOf } from "./lightness.js";
import { findPrints } from "./margins.js";
import { Network } from "./network.js";
import { joinPrints, pixelsOf } from "./prints.js";
import { readPhoto } from "./read_photo.js";
import { shrink } from "./shrink.js";
import { saidIn } from "./said.js";
import { markOf } from "./words.js";
import { formatOf, FORMATS, writePhoto } from "./write_photo.js";

// What is kept decoded: so many pixels, and as many photos as the page may open at once. Those that were
// asked for the longest ago go, and are sent again.
const KEPT_PIXELS = 48e6;
const LEAST_PHOTOS = 3;
const COLOURS_NOTE = "it has colours already: only its lightness was used";

export class Engine {
  #catalogue = null;
  #photos = new Map();
  #opened = 0;
  #network = null; // of the model that was asked for last
  #gpu = true; // whether WebGPU is tried: not after it failed
  #turn = Promise.resolve();

  // Get ready: with what was built, of catalogue.json. What then runs the network: "webgpu" or "wasm".
  async begin(catalogue) {
    this.#catalogue = catalogue;
    return (await this.#inTurn(() => this.#open(catalogue.models[0].name))).accelerator;
  }

  // Decode a photo and find its colours: what the page is told of it, and its picture for the screen.
  async open(file, model) {
    await this.#inTurn(() => this.#open(model));
    const begin = performance.now();
    const id = `${++this.#opened}`;
    const photo = await readPhoto(file, this.#catalogue.most_pixels);
    photo.places = findPrints(photo);
    photo.likeness = likenessOf(photo);
    photo.colours = new Map();
    this.#photos.set(id, photo);
    this.#tidy();
    try {
      await this.ab(id, model, null);
    } catch (error) {
      this.forget(id);
      throw error;
    }
    const format = formatOf(photo);
    return {
      id,
      name: file.name.replace(/(\.[^.]*)?$/, `.colour${FORMATS[format].ending}`),
      width: photo.width,
      height: photo.height,
      format,
      seconds: (performance.now() - begin) / 1000,
      likeness: photo.likeness,
      notes: photo.planes.length === 3 ? [COLOURS_NOTE] : [],
    };
  }

  // A photo for the screen: an ImageBitmap, once.
  picture(id) {
    return this.#photo(id).screen;
  }

  // The colours of a photo, { height, width, values }, at a saturation of 1: by the text of a file of
  // hints, or null.
  async ab(id, model, hints) {
    const photo = this.#photo(id);
    if (!photo.colours.has(model)) {
      photo.colours.set(model, await this.#inTurn(() => this.#predict(photo, model)));
    }
    let { prints, parts } = photo.colours.get(model);
    if (hints) parts = hinted(prints, photo.places, parts, saidIn(hints, photo.likeness));
    return photo.places.length ? joinPrints(parts, photo.places) : parts[0];
  }

  // The file of a photo in colour, at its full resolution.
  async result(id, settings, hints) {
    const { model, saturation, side_by_side: beside = false, corner_mark: word = false } = settings;
    const photo = this.#photo(id);
    const { version, models } = this.#catalogue;
    const { described } = models.find(({ name }) => name === model);
    const said = hints ? `hints ${saidIn(hints, photo.likeness).length}, ` : "";
    const options = `${word ? "corner_mark yes, " : ""}framing squash, ${said}saturation ${saturation}, side_by_side ${beside ? "yes" : "no"}, whole no`;
    const mark = markOf(`TintLite ${version}`, described, options);
    return writePhoto(photo, await this.ab(id, model, hints), settings, mark);
  }

  forget(id) {
    this.#photos.get(id)?.screen.close();
    this.#photos.delete(id);
  }

  #tidy() {
    let pixels = 0;
    [...this.#photos].reverse().forEach(([id, { width, height }], at) => {
      pixels += width * height;
      if (at >= LEAST_PHOTOS && pixels > KEPT_PIXELS) this.forget(id);
    });
  }

  #photo(id) {
    const photo = this.#photos.get(id);
    if (!photo) throw Object.assign(new Error("this photo is not kept any more"), { status: 404 });
    this.#photos.delete(id);
    this.#photos.set(id, photo); // the newest now
    return photo;
  }

  // LiteRT.js runs one network at a time.
  #inTurn(work) {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  // What the network is shown of each print of a photo, and what it says of it.
  async #predict(photo, name) {
    const network = await this.#open(name);
    const { input_size: side, view } = network.model;
    const whole = { top: 0, left: 0, bottom: photo.height, right: photo.width };
    const pixels = photo.places.map((place) => pixelsOf(place, photo.height, photo.width));
    const prints = (pixels.length ? pixels : [whole]).map((part) => {
      const small = photo.planes.map((plane) => shrink(plane, photo.width, part, side, side));
      return { lightness: lightnessOf(small), side };
    });
    const parts = [];
    for (const { lightness } of prints) parts.push(await this.#run(name, inputOf(lightness, view)));
    return { prints, parts };
  }

  async #run(name, input) {
    const network = await this.#open(name);
    try {
      return await network.run(input);
    } catch (error) {
      // A graphics processor may be lost at any time.
      if (network.accelerator !== "webgpu") throw error;
      this.#gpu = false;
      this.#network = null;
      return (await this.#open(name)).run(input);
    }
  }

  async #open(name) {
    if (this.#network?.model.name !== name) {
      this.#network?.close();
      this.#network = null;
      const model = this.#catalogue.models.find((one) => one.name === name);
      this.#network = await Network.open(this.#catalogue, model, this.#gpu);
    }
    return this.#network;
  }
}
