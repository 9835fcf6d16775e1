// What a person says of a photo's colours, brought to the prints of it: edge_runtime/colour/hinted.py.

import { blue, green, labOf, levelsOfHex, red, undone } from "../lab.js";
import { lightnessOf } from "./lightness.js";
import { shrink } from "./shrink.js";
import { guideOf, spread } from "./spread.js";

const KEEP_GREY = "grey";
const SLACK = 2 ** -13; // linear light beyond 0 to 1 that is clipped
const HALVINGS = 16;
const VIEW_SIDE = 8;
const ALL = { top: 0, left: 0, bottom: 1, right: 1 };

// By what a picture is known again in a file of hints.
export function likenessOf({ planes, height, width }) {
  const whole = { top: 0, left: 0, bottom: height, right: width };
  const small = lightnessOf(planes.map((plane) => shrink(plane, width, whole, VIEW_SIDE, VIEW_SIDE)));
  const view = [...small].map((l) => Math.round(l * 2.55).toString(16).padStart(2, "0")).join("");
  return { width, height, view };
}

// The ab of each print, with hints [{ x, y, colour, radius }] spread there. `prints`: of each { lightness,
// side }, L* of the square that the network saw; `parts`: the network's own { height, width, values }.
export function hinted(prints, places, parts, hints) {
  const of = parts.map(() => []);
  for (const hint of hints) of[printOf(hint, places)].push(hint);
  return parts.map((part, i) => (of[i].length
    ? spreadIn(prints[i], places[i] ?? ALL, part, of[i]) : part));
}

function printOf({ x, y }, places) {
  if (!places.length) return 0;
  const found = places.findIndex((place) =>
    place.left <= x && x <= place.right && place.top <= y && y <= place.bottom);
  if (found < 0) {
    throw new Error("A colour was said on the picture’s margin, which gets none.");
  }
  return found;
}

function spreadIn({ lightness, side }, place, { height, width, values }, hints) {
  const spots = hints.map(({ x, y, colour, radius }) => {
    const across = (x - place.left) / (place.right - place.left);
    const down = (y - place.top) / (place.bottom - place.top);
    const row = Math.min(Math.floor(down * side), side - 1);
    const column = Math.min(Math.floor(across * side), side - 1);
    return {
      row: down * height, column: across * width,
      rows: (radius / (place.bottom - place.top)) * height,
      columns: (radius / (place.right - place.left)) * width,
      ab: abOf(colour, lightness[row * side + column]),
    };
  });
  const guide = guideOf(lightness, side, height, width);
  return { height, width, values: spread(guide, values, spots, { height, width, side: height }) };
}

// A said colour where the picture has some lightness, with less chroma where sRGB does not hold it.
function abOf(colour, lightness) {
  if (colour === KEEP_GREY) return [0, 0];
  const [, a, b] = labOf(levelsOfHex(colour));
  const fy = (lightness + 16) / 116;
  const fits = (part) => {
    const at = [undone(fy + (part * a) / 500), undone(fy), undone(fy - (part * b) / 200)];
    return [red, green, blue].every((of) => Math.abs(of(...at) - 0.5) <= 0.5 + SLACK);
  };
  let part = fits(1) ? 1 : 0;
  if (!part) {
    for (let step = 0.5, n = 0; n < HALVINGS; n++, step /= 2) if (fits(part + step)) part += step;
  }
  return [part * a, part * b];
}
