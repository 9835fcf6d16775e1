// Between sRGB and CIE L*a*b* (D65): the formulas of tests/golden/README.md.

const DELTA = 6 / 29;
const SLOPE = 3 * DELTA * DELTA;

// From X, Y and Z over white to linear light, and back.
export const red = (x, y, z) => 3.0799348 * x - 1.5371516 * y - 0.5427834 * z;
export const green = (x, y, z) => -0.9212342 * x + 1.87599 * y + 0.0452442 * z;
export const blue = (x, y, z) => 0.0528897 * x - 0.2040413 * y + 1.1511517 * z;
export const luminance = (r, g, b) => 0.212671 * r + 0.71516 * g + 0.072169 * b;

// The linear light of a level 0 to 255, and that of all of them.
export function linear(level) {
  const e = level / 255;
  return e <= 0.04045 ? e / 12.92 : ((e + 0.055) / 1.055) ** 2.4;
}

export const LINEAR = Float32Array.from({ length: 256 }, (_, level) => linear(level));

// The level 0 to 255 of linear light.
export function encoded(y) {
  return 255 * (y <= 0.0031308 ? 12.92 * y : 1.055 * y ** (1 / 2.4) - 0.055);
}

export function f(y) {
  return y > DELTA ** 3 ? Math.cbrt(y) : y / SLOPE + 4 / 29;
}

export function undone(value) {
  return value > DELTA ? value * value * value : SLOPE * (value - 4 / 29);
}

// [L*, a*, b*] of levels 0 to 255.
export function labOf([r, g, b]) {
  const light = [r, g, b].map((level) => LINEAR[level]);
  const fy = f(luminance(...light));
  const fx = f((0.412453 * light[0] + 0.35758 * light[1] + 0.180423 * light[2]) / 0.950456);
  const fz = f((0.019334 * light[0] + 0.119193 * light[1] + 0.950227 * light[2]) / 1.088754);
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

// The levels nearest to a colour; where sRGB does not hold it, with as much of its chroma as fits.
export function levelsOf([l, a, b]) {
  const fy = (l + 16) / 116;
  const light = (s) => {
    const at = [undone(fy + (s * a) / 500), undone(fy), undone(fy - (s * b) / 200)];
    return [red(...at), green(...at), blue(...at)];
  };
  let s = 1;
  if (!light(1).every(held)) {
    s = 0;
    for (let part = 0.5, n = 0; n < 12; n++, part /= 2) if (light(s + part).every(held)) s += part;
  }
  return light(s).map((y) => Math.round(Math.min(255, Math.max(0, encoded(Math.max(0, y))))));
}

const held = (y) => y > -0.002 && y < 1.002;

// "#8c1d2f" and its levels.
export const levelsOfHex = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
export const hexOf = (levels) => `#${levels.map((level) => level.toString(16).padStart(2, "0")).join("")}`;
