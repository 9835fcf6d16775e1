// Decodes a photo with the browser's own decoders: upright, in sRGB, 8 bits a channel.

import { wordsOf } from "./words.js";

const STRIP = 256; // rows that are read at once
const SCREEN = 2400; // the longer side of what a screen shows
const GREY = 1; // levels by which a browser's conversion of a grey profile leaves channels apart

const KINDS = {
  jpeg: [0xff, 0xd8, 0xff], png: [0x89, 0x50, 0x4e, 0x47], gif: [0x47, 0x49, 0x46, 0x38],
  bmp: [0x42, 0x4d], tiff: [0x49, 0x49, 0x2a, 0], "big-endian tiff": [0x4d, 0x4d, 0, 0x2a],
};

// A photo: { width, height, planes, alpha, kind, words, screen }. `planes` holds its grey levels, or red,
// green and blue; `alpha` is null where nothing is transparent; `screen` is an ImageBitmap.
export async function readPhoto(file, mostPixels) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw new Error(`${file.name}: not a picture that this browser can open`);
  }
  try {
    const { width, height } = bitmap;
    if (width * height > mostPixels) {
      const most = Math.floor(mostPixels / 1e6);
      throw new Error(`${file.name}: too large for a browser: at most ${most} megapixels`);
    }
    const scale = Math.min(1, SCREEN / Math.max(width, height));
    const screen = await createImageBitmap(bitmap, {
      resizeWidth: Math.max(1, Math.round(width * scale)),
      resizeHeight: Math.max(1, Math.round(height * scale)),
      resizeQuality: "high",
    });
    const [kind, words] = [await kindOf(file), await wordsOf(file)];
    return { width, height, screen, kind, words, ...planesOf(bitmap) };
  } finally {
    bitmap.close();
  }
}

function planesOf(bitmap) {
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, Math.min(STRIP, height));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let planes = [new Uint8Array(width * height)];
  let alpha = null;
  for (let top = 0; top < height; top += STRIP) {
    const rows = Math.min(STRIP, height - top);
    context.clearRect(0, 0, width, rows);
    context.drawImage(bitmap, 0, top, width, rows, 0, 0, width, rows);
    const { data } = context.getImageData(0, 0, width, rows);
    const first = top * width;
    const levels = new Uint32Array(data.buffer);
    for (let i = 0; i < levels.length; i++) {
      const level = levels[i]; // browsers run on little-endian machines
      const red = level & 255;
      const green = (level >> 8) & 255;
      const blue = (level >> 16) & 255;
      if (planes.length === 1 && (Math.abs(red - green) > GREY || Math.abs(blue - green) > GREY)) {
        // Grey as far as here.
        planes = [planes[0], planes[0].slice(), planes[0].slice()];
      }
      planes[0][first + i] = planes.length > 1 ? red : green;
      if (planes.length > 1) {
        planes[1][first + i] = green;
        planes[2][first + i] = blue;
      }
      if (level >>> 24 !== 255) {
        alpha ??= new Uint8Array(width * height).fill(255);
        alpha[first + i] = level >>> 24;
      }
    }
  }
  return { planes, alpha };
}

async function kindOf(file) {
  const head = new Uint8Array(await file.slice(0, 12).arrayBuffer());
  const found = Object.entries(KINDS).find(([, magic]) => magic.every((byte, i) => head[i] === byte));
  if (found) return found[0];
  const text = String.fromCharCode(...head);
  return text.startsWith("RIFF") && text.endsWith("WEBP") ? "webp" : "other";
}
