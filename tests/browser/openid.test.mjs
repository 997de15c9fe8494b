// Members of offices who sign in at a provider that others wrote: linking, coming back, and whoever is refused; in a real
// browser, which decides which cookies come along from another site.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { promisify } from "node:util";
import * as jose from "jose";
import { Authenticator } from "./authenticator.mjs";
import { CLIENT, IdentityProvider, NAME, TWO } from "./identity.mjs";
import { Stage } from "./stage.mjs";

const run = promisify(execFile);
const HOCBA = process.env.HOCBA ?? "target/ci/hocba";
const SIGN_IN = "/co-quan/dang-nhap";
const OFFICE = "dai-hoc-mau";

let identities, home, publicKey;
after(async () => {
  await identities?.stop();
  if (home) await rm(home, { recursive: true, force: true });
});

const stage = new Stage({}, () => identities.workFor(`${stage.base}/co-quan/ben-ngoai/ve`, publicKey), settings);
const visit = (options, tour) => stage.visit(options, tour);

/** What the portal is told of the provider, which does not answer yet: the portal starts all the same. */
async function settings() {
  identities = await IdentityProvider.start();
  home = await mkdtemp(join(tmpdir(), "hocba-openid-"));
  const pair = await jose.generateKeyPair("ES256", { extractable: true });
  publicKey = await jose.exportJWK(pair.publicKey);
  const file = join(home, "client.pem");
  await writeFile(file, await jose.exportPKCS8(pair.privateKey));
  await chmod(file, 0o600);
  return `[offices.openid]
issuer = "${identities.issuer}"
client_id = "${CLIENT}"
name = "${NAME}"
key_file = "${file}"
acr = ["${TWO}"]
`;
}

/** As an operator does it. */
async function office(...words) {
  const why = ["--by", "Nguyễn Văn A", "--reason", "công văn 13"];
  const { stdout } = await run(HOCBA, ["office", "--data", stage.demo.data, "--json", ...words, ...why]);
  return stdout;
}

/** Invites somebody; gives their invitation code. */
async function invite(name) {
  const said = await office("add", `${name}@${OFFICE}`, "--full-name", "Vũ Văn Nam", "--role", "clerk");
  return said.match(/"code":\s*"([^"]+)"/)[1];
}

const path = (v) => new URL(v.page.url()).pathname;
const alert = (v) => v.page.locator("main [role=alert]").innerText();
const cookie = async (v, name) => (await v.context.cookies(stage.base)).find((c) => c.name === name);
const session = (v) => cookie(v, "__Host-hocba-office");

/** Presses the button that leads to the provider. */
async function leave(v) {
  await v.press(".at-provider");
  await v.page.waitForURL((url) => url.origin !== stage.base);
}

/** Says there who one is, and how many factors one shows. */
async function show(v, account, how = "two") {
  await v.page.fill("#account", account);
  const [back] = await Promise.all([
    v.page.waitForResponse((r) => r.url().startsWith(`${stage.base}/co-quan/ben-ngoai/ve?`)),
    v.page.click(`[value=${how}]`),
  ]);
  await v.page.waitForLoadState("load");
  return back;
}

async function enrolAt(v, name, account) {
  const code = await invite(name);
  await v.open("/co-quan/kich-hoat");
  await v.page.fill("#account", `${name}@${OFFICE}`);
  await v.page.fill("#invitation", code);
  await v.press(".sign-in");
  await leave(v);
  return show(v, account);
}

const isFine = (v, name) => v.isFine(`openid-${name}`);

describe("signing in at a provider", () => {
  test("whoever was invited links their account, signs out and signs in again", () =>
    visit({}, async (v) => {
      assert.equal((await enrolAt(v, "nam", "nam-o-cong")).status(), 200);
      await v.page.waitForURL(`${stage.base}/co-quan`);
      assert.match(await v.page.locator(".signed").innerText(), /Vũ Văn Nam/);
      const { httpOnly, secure, sameSite } = await session(v);
      assert.deepEqual({ httpOnly, secure, sameSite }, { httpOnly: true, secure: true, sameSite: "Strict" });
      assert.equal(await cookie(v, "__Host-hocba-office-openid"), undefined, "the journey is over");
      await v.open("/co-quan/mat-khau");
      assert.match(await v.text(), /Mật khẩu của bạn không nằm ở đây/);
      await v.press(".signed form");
      assert.equal(await session(v), undefined);

      await v.open("/co-quan/tim");
      assert.equal(path(v), SIGN_IN);
      await v.press(".at-provider");
      // It knows them still, so nobody asks anything there.
      await v.page.waitForURL(`${stage.base}/co-quan/tim`);
      assert.match(await v.page.locator(".signed").innerText(), /Vũ Văn Nam/);
      const lines = await run(HOCBA, ["office", "--data", stage.demo.data, "show", OFFICE]);
      assert.match(lines.stdout, /nam@dai-hoc-mau.*linked/);
      for (const { url } of await v.traffic()) assert.ok(!url.includes("nam-o-cong") && !url.includes("%40"), url);
    }));

  test("whoever is linked with nobody is refused, and so is a second account", () =>
    visit({}, async (v) => {
      await v.open(SIGN_IN);
      await leave(v);
      assert.equal((await show(v, "ai-do")).status(), 403);
      assert.match(await alert(v), /Chưa có tài khoản nào liên kết/);
      assert.equal(await session(v), undefined);
      await v.context.clearCookies();
      await enrolAt(v, "hai", "hai-o-cong");
      await v.page.waitForURL(`${stage.base}/co-quan`);
      await v.context.clearCookies();
      assert.equal((await enrolAt(v, "ba", "hai-o-cong")).status(), 403);
      assert.match(await alert(v), /Đã liên kết với tài khoản khác/);
    }));

  test("whoever cancels there is told so, in the page's words alone", () =>
    visit({ language: "en" }, async (v) => {
      await v.open(SIGN_IN);
      await leave(v);
      assert.equal((await show(v, "ai-do", "cancel")).status(), 403);
      assert.match(await alert(v), /You cancelled the sign-in/);
      assert.ok(!(await v.page.content()).includes("alert(1)"));
      assert.equal(await cookie(v, "__Host-hocba-office-openid"), undefined);
    }));

  test("one factor is not enough", () =>
    visit({}, async (v) => {
      await enrolAt(v, "bon", "bon-o-cong");
      await v.page.waitForURL(`${stage.base}/co-quan`);
      await v.context.clearCookies();
      await v.open(SIGN_IN);
      await leave(v);
      assert.equal((await show(v, "bon-o-cong", "one")).status(), 403);
      assert.match(await alert(v), /Cần xác thực hai yếu tố/);
      assert.equal(await session(v), undefined);
    }));

  test("whoever was disabled is out at once and does not come in again", () =>
    visit({}, async (v) => {
      await enrolAt(v, "nam2", "nam2-o-cong");
      await v.page.waitForURL(`${stage.base}/co-quan`);
      await office("disable", `nam2@${OFFICE}`);
      await v.open("/co-quan");
      assert.equal(path(v), SIGN_IN);
      const [back] = await Promise.all([
        v.page.waitForResponse((r) => r.url().startsWith(`${stage.base}/co-quan/ben-ngoai/ve?`)),
        v.page.locator(".at-provider button").click(),
      ]);
      assert.equal(back.status(), 403);
      assert.match(await alert(v), /Chưa có tài khoản nào liên kết/);
    }));

  test("an answer that is brought to another browser signs nobody in", () =>
    visit({}, async (v) => {
      await v.open(SIGN_IN);
      await leave(v);
      const [request] = await Promise.all([
        v.page.waitForRequest((r) => r.url().startsWith(`${stage.base}/co-quan/ben-ngoai/ve?`)),
        v.page.fill("#account", "nam-o-cong").then(() => v.page.click("[value=two]")),
      ]);
      await visit({}, async (other) => {
        assert.equal((await other.page.goto(request.url())).status(), 403);
        assert.match(await alert(other), /Hãy đăng nhập lại từ đầu/);
        assert.equal(await session(other), undefined);
      });
    }));

  test("while the provider is away passwords go on", () =>
    visit({}, async (v) => {
      // What is known of it is kept for an hour: the code cannot be exchanged.
      await v.open(SIGN_IN);
      await leave(v);
      const away = new Promise((done) => {
        identities.server.prependListener("request", function stop(request) {
          if (request.url !== "/token") return;
          identities.server.removeListener("request", stop);
          identities.away = true;
          done();
        });
      });
      const back = await show(v, "nam-o-cong");
      await away;
      identities.away = false;
      assert.equal(back.status(), 503);
      assert.match(await alert(v), /Chưa liên lạc được với nhà cung cấp danh tính/);
      const clerk = stage.demo.offices[0].accounts.find((a) => a.role === "clerk");
      await v.page.fill("#account", clerk.account);
      await v.page.fill("#password", clerk.password);
      await v.page.fill("#code", await new Authenticator(clerk.totp_secret).code());
      await v.press(".sign-in");
      assert.equal(path(v), "/co-quan");
    }));

  test("nothing that came back is in the log", () => {
    const log = stage.demo.output();
    assert.match(log, /a sign-in at the provider was refused/);
    for (const word of ["-o-cong", "ai-do", "eyJ", "state=", "code="]) assert.ok(!log.includes(word), word);
  });
});

describe("pages", () => {
  for (const language of ["vi", "en"]) {
    for (const screen of ["phone", "zoomed", "desktop"]) {
      test(`are fine (${screen}, ${language})`, () =>
        visit({ screen, language, scripts: true, scheme: screen === "phone" ? "dark" : "light" }, async (v) => {
          const name = (page) => `${page}-${screen}-${language}`;
          await v.open(SIGN_IN);
          await isFine(v, name("sign-in"));
          await v.page.route(`${identities.issuer}/**`, (route) => route.fulfill({ status: 204 }));
          await v.press(".at-provider");
          await isFine(v, name("leaving"));
          await v.page.unrouteAll();
          await v.open("/co-quan/ben-ngoai/ve?code=x&state=y");
          await isFine(v, name("strayed"));
          const short = `${screen}.${language}`;
          await v.open("/co-quan/kich-hoat");
          await v.page.fill("#account", `${short}@${OFFICE}`);
          await v.page.fill("#invitation", await invite(short));
          await v.press(".sign-in");
          await isFine(v, name("enrol"));
        }));
    }
  }
});
