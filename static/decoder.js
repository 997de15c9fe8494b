// Reads one QR code from pixels. Runs as a worker, so that the page stays free; a page whose browser has no module
// workers imports `read` instead. Nothing leaves the device.

import decodeQR from "./vendor/qr/decode.js";

/** Milliseconds that the reader may spend on further guesses at one picture. */
const PATIENCE = { quick: 60, thorough: 400 };

/**
 * @param {{data: Uint8ClampedArray, width: number, height: number}} image RGBA
 * @param {boolean} thorough also try what helps blurred, dark and small pictures
 * @returns {string | null} the text of a QR code
 */
export function read(image, thorough) {
  const limit = thorough ? PATIENCE.thorough : PATIENCE.quick;
  const plain = attempt(image, limit);
  if (plain !== null) return plain;
  const { width, height } = image;
  const light = lightOf(image);
  const smooth = blurred(light, width, height, 1);
  const sharp = attempt(picture(sharpened(smooth, width, height, 3, 3), width, height), limit);
  if (sharp !== null || !thorough || width * height > 4_000_000) return sharp;
  // Each look is another chance: the reader is sensitive to how a large code lies on the pixels.
  for (const [degrees, gain] of [[0, 2], [30, 0.5], [45, 0.5]]) {
    const large = warped(light, width, height, 2, degrees);
    const crisp = sharpened(large.light, large.width, large.height, 4, gain);
    const text = attempt(picture(crisp, large.width, large.height), limit);
    if (text !== null) return text;
  }
  return null;
}

function attempt(image, timeLimit) {
  try {
    return decodeQR(image, { effort: 3, timeLimit });
  } catch {
    return null;
  }
}

/** The brightness of each pixel. */
function lightOf({ data }) {
  const light = new Float32Array(data.length / 4);
  for (let i = 0; i < light.length; i++) light[i] = (2 * data[4 * i] + 5 * data[4 * i + 1] + data[4 * i + 2]) / 8;
  return light;
}

function picture(light, width, height) {
  const data = new Uint8ClampedArray(4 * light.length);
  for (let i = 0; i < light.length; i++) {
    data[4 * i] = data[4 * i + 1] = data[4 * i + 2] = light[i];
    data[4 * i + 3] = 255;
  }
  return { data, width, height };
}

/** The mean over a square around each pixel, by running sums along rows and then columns. */
function blurred(light, width, height, radius) {
  const once = new Float32Array(light.length);
  const twice = new Float32Array(light.length);
  for (let y = 0; y < height; y++) runningMean(light, once, y * width, 1, width, radius);
  for (let x = 0; x < width; x++) runningMean(once, twice, x, width, height, radius);
  return twice;
}

function runningMean(from, to, start, step, count, radius) {
  const at = (i) => from[start + step * Math.min(count - 1, Math.max(0, i))];
  let sum = 0;
  for (let i = -radius; i <= radius; i++) sum += at(i);
  for (let i = 0; i < count; i++) {
    to[start + step * i] = sum / (2 * radius + 1);
    sum += at(i + radius + 1) - at(i - radius);
  }
}

/** Edges made steeper: what differs from its surroundings differs `gain` times more. */
function sharpened(light, width, height, radius, gain) {
  const around = blurred(light, width, height, radius);
  return light.map((value, i) => value + gain * (value - around[i]));
}

/** Enlarged and turned about the middle, with soft steps in between; grey where there was nothing. */
function warped(light, width, height, scale, degrees) {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180) / scale, Math.sin((degrees * Math.PI) / 180) / scale];
  const out = { width: Math.round(width * scale), height: Math.round(height * scale) };
  out.light = new Float32Array(out.width * out.height).fill(128);
  for (let y = 0; y < out.height; y++) {
    for (let x = 0; x < out.width; x++) {
      const [u, v] = [x - out.width / 2 + 0.5, y - out.height / 2 + 0.5];
      const [fx, fy] = [cos * u + sin * v + width / 2 - 0.5, cos * v - sin * u + height / 2 - 0.5];
      const [left, top] = [Math.floor(fx), Math.floor(fy)];
      if (left < 0 || top < 0 || left >= width - 1 || top >= height - 1) continue;
      const [at, a, b] = [top * width + left, fx - left, fy - top];
      const upper = light[at] * (1 - a) + light[at + 1] * a;
      const lower = light[at + width] * (1 - a) + light[at + width + 1] * a;
      out.light[y * out.width + x] = upper * (1 - b) + lower * b;
    }
  }
  return out;
}

if (typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope) {
  self.onmessage = ({ data: { id, image, thorough } }) => self.postMessage({ id, text: read(image, thorough) });
  self.postMessage({ ready: true });
}
