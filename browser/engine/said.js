// Reads a file of hints, which may be of anybody's making: edge_runtime/hints/file.py.

import { FORMAT, spelled, VERSION } from "../hints_file.js";

const MOST_HINTS = 500;
const VIEW_PLACES = 64;
const VIEW_APART = 5;
const RATIO_APART = 0.03;

// The hints of a text, [{ x, y, colour, radius }], for the picture of a likeness; an Error says in a
// sentence why not.
export function saidIn(text, likeness) {
  let values;
  try {
    values = JSON.parse(text);
  } catch {
    throw new Error("the hints: not readable as JSON");
  }
  if (values?.format !== FORMAT) throw new Error("the hints: not a file of hints");
  if (!Number.isInteger(values.version) || values.version < 1) throw new Error("the hints: hints without a version");
  if (values.version > VERSION) {
    throw new Error(`the hints: hints of version ${values.version}, which a newer TintLite wrote: this one reads ${VERSION}`);
  }
  checkPicture(values.picture, likeness);
  if (!Array.isArray(values.hints)) throw new Error("the hints: the hints are no list");
  if (values.hints.length > MOST_HINTS) {
    throw new Error(`the hints: ${values.hints.length} hints, but a picture takes ${MOST_HINTS} at most`);
  }
  return values.hints.map(hintOf);
}

function checkPicture(told, likeness) {
  const view = bytesOf(told?.view);
  const { width, height } = told ?? {};
  const ratio = ((width / height) * likeness.height) / likeness.width;
  if (view?.length !== VIEW_PLACES || !Number.isFinite(ratio)) {
    throw new Error("the hints: the hints do not say to which picture they belong");
  }
  const own = bytesOf(likeness.view);
  const apart = view.reduce((sum, value, i) => sum + Math.abs(value - own[i]), 0) / VIEW_PLACES;
  if (Math.abs(ratio - 1) > RATIO_APART || apart > VIEW_APART) {
    throw new Error(`the hints: the hints belong to another picture, of ${width} x ${height}`);
  }
}

function bytesOf(hex) {
  if (typeof hex !== "string" || !/^([0-9a-f]{2})*$/i.test(hex)) return null;
  return (hex.match(/../g) ?? []).map((two) => parseInt(two, 16));
}

function hintOf(value, at) {
  const named = `the hints: hint ${at + 1}`;
  const { x, y, radius = 0 } = value ?? {};
  for (const [name, number] of [["x", x], ["y", y], ["radius", radius]]) {
    // What is no number is refused too.
    if (typeof number !== "number" || !(number >= 0 && number <= 1)) {
      throw new Error(`${named}: the ${name} of a hint is 0 to 1`);
    }
  }
  const colour = spelled(value.colour);
  if (!colour) throw new Error(`${named}: a hint’s colour is #RRGGBB, three levels of 0 to 255, or grey`);
  return { x, y, radius, colour };
}
