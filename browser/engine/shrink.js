// Scales planes of levels to the size at which a network looks at them, to the same levels as
// edge_runtime/colour/shrink.py: area means where a side shrinks, linearly where it grows.

import { between } from "../painter.js";

// Slightly more than a half: what is a tie but for float32's rounding goes up as well.
const HALF = Math.fround(0.501);

// One plane, uint8, of `columns` a row. Of it the part { top, left, bottom, right } is scaled.
export function shrink(plane, columns, part, height, width) {
  const rows = part.bottom - part.top;
  const across = part.right - part.left;
  const smaller = { height: Math.min(rows, height), width: Math.min(across, width) };
  let scaled;
  if (smaller.height !== rows || smaller.width !== across) {
    scaled = areaMeans(plane, columns, part, smaller.height, smaller.width);
  } else {
    scaled = new Uint8Array(rows * across);
    for (let y = 0; y < rows; y++) {
      const from = (part.top + y) * columns + part.left;
      scaled.set(plane.subarray(from, from + across), y * across);
    }
  }
  if (smaller.height === height && smaller.width === width) return scaled;
  return grown(scaled, smaller.height, smaller.width, height, width);
}

// In float32 and in the order of OpenCV's own, so that what lies next to a half goes the same way.
function areaMeans(plane, columns, part, height, width) {
  const across = covered(part.right - part.left, width);
  const down = covered(part.bottom - part.top, height);
  const scaled = new Uint8Array(height * width);
  const row = new Float32Array(width);
  const sum = new Float32Array(width);
  const whole = Number.isInteger(across.scale) && Number.isInteger(down.scale);
  const share = whole ? Math.fround(1 / (across.scale * down.scale)) : 1;
  for (let y = 0, nth = 0; y < height; y++) {
    sum.fill(0);
    for (let k = 0; k < down.count[y]; k++, nth++) {
      const start = (part.top + down.first[y] + k) * columns + part.left;
      const weight = whole ? 1 : down.weights[nth];
      for (let x = 0, at = 0; x < width; x++) {
        let mean = 0;
        const from = start + across.first[x];
        const end = from + across.count[x];
        if (whole) {
          for (let i = from; i < end; i++) mean += plane[i];
        } else {
          for (let i = from; i < end; i++, at++) {
            mean = Math.fround(mean + Math.fround(plane[i] * across.weights[at]));
          }
        }
        row[x] = mean;
      }
      for (let x = 0; x < width; x++) sum[x] += Math.fround(weight * row[x]);
    }
    for (let x = 0; x < width; x++) {
      scaled[y * width + x] = Math.floor(Math.fround(Math.fround(sum[x] * share) + HALF));
    }
  }
  return scaled;
}

// Of `old` pixels along an axis, those that each of `made` ones covers, and by how much.
function covered(old, made) {
  const first = new Int32Array(made);
  const count = new Int32Array(made);
  const weights = [];
  for (let i = 0; i < made; i++) {
    // In whole numbers: what lies between two old pixels is not counted for rounding's sake.
    first[i] = Math.floor((i * old) / made);
    const end = Math.ceil(((i + 1) * old) / made);
    count[i] = end - first[i];
    for (let k = first[i]; k < end; k++) {
      const length = Math.min((k + 1) * made, (i + 1) * old) - Math.max(k * made, i * old);
      weights.push(length / old);
    }
  }
  return { first, count, weights: Float32Array.from(weights), scale: old / made };
}

function grown(plane, rows, columns, height, width) {
  const down = between(height, rows);
  const across = between(width, columns);
  const scaled = new Uint8Array(height * width);
  for (let y = 0, at = 0; y < height; y++) {
    const upper = down[y].low * columns;
    const lower = down[y].high * columns;
    for (let x = 0; x < width; x++, at++) {
      const { low, high, part } = across[x];
      const above = plane[upper + low] + part * (plane[upper + high] - plane[upper + low]);
      const below = plane[lower + low] + part * (plane[lower + high] - plane[lower + low]);
      scaled[at] = Math.floor(above + down[y].part * (below - above) + HALF);
    }
  }
  return scaled;
}
