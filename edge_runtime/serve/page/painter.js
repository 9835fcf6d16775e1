// Paints a picture at any saturation: its own lightness and the network's low-resolution ab.
//
// The formulas are those of tests/golden/README.md, "From ab to RGB". What a saturation cannot
// change is found out once: f(Y) of the picture, and of its colours the steps of a* and b* and the
// most saturation that sRGB holds, from a table as that of edge_runtime/colour/gamut.py.

import { LINEAR, blue, encoded, f, green, luminance, red, undone } from "./lab.js";

// Steps of the table of the most chroma: L* from 0 to 100, and directions once round a grey.
const LEVELS = 128;
const DIRECTIONS = 256;
const HALVINGS = 16;
const SLACK = 2 ** -13; // of linear light
const MOST = 256; // |a*| + |b*|, more than any display has

const F = LINEAR.map(f);
const STEPS = 65535;
const LEVEL = Uint8ClampedArray.from({ length: STEPS + 1 }, (_, step) => encoded(step / STEPS));

export class Painter {
  // `before`: ImageData of the picture; `ab`: { width, height, values }, values as a*, b*, a*, …
  constructor(before, ab) {
    const { width, height, data } = before;
    const pixels = width * height;
    this.width = width;
    this.height = height;
    this.#before = data;
    this.#fy = new Float32Array(pixels);
    this.#dx = new Float32Array(pixels);
    this.#dz = new Float32Array(pixels);
    this.#most = new Float32Array(pixels);
    for (let i = 0; i < pixels; i++) {
      const r = data[4 * i];
      const g = data[4 * i + 1];
      const b = data[4 * i + 2];
      this.#fy[i] = r === g && g === b ? F[g] : f(luminance(LINEAR[r], LINEAR[g], LINEAR[b]));
    }
    this.give(ab);
  }

  // Other colours of the same picture.
  give(ab) {
    const columns = between(this.width, ab.width);
    const rows = between(this.height, ab.height);
    this.#most.fill(0);
    const line = new Float32Array(2 * ab.width); // of ab, at the height of a row
    for (let y = 0, i = 0; y < this.height; y++) {
      const { low, high, part } = rows[y];
      for (let k = 0; k < line.length; k++) {
        const upper = ab.values[low * line.length + k];
        line[k] = upper + part * (ab.values[high * line.length + k] - upper);
      }
      for (let x = 0; x < this.width; x++, i++) {
        const column = columns[x];
        const left = 2 * column.low;
        const right = 2 * column.high;
        this.#dx[i] = (line[left] + column.part * (line[right] - line[left])) / 500;
        this.#dz[i] = (line[left + 1] + column.part * (line[right + 1] - line[left + 1])) / -200;
      }
    }
  }

  #before;
  #fy;
  #dx;
  #dz;
  #most; // 0 for the pixels for which it was not asked yet

  // Fills `out`, ImageData of the same size; transparency stays.
  paint(saturation, out) {
    const painted = new Uint32Array(out.data.buffer); // browsers run on little-endian machines
    const before = new Uint32Array(this.#before.buffer);
    const [fys, dxs, dzs, most] = [this.#fy, this.#dx, this.#dz, this.#most];
    const table = longest();
    for (let i = 0; i < painted.length; i++) {
      const fy = fys[i];
      const y = undone(fy);
      let x = undone(fy + saturation * dxs[i]);
      let z = undone(fy + saturation * dzs[i]);
      let r = red(x, y, z);
      let g = green(x, y, z);
      let b = blue(x, y, z);
      if (outside(r) || outside(g) || outside(b)) {
        most[i] ||= mostOf(table, fy, dxs[i], dzs[i]);
        const s = Math.min(saturation, most[i]);
        x = undone(fy + s * dxs[i]);
        z = undone(fy + s * dzs[i]);
        r = red(x, y, z);
        g = green(x, y, z);
        b = blue(x, y, z);
      }
      painted[i] = (before[i] & 0xff000000) | (level(b) << 16) | (level(g) << 8) | level(r);
    }
  }
}

// The most |a*| + |b*| in sRGB, [LEVELS + 1][DIRECTIONS + 1]. Directions go in straight lines from
// (a*, b*) = (1, 0) by (0, 1), (-1, 0) and (0, -1) round.
let kept = null;

function longest() {
  if (kept) return kept;
  const table = new Float32Array((LEVELS + 1) * (DIRECTIONS + 1));
  for (let row = 0, at = 0; row <= LEVELS; row++) {
    const fy = ((100 * row) / LEVELS + 16) / 116;
    for (let column = 0; column <= DIRECTIONS; column++, at++) {
      const turn = (4 * column) / DIRECTIONS;
      const dx = (Math.abs(turn - 2) - 1) / 500;
      const dz = (1 - Math.abs(((turn + 1) % 4) - 2)) / -200;
      let most = 0;
      for (let part = MOST / 2, n = 0; n < HALVINGS; n++, part /= 2) {
        if (holds(fy, dx, dz, most + part)) most += part;
      }
      table[at] = most;
    }
  }
  kept = table;
  return table;
}

// The most saturation at which a pixel's colour is one of sRGB.
function mostOf(table, fy, dx, dz) {
  const b = -200 * dz;
  const length = Math.abs(500 * dx) + Math.abs(b);
  if (length < 1e-3) return MOST;
  const a = (500 * dx) / length;
  const column = (b >= 0 ? 1 - a : 3 + a) * (DIRECTIONS / 4);
  const row = Math.max(0, (116 * fy - 16) * (LEVELS / 100));
  const left = Math.min(column | 0, DIRECTIONS - 1);
  const top = Math.min(row | 0, LEVELS - 1);
  const across = column - left;
  const corner = top * (DIRECTIONS + 1) + left;
  const below = corner + DIRECTIONS + 1;
  const upper = table[corner] + across * (table[corner + 1] - table[corner]);
  const lower = table[below] + across * (table[below + 1] - table[below]);
  return (upper + (row - top) * (lower - upper)) / length;
}

function holds(fy, dx, dz, s) {
  const x = undone(fy + s * dx);
  const y = undone(fy);
  const z = undone(fy + s * dz);
  return inside(red(x, y, z)) && inside(green(x, y, z)) && inside(blue(x, y, z));
}

// What lies beyond by less than half a level is clipped.
function outside(light) {
  return light < -SLACK || light > 1 + SLACK;
}

function inside(light) {
  return light >= 0 && light <= 1;
}

function level(light) {
  return LEVEL[light <= 0 ? 0 : light >= 1 ? STEPS : (light * STEPS + 0.5) | 0];
}

// Where each of `length` pixels lies among `small` ones: { low, high, part }, half-pixel centres.
export function between(length, small) {
  return Array.from({ length }, (_, at) => {
    const centre = Math.min(small - 1, Math.max(0, ((at + 0.5) * small) / length - 0.5));
    const low = Math.floor(centre);
    return { low, high: Math.min(low + 1, small - 1), part: centre - low };
  });
}
