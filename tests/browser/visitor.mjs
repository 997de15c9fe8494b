// A person with a browser: Debian's Chromium, a fresh profile, nothing cached, every request noted.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import axe from "axe-core";
import { chromium } from "playwright-core";

const PHONE = { viewport: { width: 360, height: 800 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const SMALL = { ...PHONE, viewport: { width: 320, height: 640 } };
const DESKTOP = { viewport: { width: 1280, height: 900 } };
/** A desktop of 1280 by 1024 at 400 %. */
const ZOOMED = { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 };
export const SCREENS = { phone: PHONE, small: SMALL, desktop: DESKTOP, zoomed: ZOOMED };

/** `more`: switches for this test, such as a fake camera. */
export function launch(more = []) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...more,
    ],
  });
}

export class Visitor {
  /**
   * `scripts` only for what a test itself runs in the page: the portal must not need them. With
   * `enhanced` the portal's own scripts run, under its own policy; what the browser complains of is noted.
   * `allow`: such as "camera". `state`: the cookies of an earlier visit.
   */
  static async come(browser, base, options = {}) {
    const { screen = "phone", language = "vi", scheme = "light", scripts = false, enhanced = false, allow = [], state } = options;
    const context = await browser.newContext({
      ...SCREENS[screen],
      javaScriptEnabled: scripts || enhanced,
      bypassCSP: scripts,
      permissions: allow,
      colorScheme: scheme,
      storageState: state,
      locale: language === "vi" ? "vi-VN" : "en-GB",
    });
    const visitor = new Visitor(context, await context.newPage(), base);
    context.on("request", (request) => visitor.noteRequest(request));
    context.on("console", (message) => message.type() === "error" && visitor.complaints.push(message.text()));
    visitor.page.on("pageerror", (error) => visitor.complaints.push(String(error)));
    return visitor;
  }

  constructor(context, page, base) {
    Object.assign(this, { context, page, base, requests: [], pending: [], complaints: [] });
  }

  noteRequest(request) {
    const note = { method: request.method(), url: request.url(), headers: {} };
    this.requests.push(note);
    this.pending.push(request.allHeaders().then((headers) => (note.headers = headers), () => {}));
  }

  /** Every request so far, with the headers that went out. */
  async traffic() {
    await Promise.all(this.pending);
    return this.requests;
  }

  open(path) {
    return this.page.goto(this.base + path);
  }

  heading() {
    return this.page.locator("h1").innerText();
  }

  text() {
    return this.page.locator("main").innerText();
  }

  /** Presses the button and waits for the page that answers. */
  press(form) {
    return this.pressButton(`${form} button[type=submit]`);
  }

  /** Presses any button that leads on, and waits for the page that answers, wherever it leads. */
  async pressButton(button) {
    const [response] = await Promise.all([
      this.page.waitForResponse((r) => r.request().isNavigationRequest() && r.status() !== 303),
      this.page.locator(button).click(),
    ]);
    await this.page.waitForLoadState("load");
    return response;
  }

  async typeCode(code) {
    await this.page.fill("#code", code);
    return this.press(".lookup");
  }

  /** `date` as in demo.json: a year, a year and month, or a whole date. */
  async typeBirthDate(date, fullName) {
    const [year, month = "", day = ""] = date.split("-");
    await this.page.fill("#day", day);
    await this.page.fill("#month", month);
    await this.page.fill("#year", year);
    if (fullName) {
      if (!(await this.page.locator("#full_name").isVisible())) await this.page.locator(".ask summary").click();
      await this.page.fill("#full_name", fullName);
    }
    return this.press(".ask");
  }

  /** How far the page is wider than the screen. */
  overhang() {
    return this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  }

  /** What axe-core finds against WCAG 2.2 AA and its best practices, as readable lines. */
  async axe() {
    await this.page.evaluate(axe.source);
    const { violations } = await this.page.evaluate(() => globalThis.axe.run(document));
    return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")}: ${n.failureSummary}`));
  }

  /** No fault of axe and no sideways scrolling; a picture. */
  async isFine(name) {
    await this.picture(name);
    assert.deepEqual(await this.axe(), [], name);
    assert.ok((await this.overhang()) <= 0, `${name} is wider than the screen`);
  }

  async picture(name) {
    const folder = process.env.SCREENSHOTS;
    if (!folder) return;
    await mkdir(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  }

  leave() {
    return this.context.close();
  }
}
