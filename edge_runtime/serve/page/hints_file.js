// The file of hints, as docs/guide/hints.md describes it.

const FORMAT = "tintlite-hints";
const VERSION = 1;
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

function spelled(colour) {
  if (Array.isArray(colour)) return `#${colour.map((level) => level.toString(16).padStart(2, "0")).join("")}`;
  const word = colour.trim().toLowerCase();
  return word === "gray" ? "grey" : word;
}
