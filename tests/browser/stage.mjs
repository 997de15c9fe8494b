// What the tests of one file play on: the demonstration, a browser, and visitors who come and leave.

import { after, before } from "node:test";
import { startDemo } from "./demo.mjs";
import { Visitor, launch } from "./visitor.mjs";

/** Raised before the first test of the file that makes it, and struck after the last one. */
export class Stage {
  /**
   * `defaults`: what every visitor of this file has, as in `Visitor.come`. `prepare` runs when the stage stands.
   * `settings`: what the demonstration is configured with besides.
   */
  constructor(defaults = {}, prepare = () => {}, settings = () => "") {
    this.defaults = defaults;
    before(async () => {
      const demo = startDemo(process.env.HOCBA ?? "target/ci/hocba", await settings());
      [this.demo, this.browser] = await Promise.all([demo, launch()]);
      await prepare();
    });
    after(async () => {
      await this.browser?.close();
      await this.demo?.stop();
    });
    this.visit = this.visit.bind(this);
  }

  get base() {
    return this.demo.base;
  }

  /** As in demo.json. */
  get samples() {
    return this.demo.samples;
  }

  /** Those in force whose birth date is known whole. */
  get inForce() {
    return this.samples.filter((sample) => sample.expected_verdict === "valid" && isWhole(sample));
  }

  /** One of a verdict, with a whole birth date where there is one. */
  sampleOf(verdict) {
    const all = this.samples.filter((sample) => sample.expected_verdict === verdict);
    return all.find(isWhole) ?? all[0];
  }

  async visit(options, tour, within = this.browser) {
    const visitor = await Visitor.come(within, this.base, { ...this.defaults, ...options });
    try {
      return await tour(visitor);
    } finally {
      await visitor.leave();
    }
  }
}

export const isWhole = (sample) => sample.date_of_birth.length === 10;
/** The name is asked for only where the birth date is known in part. */
export const nameFor = (sample) => (isWhole(sample) ? undefined : sample.full_name);

/** One sample of each value of a field. */
export function oneOfEach(field, among) {
  return [...new Map(among.map((sample) => [sample[field], sample])).values()];
}

export const grouped = (code) => code.replace(/(.{4})(?=.)/g, "$1 ");
