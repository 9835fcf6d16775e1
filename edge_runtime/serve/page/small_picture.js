// A picture in some colours, small.

import { make } from "./make.js";
import { Painter } from "./painter.js";

// Of an ImageBitmap and its ab { width, height, values }: a canvas, at most so many pixels across.
export function smallPicture(picture, ab, saturation, most) {
  const width = Math.min(most, picture.width);
  const height = Math.max(1, Math.round((width * picture.height) / picture.width));
  const canvas = make("canvas", { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, width, height);
  const painted = context.getImageData(0, 0, width, height);
  new Painter(context.getImageData(0, 0, width, height), ab).paint(saturation, painted);
  context.putImageData(painted, 0, 0);
  return canvas;
}
