// An authenticator app (RFC 6238), written for the tests alone: HMAC-SHA1, 30 seconds, 6 digits.

import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const PERIOD_MS = 30_000;
const step = () => Math.floor(Date.now() / PERIOD_MS);

function bytesOf(base32) {
  const bits = [...base32.replace(/[\s-]/g, "").toUpperCase()].map((c) => ALPHABET.indexOf(c).toString(2).padStart(5, "0"));
  return Buffer.from(bits.join("").match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}

export class Authenticator {
  /** `base32`: the key as it is shown, spaces and all. `used`: the newest step whose code was used already. */
  constructor(base32, used = 0) {
    Object.assign(this, { key: bytesOf(base32), used });
  }

  /** What the portal's QR code holds. */
  static ofAddress(address) {
    const url = new URL(address);
    if (url.protocol !== "otpauth:" || url.host !== "totp") throw new Error("not an address of an authenticator");
    return new Authenticator(url.searchParams.get("secret"));
  }

  /** A code that was not used yet. Waits for the next step where there is none. */
  async code() {
    while (step() + 1 <= this.used) await sleep(500);
    this.used = Math.max(step(), this.used + 1);
    return this.at(this.used);
  }

  at(number) {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(number));
    const mac = createHmac("sha1", this.key).update(counter).digest();
    const offset = mac[19] & 15;
    return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
  }
}
