// CIE L* of encoded sRGB levels, and the tone view through which a network is shown it. The formulas
// are those of tests/golden/README.md; all is rounded to float32 where Python's arrays are.

import { linear, luminance } from "../lab.js";

const EPSILON = 216 / 24389;
const KAPPA = 24389 / 27;
const round = Math.fround;

const LINEAR = Float64Array.from({ length: 256 }, (_, level) => linear(level));

// Of luminance, 0 to 1.
const lightness = (y) => (y > EPSILON ? 116 * Math.cbrt(y) - 16 : KAPPA * y);

// L* of the levels 0 to 255, rounded once: the same bits in every language.
export const LIGHTNESS = Float32Array.from(LINEAR, lightness);

// L* of a small picture: `planes` has one of grey levels, or three of red, green and blue.
export function lightnessOf(planes) {
  if (planes.length === 1) return Float32Array.from(planes[0], (level) => LIGHTNESS[level]);
  const [red, green, blue] = planes;
  return Float32Array.from(red, (r, i) =>
    lightness(luminance(LINEAR[r], LINEAR[green[i]], LINEAR[blue[i]])));
}

// The view of contract 2, and that by which said colours are spread, whatever the model.
export const TONE_VIEW = { low: 0.01, high: 0.99, least_range: 20 };

// The network's input of L*, -1 to 1; `view` is null for a model of contract 1.
export function inputOf(lightness, view) {
  if (!view) return lightness.map((value) => round(round(value / 50) - 1));
  const ordered = lightness.slice().sort();
  const last = ordered.length - 1;
  const low = ordered[Math.floor(view.low * last + 0.5)];
  const high = ordered[Math.floor(view.high * last + 0.5)];
  const spread = Math.max(round(high - low), round(view.least_range));
  const centre = round(round(low + high) * 0.5);
  return lightness.map((value) => {
    const t = round(round(round(value - centre) / spread) + 0.5);
    return round(2 * Math.min(1, Math.max(0, t)) - 1);
  });
}
