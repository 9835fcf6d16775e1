// Finds the prints in a picture: edge_runtime/colour/margins.py, which explains what is looked for and why.
// All numbers are those of that file.

import { lightnessOf } from "./lightness.js";
import { pixelsOf, rounded } from "./prints.js";
import { shrink } from "./shrink.js";

const VIEW_SIDE = 320;
const LEAST_SIDE = 24;
const RING = 2;
const [LEAST_TOLERANCE, MOST_TOLERANCE] = [4, 8];
const [DARK, LIGHT] = [20, 90];
const RING_SHARE = 0.7;
const [DARK_BAND, BAND] = [0.5, 0.75];
const NARROW = 0.1;
const DEEPEST = 0.45;
const SLOPES = Array.from({ length: 17 }, (_, i) => -0.035 + (i * 0.07) / 16)
  .sort((one, other) => Math.abs(one) - Math.abs(other));
const LEAST_MARGIN = 0.01;
const LEAST_STEP = 5;
const LEVELS_APART = 15;
const [CLEAN_BAND, CLEAN_LEVELS, CLEAN_SLOPES] = [0.95, 3, 0.01];
const PAIR_SLOPE = 0.005;
const PAIR_LEVELS = [8, 95];
const [LETTERBOX_VOTES, LETTERBOX_BAND] = [0.95, 0.85];
const [FRAMED_VOTES, FRAMED_BAND] = [0.9, 0.8];
const SHOWN = 0.1;
const MOST_NESTED = 4;
const PRINT_AREA = 0.015;
const RIM = 4;
const REACH = 1.5;
const PARTS = 24;
const AGREE = 0.6;

// Where the prints of a picture { planes, height, width } lie, { top, left, bottom, right } in parts
// of it, from the top down; none where there are no margins.
export function findPrints(picture) {
  const places = printsIn(viewOf(picture));
  return places.length ? atFullResolution(picture, places) : [];
}

// The lightness in which margins are looked for: { height, width, values }.
function viewOf({ planes, height, width }) {
  const scale = Math.min(1, VIEW_SIDE / Math.max(height, width));
  const rows = Math.max(1, rounded(height * scale));
  const columns = Math.max(1, rounded(width * scale));
  const factor = Math.floor(Math.max(height, width) / (2 * VIEW_SIDE));
  let stride = width;
  let whole = { top: 0, left: 0, bottom: height, right: width };
  if (factor > 1 && Math.min(height, width) >= factor) {
    // By a whole number first, as there; a few last rows do not matter.
    const less = { height: Math.floor(height / factor), width: Math.floor(width / factor) };
    const part = { top: 0, left: 0, bottom: less.height * factor, right: less.width * factor };
    planes = planes.map((plane) => shrink(plane, stride, part, less.height, less.width));
    stride = less.width;
    whole = { top: 0, left: 0, bottom: less.height, right: less.width };
  }
  const small = planes.map((plane) => shrink(plane, stride, whole, rows, columns));
  return { height: rows, width: columns, values: lightnessOf(small) };
}

function printsIn(view) {
  let boxes = several(view);
  if (boxes.length) {
    boxes = boxes.map((box) => inside(view, box));
  } else {
    const box = inside(view, { top: 0, left: 0, bottom: view.height, right: view.width });
    const deepest = Math.max(box.top / view.height, box.left / view.width,
      1 - box.bottom / view.height, 1 - box.right / view.width);
    if (deepest < LEAST_MARGIN) return [];
    boxes = [box];
  }
  boxes.sort((a, b) => a.top - b.top || a.left - b.left || a.bottom - b.bottom || a.right - b.right);
  return boxes.map((box) => ({
    top: box.top / view.height, left: box.left / view.width,
    bottom: box.bottom / view.height, right: box.right / view.width,
  }));
}

// Bring the edges of prints, which are those of the view, to where they are in the picture.
function atFullResolution({ planes, height, width }, places) {
  if (Math.max(height, width) <= VIEW_SIDE) return places;
  const reach = Math.ceil((REACH * Math.max(height, width)) / VIEW_SIDE);
  const plane = planes[planes.length >> 1]; // grey, or green
  const rows = (row, column) => plane[row * width + column];
  const columns = (column, row) => plane[row * width + column];
  return places.map((place) => {
    const { top, left, bottom, right } = pixelsOf(place, height, width);
    const down = (edge) => stepNear(rows, height, edge, left, right, reach) / height;
    const across = (edge) => stepNear(columns, width, edge, top, bottom, reach) / width;
    return { top: down(top), left: across(left), bottom: down(bottom), right: across(right) };
  });
}

// The row near an edge at which most parts of a side have their greatest step, else the edge.
function stepNear(level, length, edge, begin, end, reach) {
  const first = edge - reach;
  if (first < 0 || edge + reach > length) return edge;
  const count = Math.min(PARTS, end - begin);
  const least = Math.floor((end - begin) / count);
  const longer = (end - begin) % count;
  const steps = [];
  for (let part = 0, from = begin; part < count; part++) {
    const to = from + least + (part < longer ? 1 : 0);
    let before = 0;
    let most = -1;
    let found = 0;
    for (let row = first; row < edge + reach; row++) {
      let mean = 0;
      for (let at = from; at < to; at++) mean += level(row, at);
      mean /= to - from;
      const step = Math.abs(mean - before);
      if (row > first && step > most) {
        most = step;
        found = row - first - 1;
      }
      before = mean;
    }
    steps.push(found);
    from = to;
  }
  const found = median(steps);
  const near = steps.filter((step) => Math.abs(step - found) <= Math.max(1, reach / 4));
  return near.length / steps.length < AGREE ? edge : first + 1 + Math.trunc(found);
}

// What is left of a box without its margins, one after the other.
function inside(view, box) {
  let searched = box;
  for (let nested = 0; nested < MOST_NESTED; nested++) {
    const found = trimmed(view, searched);
    if (!found) break;
    [box, searched] = found;
  }
  return box;
}

// What of a box lies inside its outermost margin: by the middles of its edges, and so far inside that
// nothing of a tilted margin is left. Null if there is none.
function trimmed(view, box) {
  const edges = margin(cut(view, box));
  if (!edges) return null;
  const without = ([top, right, bottom, left]) => ({
    top: box.top + top, left: box.left + left, bottom: box.bottom - bottom, right: box.right - right,
  });
  return [without(edges.map(([depth]) => depth)), without(edges.map(([, deepest]) => deepest))];
}

function cut(view, box) {
  const height = box.bottom - box.top;
  const width = box.right - box.left;
  const values = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    const from = (box.top + y) * view.width + box.left;
    values.set(view.values.subarray(from, from + width), y * width);
  }
  return { height, width, values };
}

// The right side on top.
function turned({ height, width, values }) {
  const result = new Float32Array(values.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) result[(width - 1 - x) * height + y] = values[y * width + x];
  }
  return { height: width, width: height, values: result };
}

// The one margin around a picture: of the top, right, bottom and left, how deep it is in the middle
// of the side and at its deepest. Null if there is none.
function margin(view) {
  if (Math.min(view.height, view.width) < LEAST_SIDE) return null;
  const views = [view];
  for (let turns = 1; turns < 4; turns++) views.push(turned(views[turns - 1]));
  const sides = views.map(sideOf);
  if (sides.filter(Boolean).length < 2) return null;
  // Roughly at first: the columns beside the picture do not vote, and count until it is known.
  const depths = sides.map((side) => (side && edgeOf(side, 0, side.view.width))?.depth ?? 0);
  const between = (turns) => [depths[(turns + 3) % 4], views[turns].width - depths[(turns + 1) % 4]];
  const edges = sides.map((side, turns) => {
    const [first, last] = between(turns);
    return side && last - first >= LEAST_SIDE / 2 ? edgeOf(side, first, last) : null;
  });
  const sure = agreed(edges, sides.map((side) => (side ? side.level : null)));
  if (!sure) return null;
  const deepest = Math.max(...sure.filter(Boolean).map((edge) => edge.depth));
  return sure.map((edge, turns) => {
    if (edge) return [edge.depth, edge.deepest];
    if (!sides[turns]) return [0, 0];
    // The picture is as dark, or as light, as its margin: what has its level is no loss.
    const [first, last] = between(turns);
    const depth = Math.min(deepest, shows(sides[turns], first, last));
    return [depth, depth];
  });
}

const isClean = (edges) =>
  Math.min(...edges.map((edge) => edge.band)) >= CLEAN_BAND
  && apart(edges.map((edge) => edge.level)) <= CLEAN_LEVELS
  && apart(edges.map((edge) => edge.slope)) <= CLEAN_SLOPES;
const isDark = (edges) => edges.every((edge) => edge.level <= DARK);
const isAny = () => true;
const apart = (values) => Math.max(...values) - Math.min(...values);

// The votes that edges need: each, and all together where three or four are found.
const RULES = [
  [isClean, 0.45, { 3: 2.1, 4: 2.4 }],
  [isDark, 0.45, { 3: 2.1, 4: 2.6 }],
  [isAny, 0.7, { 3: 2.7, 4: 3.2 }],
];

// The edges that make a margin together, with null for the others; or null.
function agreed(edges, levels) {
  for (const [fits, least, total] of RULES) {
    const sure = edges.map((edge) => (edge && edge.votes >= least ? edge : null));
    const weakest = sure.filter(Boolean)
      .reduce((weak, edge) => (weak && weak.votes <= edge.votes ? weak : edge), null);
    for (const chosen of [sure, sure.map((edge) => (edge === weakest ? null : edge))]) {
      const found = chosen.filter(Boolean);
      if (
        found.length >= 3
        && fits(found)
        && apart(found.map((edge) => edge.level)) <= LEVELS_APART
        && found.reduce((sum, edge) => sum + edge.votes, 0) >= total[found.length]
      ) return chosen;
    }
  }
  for (const [one, other] of [[0, 2], [1, 3]]) {
    const pair = [edges[one], edges[other]].filter(Boolean);
    const between = [levels[1 - one], levels[3 - one]].filter((level) => level !== null);
    if (pair.length < 2) continue;
    const framed = between.length === 2
      && apart([...between, ...pair.map((edge) => edge.level)]) <= CLEAN_LEVELS;
    if (pair.every((edge) => isOneOfTwo(edge, framed))) {
      return edges.map((edge) => (pair.includes(edge) ? edge : null));
    }
  }
  return null;
}

// Whether an edge may stand with the one opposite alone; less is asked where all is framed.
function isOneOfTwo(edge, framed) {
  return edge.votes >= (framed ? FRAMED_VOTES : LETTERBOX_VOTES)
    && edge.band >= (framed ? FRAMED_BAND : LETTERBOX_BAND)
    && Math.abs(edge.slope) <= PAIR_SLOPE
    && !(PAIR_LEVELS[0] < edge.level && edge.level < PAIR_LEVELS[1]);
}

// The top of a picture that may have a margin there: its level, what has this level, and where a
// column leaves it, perhaps several times. Null where its ring is not of one level.
function sideOf(view) {
  const { height, width, values } = view;
  const ring = values.subarray(0, RING * width);
  const { level, tolerance } = levelOf(ring);
  const fits = levelTest(level, tolerance);
  if (share(ring, fits) < RING_SHARE) return null;
  const has = new Uint8Array(values.length);
  for (let at = 0; at < has.length; at++) has[at] = fits(values[at]) ? 1 : 0;
  // To leave means: for some rows, most of which are another level. Thin lines are passed by.
  const stay = Math.max(3, rounded(0.03 * height));
  const reach = Math.min(rounded(height * DEEPEST), height - stay);
  const other = new Int16Array((reach + stay) * width); // above each row
  for (let at = width; at < other.length; at++) other[at] = other[at - width] + 1 - has[at - width];
  const rows = [];
  const columns = [];
  for (let row = 1; row < reach; row++) {
    for (let column = 0; column < width; column++) {
      const at = row * width + column;
      const outside = other[at + stay * width] - other[at];
      if (has[at - width] && !has[at] && outside >= 0.7 * stay) {
        rows.push(row);
        columns.push(column);
      }
    }
  }
  return { view, level, has, rows, columns };
}

// The line that most of some columns vote for; null if there is no vote, or no step.
function edgeOf(side, first, last) {
  const { height, width, values } = side.view;
  const voting = side.columns.map((_, i) => i)
    .filter((i) => side.columns[i] >= first && side.columns[i] < last);
  if (!voting.length) return null;
  const rows = Float64Array.from(voting, (i) => side.rows[i]);
  const across = Float64Array.from(voting, (i) => side.columns[i] - (width - 1) / 2);
  let best = null;
  for (const slope of SLOPES) {
    const counts = new Int32Array(height + 1);
    for (let i = 0; i < rows.length; i++) {
      counts[Math.min(height, Math.max(0, rounded(rows[i] - slope * across[i])))] += 1;
    }
    // Within a pixel. Of lines with the same votes the least tilted, and of its like the middle one.
    let tilt = { most: -1, of: -1 };
    for (let depth = 1; depth <= height; depth++) {
      const found = counts[depth] + counts[depth - 1] + (depth < height ? counts[depth + 1] : 0);
      const of = found * (rows.length + 1) + counts[depth];
      if (of > tilt.of) tilt = { most: found, of, depth, slope };
    }
    if (!best || tilt.most > best.most) best = tilt;
  }
  const { most, depth, slope } = best;
  const steps = [];
  voting.forEach((vote, i) => {
    if (Math.abs(rows[i] - slope * across[i] - depth) > 1.5) return;
    const inner = values[Math.min(rows[i] + 1, height - 1) * width + side.columns[vote]];
    const outer = values[Math.max(rows[i] - 2, 0) * width + side.columns[vote]];
    steps.push(Math.abs(Math.fround(inner - outer)));
  });
  if (!(median(steps) >= LEAST_STEP)) return null;
  let inBand = 0;
  const bandRows = Math.max(depth - 1, 1);
  for (let row = 0; row < bandRows; row++) {
    for (let column = first; column < last; column++) inBand += side.has[row * width + column];
  }
  const band = inBand / (bandRows * (last - first));
  if (band < (side.level <= DARK && depth <= NARROW * height ? DARK_BAND : BAND)) return null;
  const deepest = depth + 1 + Math.ceil((Math.abs(slope) * width) / 2);
  return { depth, deepest, slope, votes: Math.min(most / (last - first), 1), level: side.level, band };
}

// The first row that shows more than the margin between two columns.
function shows({ view, has }, first, last) {
  for (let row = 0; row < view.height; row++) {
    let other = 0;
    for (let column = first; column < last; column++) other += 1 - has[row * view.width + column];
    if (other / (last - first) > SHOWN) return row;
  }
  return 0;
}

// The level of most pixels and how far from it they may be, both in L*.
function levelOf(ring) {
  const level = median(ring);
  const deviation = median(Float32Array.from(ring, (value) => Math.abs(value - level))) * 1.4826;
  return { level, tolerance: Math.min(Math.max(4 * deviation, LEAST_TOLERANCE), MOST_TOLERANCE) };
}

function levelTest(level, tolerance) {
  // In float32, as the lightness is.
  const [low, high] = [Math.fround(level - tolerance), Math.fround(level + tolerance)];
  if (level <= DARK) return (value) => value <= high;
  if (level >= LIGHT) return (value) => value >= low;
  return (value) => Math.fround(Math.abs(value - level)) <= Math.fround(tolerance);
}

function share(values, fits) {
  let count = 0;
  for (const value of values) count += fits(value) ? 1 : 0;
  return count / values.length;
}

function median(values) {
  const ordered = new Float64Array(values).sort();
  const middle = ordered.length >> 1;
  return ordered.length % 2 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2;
}

// The prints of a page that holds more than one; none where something else lies there.
function several(view) {
  const { height, width, values } = view;
  if (Math.min(height, width) < RING) return [];
  const top = cut(view, { top: 0, left: 0, bottom: RING, right: width });
  const bottom = cut(view, { top: height - RING, left: 0, bottom: height, right: width });
  const left = cut(view, { top: 0, left: 0, bottom: height, right: RING });
  const right = cut(view, { top: 0, left: width - RING, bottom: height, right: width });
  const sides = [top, bottom, left, right].map((side) => side.values);
  const { level, tolerance } = levelOf(Float32Array.from(sides.flatMap((side) => [...side])));
  const fits = levelTest(level, tolerance);
  if (Math.min(...sides.map((side) => share(side, fits))) < RING_SHARE) return [];
  const other = Uint8Array.from(values, (value) => (fits(value) ? 0 : 1));
  // Noise and handwriting go, holes in the prints close.
  const opened = neighbours(neighbours(other, height, width, Math.min), height, width, Math.max);
  const boxes = joined(components(opened, height, width)).filter((box) =>
    (box.bottom - box.top) * (box.right - box.left) >= PRINT_AREA * height * width);
  if (boxes.length < 2) return [];
  // With a rim of the page around it, a print is a picture inside a margin.
  const found = boxes.map((box) => trimmed(view, {
    top: Math.max(box.top - RIM, 0), left: Math.max(box.left - RIM, 0),
    bottom: Math.min(box.bottom + RIM, height), right: Math.min(box.right + RIM, width),
  }));
  const sure = found.filter(Boolean).length;
  if (sure < 2 || 2 * sure < boxes.length) return [];
  return boxes.map((box, i) => (found[i] ? found[i][0] : box));
}

// The least or the most of each pixel and its eight neighbours.
function neighbours(plane, height, width, choose) {
  const along = plane.map((value, at) => {
    const x = at % width;
    return choose(value, x ? plane[at - 1] : value, x < width - 1 ? plane[at + 1] : value);
  });
  return along.map((value, at) => choose(value, at >= width ? along[at - width] : value,
    at < along.length - width ? along[at + width] : value));
}

// The boxes of what hangs together, by corners too.
function components(plane, height, width) {
  const left = plane.slice();
  const boxes = [];
  const waiting = [];
  for (let start = 0; start < left.length; start++) {
    if (!left[start]) continue;
    const box = { top: height, left: width, bottom: 0, right: 0 };
    left[start] = 0;
    waiting.push(start);
    while (waiting.length) {
      const at = waiting.pop();
      const [y, x] = [Math.floor(at / width), at % width];
      box.top = Math.min(box.top, y);
      box.left = Math.min(box.left, x);
      box.bottom = Math.max(box.bottom, y + 1);
      box.right = Math.max(box.right, x + 1);
      for (let row = Math.max(y - 1, 0); row <= Math.min(y + 1, height - 1); row++) {
        for (let column = Math.max(x - 1, 0); column <= Math.min(x + 1, width - 1); column++) {
          const next = row * width + column;
          if (left[next]) {
            left[next] = 0;
            waiting.push(next);
          }
        }
      }
    }
    boxes.push(box);
  }
  return boxes;
}

// The boxes, with one in place of all that lie within a rim of each other.
function joined(boxes) {
  let result = [];
  for (let box of boxes) {
    for (;;) {
      const near = result.filter((other) => isNear(box, other));
      if (!near.length) break;
      result = result.filter((other) => !near.includes(other));
      const all = [box, ...near];
      box = {
        top: Math.min(...all.map((one) => one.top)), left: Math.min(...all.map((one) => one.left)),
        bottom: Math.max(...all.map((one) => one.bottom)), right: Math.max(...all.map((one) => one.right)),
      };
    }
    result.push(box);
  }
  return result;
}

function isNear(one, other) {
  return Math.max(one.top, other.top) < Math.min(one.bottom, other.bottom) + RIM
    && Math.max(one.left, other.left) < Math.min(one.right, other.right) + RIM;
}
