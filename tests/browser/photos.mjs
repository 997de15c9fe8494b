// Pictures of printed QR codes as a camera would take them, made from nothing: tilted, blurred, noisy, dark; as
// pixels, as PNG and as the video file that Chromium's fake camera plays. The QR maker is not the library under test.

import { deflateSync, crc32 } from "node:zlib";
import qrcode from "qrcode-generator";

const QUIET = 4;

/** The modules of a QR code, error correction M: its side and whether a module is dark. */
export function modules(text) {
  const qr = qrcode(0, "M");
  // `#` is no character of the alphanumeric mode: it gets a segment of its own.
  for (const part of text.split(/(?<=#)|(?=#)/)) {
    qr.addData(part, /^[0-9A-Z $%*+\-./:]+$/.test(part) ? "Alphanumeric" : "Byte");
  }
  qr.make();
  return { side: qr.getModuleCount(), dark: (x, y) => qr.isDark(y, x) };
}

qrcode.stringToBytes = (text) => [...new TextEncoder().encode(text)];

/** Numbers between 0 and 1 that are the same in every run. */
function dice(seed) {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/**
 * A photo in grey, 0 to 255.
 * @param {string} text
 * @param {object} look `pitch`: pixels a module; `turn`, `tilt`: degrees; `blur`: standard deviation in pixels;
 *   `noise`: standard deviation in grey levels; `contrast`, `dark`, `shadow`: parts of 1
 */
export function photo(text, look = {}) {
  const { pitch = 5, turn = 0, tilt = 0, blur = 0, noise = 0, contrast = 1, dark = 0, shadow = 0, seed = 7 } = look;
  const { side, dark: isDark } = modules(text);
  const total = side + 2 * QUIET;
  const width = look.width ?? Math.max(640, 16 * Math.ceil((total * pitch * 1.3) / 16));
  const height = look.height ?? Math.max(480, 16 * Math.ceil((total * pitch * 1.3) / 16));
  const ink = (x, y) => {
    const [mx, my] = [Math.floor(x) - QUIET, Math.floor(y) - QUIET];
    if (mx >= 0 && my >= 0 && mx < side && my < side) return isDark(mx, my) ? 0.06 : 0.93;
    const onPaper = x > -20 && y > -20 && x < total + 20 && y < total + 20;
    const inQuietZone = x >= 0 && y >= 0 && x < total && y < total;
    // Lines of print around the code.
    if (onPaper && !inQuietZone && Math.floor(y * 1.3) % 3 === 0 && Math.sin(x * 5.1 + Math.floor(y) * 7) > 0) return 0.15;
    return onPaper ? 0.93 : 0.45;
  };
  const [cos, sin] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
  const [lean, rise, far] = [Math.cos((tilt * Math.PI) / 180), Math.sin((tilt * Math.PI) / 180), 900];
  const sharp = new Float32Array(width * height);
  const steps = [0.25, 0.75];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (const dy of steps) {
        const down = y + dy - height / 2;
        const v = (down * far) / (far * lean - down * rise);
        const scale = (far + v * rise) / far;
        for (const dx of steps) {
          const u = (x + dx - width / 2) * scale;
          sum += ink((cos * u + sin * v) / pitch + total / 2, (cos * v - sin * u) / pitch + total / 2);
        }
      }
      sharp[y * width + x] = sum / 4;
    }
  }
  const soft = blur > 0 ? gaussian(sharp, width, height, blur) : sharp;
  const roll = dice(seed);
  const gauss = () => Math.sqrt(-2 * Math.log(roll() + 1e-9)) * Math.cos(2 * Math.PI * roll());
  const grey = new Uint8ClampedArray(width * height);
  for (let i = 0; i < grey.length; i++) {
    const across = (i % width) + 0.4 * Math.floor(i / width) - width / 2 - 0.2 * height;
    const light = (0.5 + (soft[i] - 0.5) * contrast) * (1 - dark) * (1 - shadow / (1 + Math.exp(-across / 30)));
    grey[i] = 255 * light + (noise > 0 ? gauss() * noise : 0);
  }
  return { grey, width, height };
}

function gaussian(from, width, height, sigma) {
  const radius = Math.ceil(3 * sigma);
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)));
  const sum = weights.reduce((a, b) => a + b);
  const pass = (image, dx, dy) => {
    const out = new Float32Array(image.length);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        let value = 0;
        for (let i = -radius; i <= radius; i++) {
          const [sx, sy] = [Math.min(width - 1, Math.max(0, x + i * dx)), Math.min(height - 1, Math.max(0, y + i * dy))];
          value += weights[i + radius] * image[sy * width + sx];
        }
        out[y * width + x] = value / sum;
      }
    }
    return out;
  };
  return pass(pass(from, 1, 0), 0, 1);
}

/** As the decoder takes it. */
export function rgba({ grey, width, height }) {
  const data = new Uint8ClampedArray(4 * grey.length);
  for (let i = 0; i < grey.length; i++) data.set([grey[i], grey[i], grey[i], 255], 4 * i);
  return { data, width, height };
}

/** As a PNG file, grey, 8 bits. */
export function png({ grey, width, height }) {
  const lines = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) lines.set(grey.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const chunk = (type, body) => {
    const named = Buffer.concat([Buffer.from(type, "latin1"), body]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(body.length);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, sum]);
  };
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(lines)), chunk("IEND", Buffer.alloc(0))]);
}

/** As a YUV4MPEG2 file that shows each photo for a while; all have one size, with even sides. */
export function y4m(photos, framesEach = 20) {
  const [{ width, height }] = photos;
  const colourless = Buffer.alloc((width * height) / 2, 128);
  const frames = photos.flatMap(({ grey }) => Array(framesEach).fill([Buffer.from("FRAME\n"), Buffer.from(grey), colourless]));
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`), ...frames.flat()]);
}
