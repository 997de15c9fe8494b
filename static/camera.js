// Camera and pictures for the pages that scan: asks for the camera, takes frames, opens picture files, and gives both
// to the platform's own QR detector where there is one, else to decoder.js. Nothing leaves the device.

import { codesIn } from "./found.js";

/** Longest side of a frame that is read, in pixels. */
const FRAME_SIDE = 1280;
/** Longest sides at which a picture is read, one after the other. */
const PICTURE_SIDES = [1600, 3200, 900];
/** Milliseconds between two frames. */
const PACE_MS = 120;
/** Largest file that is opened, in bytes. */
const MAX_FILE = 40 * 1024 * 1024;
/** Milliseconds after which a worker that has not come up is given up. */
const WORKER_MS = 8000;

/** Reads QR codes from images. */
export class Reader {
  #platform = platformDetector();
  #own = null;

  /** The text of a QR code in an image that can be drawn, or null. `sides`: how large it is read. */
  async read(source, size, sides, thorough) {
    const detector = await this.#platform;
    if (detector) {
      try {
        const found = await detector.detect(source);
        const texts = found.map((each) => each.rawValue);
        if (texts.length > 0) return texts.find((text) => codesIn(text).length > 0) ?? texts[0];
      } catch {
        // Some phones offer a detector whose service is missing; ours goes on alone.
        this.#platform = Promise.resolve(null);
      }
    }
    this.#own ??= ownReader();
    const own = await this.#own;
    const tried = new Set();
    for (const side of sides) {
      const image = pixels(source, size, side);
      if (tried.has(image.width)) continue;
      tried.add(image.width);
      const text = await own(image, thorough);
      if (text !== null) return text;
    }
    return null;
  }

  /**
   * The text of a QR code in a picture file.
   * @returns {Promise<{text?: string | null, fault?: "not_picture" | "too_large"}>}
   */
  async readFile(file) {
    if (file.size > MAX_FILE) return { fault: "too_large" };
    let bitmap;
    try {
      bitmap = await createImageBitmap(file);
    } catch {
      return { fault: "not_picture" };
    }
    try {
      return { text: await this.read(bitmap, bitmap, PICTURE_SIDES, true) };
    } finally {
      bitmap.close();
    }
  }
}

async function platformDetector() {
  try {
    const formats = await globalThis.BarcodeDetector.getSupportedFormats();
    return formats.includes("qr_code") ? new globalThis.BarcodeDetector({ formats: ["qr_code"] }) : null;
  } catch {
    return null;
  }
}

/** Our own reader in a worker, or in the page where there is none. */
async function ownReader() {
  const url = new URL("./decoder.js", import.meta.url);
  const worker = await startWorker(url);
  if (!worker) {
    const { read } = await import(url.href);
    return async (image, thorough) => read(image, thorough);
  }
  let last = 0;
  const waiting = new Map();
  worker.onmessage = ({ data: { id, text } }) => {
    waiting.get(id)?.(text);
    waiting.delete(id);
  };
  return (image, thorough) =>
    new Promise((resolve) => {
      waiting.set(++last, resolve);
      worker.postMessage({ id: last, image, thorough }, [image.data.buffer]);
    });
}

function startWorker(url) {
  return new Promise((resolve) => {
    let worker;
    const give = (result) => {
      clearTimeout(timer);
      if (!result) worker?.terminate();
      resolve(result);
    };
    const timer = setTimeout(() => give(null), WORKER_MS);
    try {
      worker = new Worker(url, { type: "module" });
    } catch {
      return give(null);
    }
    worker.onerror = () => give(null);
    worker.onmessage = () => give(worker);
  });
}

function pixels(source, { width, height }, side) {
  const scale = Math.min(1, side / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return { data, width: canvas.width, height: canvas.height };
}

/**
 * Connects the camera part of a page (`tools` in src/web/pages/scan.rs): buttons, files, drop and paste.
 * @param {{onText: (text: string) => void, say: (name: string) => void, once: boolean}} page
 *   `onText` gets what was read; `say` what state the camera is in; `once`: stop the camera at the first text.
 */
export function connect({ onText, say, once }) {
  const $ = (id) => document.getElementById(id);
  const reader = new Reader();
  const video = $("video");
  let stream = null;
  let starting = false;
  /** What the camera saw last, and when: a code that stays in view is one scan. */
  let seen = { text: null, at: 0 };

  async function start() {
    if (stream || starting) return;
    if (!navigator.mediaDevices?.getUserMedia) return say("unsupported");
    say("asking");
    starting = true;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1080 } },
      });
    } catch (error) {
      return say(cameraFault(error));
    } finally {
      starting = false;
    }
    video.srcObject = stream;
    const [track] = stream.getVideoTracks();
    track.addEventListener("ended", stop);
    show(true);
    $("torch").hidden = !track.getCapabilities?.().torch;
    await video.play().catch(() => {});
    say("looking");
    look(stream);
  }

  function stop() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.srcObject = null;
    show(false);
  }

  function show(on) {
    $("finder").hidden = $("stop").hidden = !on;
    $("start").hidden = on;
    if (!on) $("torch").hidden = true;
  }

  async function look(mine) {
    let turn = 0;
    while (stream === mine) {
      const started = performance.now();
      const size = { width: video.videoWidth, height: video.videoHeight };
      if (size.width > 0 && !document.hidden) {
        // Every third frame is looked at harder.
        const text = await reader.read(video, size, [FRAME_SIDE], ++turn % 3 === 0);
        if (text !== null && stream === mine && isNew(text)) {
          navigator.vibrate?.(60);
          if (once) stop();
          onText(text);
        }
      }
      await pause(Math.max(20, PACE_MS - (performance.now() - started)));
    }
  }

  function isNew(text) {
    const [now, before] = [performance.now(), seen];
    seen = { text, at: now };
    return text !== before.text || now - before.at > 2000;
  }

  async function openFile(file) {
    if (!file) return;
    say("reading");
    const { text, fault } = await reader.readFile(file);
    if (fault) say(fault);
    else if (text === null) say("nothing");
    else onText(text);
  }

  async function switchTorch() {
    const on = $("torch").getAttribute("aria-pressed") !== "true";
    const [track] = stream?.getVideoTracks() ?? [];
    await track?.applyConstraints({ advanced: [{ torch: on }] }).then(
      () => $("torch").setAttribute("aria-pressed", String(on)),
      () => ($("torch").hidden = true),
    );
  }

  $("start").addEventListener("click", start);
  $("stop").addEventListener("click", stop);
  $("torch").addEventListener("click", switchTorch);
  for (const input of document.querySelectorAll("input.pictures")) {
    input.addEventListener("change", () => {
      openFile(input.files[0]);
      input.value = "";
    });
  }
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    openFile(event.dataTransfer.files[0]);
  });
  document.addEventListener("paste", (event) => {
    const file = [...event.clipboardData.files].find((f) => f.type.startsWith("image/"));
    if (!file) return;
    event.preventDefault();
    openFile(file);
  });
  addEventListener("pagehide", stop);
  return { start, stop };
}

function cameraFault({ name }) {
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "no_camera";
  return "camera_busy";
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Whether this browser has been allowed the camera before, so that nothing needs to be asked. */
export async function isAllowed() {
  try {
    return (await navigator.permissions.query({ name: "camera" })).state === "granted";
  } catch {
    return false;
  }
}

/** A message of the page's own words (`say-…` templates), with the values it has room for. */
export function message(name, { site, codes, href } = {}) {
  const part = document.getElementById(`say-${name}`).content.cloneNode(true);
  const put = (selector, fill) => {
    const place = part.querySelector(selector);
    if (place) fill(place);
  };
  put(".site", (place) => (place.textContent = site ?? ""));
  put(".look-up", (place) => (place.href = href));
  put(".codes", (place) => place.replaceChildren(...(codes ?? []).map(linkTo)));
  return part;
}

function linkTo(code) {
  const [item, link] = [document.createElement("li"), document.createElement("a")];
  [link.href, link.className, link.textContent] = [`/v/${code}`, "code", inGroups(code)];
  item.append(link);
  return item;
}

/** `0f8f ad5b …`, as codes are printed. */
export function inGroups(code) {
  return code.replace(/(.{4})(?=.)/g, "$1 ");
}
