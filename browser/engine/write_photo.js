// Paints a photo at its full resolution, strip by strip, and writes the file.

import { Painter, between } from "../painter.js";
import { withWords } from "./words.js";

const STRIP = 1 << 18; // pixels that are painted at once

export const FORMATS = {
  jpeg: { type: "image/jpeg", ending: ".jpg", quality: 0.95 },
  png: { type: "image/png", ending: ".png" },
  webp: { type: "image/webp", ending: ".webp", quality: 0.95 },
};

// What a photo's result is written as: without loss where it came without.
export function formatOf({ kind, alpha }) {
  return kind === "png" || kind === "gif" || kind === "bmp" || alpha ? "png" : "jpeg";
}

// The file of a photo of `readPhoto` in colours { height, width, values } by settings { saturation,
// format, quality, side_by_side, corner_mark }, all but the first where they are not as usual; a JPEG says
// what the photo's own said, and `mark`.
export async function writePhoto(photo, ab, settings, mark) {
  const { width, height, planes, alpha } = photo;
  const beside = settings.side_by_side ? width : 0;
  const canvas = new OffscreenCanvas(width + beside, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("this browser has no room for so large a picture");
  const [red, green, blue] = planes.length === 1 ? [planes[0], planes[0], planes[0]] : planes;
  const steps = Math.max(1, Math.floor(STRIP / width));
  for (let top = 0; top < height; top += steps) {
    const rows = Math.min(steps, height - top);
    const before = new ImageData(width, rows);
    const { data } = before;
    for (let i = 0, at = top * width; i < data.length; i += 4, at++) {
      data[i] = red[at];
      data[i + 1] = green[at];
      data[i + 2] = blue[at];
      data[i + 3] = alpha ? alpha[at] : 255;
    }
    const painted = new ImageData(width, rows);
    new Painter(before, rowsOf(ab, top, rows, height)).paint(settings.saturation, painted);
    if (beside) context.putImageData(before, 0, top);
    context.putImageData(painted, beside, top);
  }
  if (settings.corner_mark) putCornerMark(context, width, height, canvas.width);
  const format = settings.format ?? formatOf(photo);
  const { type, quality } = FORMATS[format];
  const chosen = settings.quality === undefined ? quality : settings.quality / 100;
  const blob = await canvas.convertToBlob({ type, quality: chosen });
  if (format !== "jpeg") return blob;
  return withWords(new Uint8Array(await blob.arrayBuffer()), photo.words, mark, canvas.width, height);
}

// The word of edge_runtime/pictures/corner_mark.py, white with a dark edge, in the letters of the
// visitor's system.
function putCornerMark(context, width, height, right) {
  const tall = Math.max(7, Math.min(width, height) / 45);
  context.font = `${1.4 * tall}px sans-serif`; // capitals are some seven tenths of a font's size
  context.textAlign = "right";
  context.lineJoin = "round";
  context.lineWidth = 0.35 * tall;
  context.strokeStyle = "rgb(0 0 0 / 0.75)";
  context.fillStyle = "white";
  const place = [right - 1.3 * tall, height - 1.4 * tall, 0.6 * width];
  context.strokeText("colourized", ...place);
  context.fillText("colourized", ...place);
}

// The ab of some rows of a picture `height` rows tall: one row of it for each of them.
function rowsOf(ab, top, rows, height) {
  const length = 2 * ab.width;
  const values = new Float32Array(rows * length);
  between(height, ab.height).slice(top, top + rows).forEach(({ low, high, part }, row) => {
    for (let k = 0; k < length; k++) {
      const upper = ab.values[low * length + k];
      values[row * length + k] = upper + part * (ab.values[high * length + k] - upper);
    }
  });
  return { height: rows, width: ab.width, values };
}
