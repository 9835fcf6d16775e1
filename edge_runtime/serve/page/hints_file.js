// The file of hints, as docs/guide/hints.md describes it.

import { hexOf } from "./lab.js";

export const FORMAT = "tintlite-hints";
export const VERSION = 1;
const MOST_BYTES = 1_000_000;

// The file's text; `likeness` is what the server says a picture is known by.
export function hintsFile(hints, likeness) {
  const said = hints.map(({ x, y, colour, radius }) => ({ x, y, colour, radius }));
  return `${JSON.stringify({ format: FORMAT, version: VERSION, picture: likeness, hints: said }, null, 1)}\n`;
}

// Whether a file is one of hints, and no picture.
export const isHintsFile = (file) => file.type === "application/json" || file.name.endsWith(".json");

// A file's name without its ending: that of a photo's hints is `stem.hints.json`.
export const stemOf = (name) => name.replace(/\.[^.]+$/, "");

// Whether a file of hints is named as that of a photo.
export const isHintsOf = (hints, photo) => hints.name === `${stemOf(photo.name)}.hints.json`;

// A file's text; an Error says in a sentence why not.
export async function textOf(file) {
  if (file.size > MOST_BYTES) throw new Error(`${file.name}: a file of hints has 1 MB at most.`);
  return file.text();
}

// The hints of a text that the server has taken.
export function hintsOf(text) {
  return JSON.parse(text).hints.map(({ x, y, colour, radius = 0 }) => ({ x, y, colour: spelled(colour), radius }));
}

// A colour of a file of hints as #rrggbb or grey; null where it is none.
export function spelled(colour) {
  if (typeof colour === "string") {
    const word = colour.trim().toLowerCase();
    if (word === "gray") return "grey";
    return word === "grey" || /^#[0-9a-f]{6}$/.test(word) ? word : null;
  }
  const isLevel = (level) => Number.isInteger(level) && level >= 0 && level <= 255;
  return Array.isArray(colour) && colour.length === 3 && colour.every(isLevel) ? hexOf(colour) : null;
}
