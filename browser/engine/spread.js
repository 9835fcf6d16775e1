// Spreads said colours over a print: edge_runtime/colour/spread.py, which explains how and why. All numbers
// are those of that file.

import { inputOf, TONE_VIEW } from "./lightness.js";

const DISTANCE = 0.56;
const LIGHTNESS = 12;
const WAY = 25;
const AB = 12;
const FAR = 0.05;
const NEAR = 0.001;
const OWN = 0.08;
const ROUNDS = 2;
const BLUR = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16];
const ENDLESS = 1e6;

// The lightness by which colours are spread, 0 to 100, in the cells of the ab: of `lightness`, L* of
// a square with a whole number of pixels a cell.
export function guideOf(lightness, side, height, width) {
  const seen = inputOf(lightness, TONE_VIEW).map((value) => (value + 1) * 50);
  const rows = side / height;
  const columns = side / width;
  const small = new Float32Array(height * width);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const cell = Math.floor(y / rows) * width + Math.floor(x / columns);
      small[cell] += seen[y * side + x] / (rows * columns);
    }
  }
  return blurred(small, height, width);
}

function blurred(plane, height, width) {
  const along = (from, length, step, at) => {
    let sum = 0;
    for (let k = -2; k <= 2; k++) {
      const place = Math.min(length - 1, Math.max(0, at + k));
      sum += BLUR[k + 2] * from[place * step.by + step.start];
    }
    return sum;
  };
  const rows = plane.map((_, at) =>
    along(plane, width, { by: 1, start: at - (at % width) }, at % width));
  return rows.map((_, at) =>
    along(rows, height, { by: width, start: at % width }, Math.floor(at / width)));
}

// The colours of a print with what was said of them: a*, b*, a*, … as in `own`. `guide` has height x
// width cells; `spots` are { row, column, rows, columns, ab }, in cells, of which the first reaches
// from 0 to 1; `side` is the cells of the square that the network sees.
export function spread(guide, own, spots, { height, width, side }) {
  const cells = height * width;
  const total = new Float32Array(cells).fill(OWN);
  const change = new Float32Array(2 * cells);
  for (const { row, column, rows, columns, ab } of spots) {
    const at = Math.min(Math.floor(row), height - 1) * width + Math.min(Math.floor(column), width - 1);
    const ways = waysFrom(guide, height, width, at);
    const said = [ab[0] - own[2 * at], ab[1] - own[2 * at + 1]];
    for (let cell = 0; cell < cells; cell++) {
      const down = Math.floor(cell / width) + 0.5 - row;
      const across = (cell % width) + 0.5 - column;
      const a = own[2 * cell];
      const b = own[2 * cell + 1];
      const inside = (Math.abs(down) < 1 && Math.abs(across) < 1)
        || (rows > 0 && columns > 0 && (down / rows) ** 2 + (across / columns) ** 2 <= 1);
      let weight = 1 / NEAR;
      if (!inside) {
        const apart = (down ** 2 + across ** 2) / (DISTANCE * side) ** 2
          + ((guide[cell] - guide[at]) / LIGHTNESS) ** 2
          + ((a - own[2 * at]) / AB) ** 2 + ((b - own[2 * at + 1]) / AB) ** 2
          + (ways[cell] / WAY) ** 2;
        const alike = (1 - FAR) * Math.exp(-0.5 * apart) + FAR / (1 + apart);
        weight = alike / (1 + NEAR - alike);
      }
      total[cell] += weight;
      // Inside a spot it is the difference to each cell's own colour that is made up for.
      change[2 * cell] += weight * (inside ? ab[0] - a : said[0]);
      change[2 * cell + 1] += weight * (inside ? ab[1] - b : said[1]);
    }
  }
  return own.map((value, at) => value + change[at] / total[at >> 1]);
}

// What lightness goes up and down on the way from a cell to each: ways go across the cells' sides, and
// the one with the least sum counts.
function waysFrom(guide, height, width, start) {
  const ways = new Float32Array(height * width).fill(ENDLESS);
  ways[start] = 0;
  const step = (to, from) => {
    const way = ways[from] + Math.abs(guide[to] - guide[from]);
    if (way < ways[to]) ways[to] = way;
  };
  const along = (row) => {
    for (let at = row * width + 1; at < (row + 1) * width; at++) step(at, at - 1);
    for (let at = (row + 1) * width - 2; at >= row * width; at--) step(at, at + 1);
  };
  for (let round = 0; round < ROUNDS; round++) {
    for (let row = 0; row < height; row++) {
      if (row) for (let at = row * width; at < (row + 1) * width; at++) step(at, at - width);
      along(row);
    }
    for (let row = height - 2; row >= 0; row--) {
      for (let at = row * width; at < (row + 1) * width; at++) step(at, at + width);
      along(row);
    }
  }
  return ways;
}
