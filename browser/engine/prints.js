// Where prints lie in a picture, and how their colours are put together: edge_runtime/colour/prints.py.

// Cells of the joined ab for one of a print's own, so that the seam is short; and the most for one of
// the longest side of all prints, however small they are on the page.
const FINER = 2;
const FINEST = 4;

// As Python rounds: a half to the even neighbour.
export function rounded(value) {
  const low = Math.floor(value);
  const over = value - low;
  return over < 0.5 || (over === 0.5 && low % 2 === 0) ? low : low + 1;
}

// The pixels of a place { top, left, bottom, right }, in parts of the picture: at least one each way.
export function pixelsOf(place, height, width) {
  const [top, bottom] = ends(place.top, place.bottom, height);
  const [left, right] = ends(place.left, place.right, width);
  return { top, left, bottom, right };
}

function ends(low, high, size) {
  const start = Math.min(rounded(low * size), size - 1);
  return [start, Math.max(rounded(high * size), start + 1)];
}

// The ab of a whole picture from those of its prints, each { height, width, values }: none outside
// the prints, with a seam of one cell inside each.
export function joinPrints(parts, places) {
  const most = FINEST * Math.max(...parts.map((part) => Math.max(part.height, part.width)));
  const cells = (own, share) =>
    Math.min(most, Math.max(...parts.map((part, i) => Math.ceil((FINER * own(part)) / share(places[i])))));
  const height = cells((part) => part.height, (place) => place.bottom - place.top);
  const width = cells((part) => part.width, (place) => place.right - place.left);
  const values = new Float32Array(2 * height * width);
  parts.forEach((part, i) => {
    const down = reach(places[i].top, places[i].bottom, height, part.height);
    const across = reach(places[i].left, places[i].right, width, part.width);
    for (let y = 0; y < height; y++) {
      if (!down[y].share) continue;
      const upper = down[y].before * part.width;
      const lower = down[y].after * part.width;
      for (let x = 0; x < width; x++) {
        const share = down[y].share * across[x].share;
        if (!share) continue;
        for (let channel = 0; channel < 2; channel++) {
          const at = (cell) => part.values[2 * cell + channel];
          const row = (start) => at(start + across[x].before) * (1 - across[x].part)
            + at(start + across[x].after) * across[x].part;
          const own = row(upper) * (1 - down[y].part) + row(lower) * down[y].part;
          const place = 2 * (y * width + x) + channel;
          values[place] += share * (own - values[place]);
        }
      }
    }
  });
  return { height, width, values };
}

// How a print's `own` cells reach those of the whole along an axis, linearly between centres, and the
// print's share of each cell: 0 outside, 1 inside, but for the seam where it does not end with the axis.
function reach(low, high, cells, own) {
  const first = low * cells;
  const last = high * cells;
  return Array.from({ length: cells }, (_, cell) => {
    const centre = cell + 0.5;
    const at = Math.min(own - 1, Math.max(0, ((centre - first) / (last - first)) * own - 0.5));
    const before = Math.min(Math.floor(at), Math.max(own - 2, 0));
    const begin = low > 0 ? centre - first : 1;
    const end = high < 1 ? last - centre : 1;
    return {
      before, after: Math.min(before + 1, own - 1), part: at - before,
      share: Math.min(1, Math.max(0, Math.min(begin, end))),
    };
  });
}
