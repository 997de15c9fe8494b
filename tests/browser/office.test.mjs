// Offices: signing in and out, enrolment, members, searching; forms that other sites send; what a session's end looks like.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { Authenticator } from "./authenticator.mjs";
import { batches } from "./batches.mjs";
import { startDemo } from "./demo.mjs";
import { later } from "./later.mjs";
import { Snapshots } from "./snapshots.mjs";
import { Stage } from "./stage.mjs";

const SIGN_IN = "/co-quan/dang-nhap";
const IDLE_S = 4;
const snapshots = new Snapshots("office");
const people = {};
const signedIn = {};
const stage = new Stage({}, async () => {
  for (const account of stage.demo.offices[0].accounts) {
    people[account.role] = { ...account, authenticator: new Authenticator(account.totp_secret) };
  }
  for (const role of Object.keys(people)) {
    await visit({}, async (v) => {
      await signIn(v, people[role]);
      signedIn[role] = await v.context.storageState();
    });
  }
});
const visit = (options, tour) => stage.visit(options, tour);
/** A visit of somebody who is signed in already. */
const as = (role, options, tour) => visit({ ...options, state: signedIn[role] }, tour);

async function signIn(v, person, more = {}) {
  await v.open(more.from ?? SIGN_IN);
  await v.page.fill("#account", more.account ?? person.account);
  await v.page.fill("#password", more.password ?? person.password);
  await v.page.fill("#code", more.code ?? (await person.authenticator.code()));
  return v.press(".sign-in");
}

const alert = (v) => v.page.locator("[role=alert]").innerText();
const cookies = async (v) => (await v.context.cookies(stage.base)).filter((c) => c.name.startsWith("__Host-"));
const session = async (v) => (await cookies(v)).find((c) => c.name === "__Host-hocba-office");
const path = (v) => new URL(v.page.url()).pathname;

const isFine = (v, name) => v.isFine(`office-${name}`);

describe("signing in", () => {
  test("leads to the own office, with a cookie that no script and no other site gets", () =>
    visit({ screen: "desktop" }, async (v) => {
      const clerk = people.clerk;
      await signIn(v, clerk);
      assert.equal(path(v), "/co-quan");
      assert.match(await v.page.locator(".signed").innerText(), /Nguyễn Thị Lan.*Xét tuyển đại học/s);
      const { httpOnly, secure, sameSite, path: of, domain, expires } = await session(v);
      assert.deepEqual({ httpOnly, secure, sameSite, of, expires }, { httpOnly: true, secure: true, sameSite: "Strict", of: "/", expires: -1 });
      assert.equal(domain, "127.0.0.1");
      for (const { url } of await v.traffic()) assert.ok(!url.includes(clerk.account) && !url.includes("%40"), url);
    }));

  test("a wrong password, a wrong code and an account that there is not are answered alike", () =>
    visit({}, async (v) => {
      const clerk = people.clerk;
      const answers = [];
      for (const more of [
        { password: "không phải mật khẩu này", code: "000000" },
        { code: "12345" },
        { account: "khong.co@dai-hoc-mau", code: "000000" },
        { account: "không phải tài khoản", code: "000000" },
      ]) {
        const response = await signIn(v, clerk, more);
        assert.equal(response.status(), 403);
        assert.equal(await v.page.inputValue("#account"), more.account ?? clerk.account);
        assert.equal(await v.page.inputValue("#password"), "");
        answers.push(await alert(v));
        assert.equal(await session(v), undefined);
      }
      assert.equal(new Set(answers).size, 1);
      assert.equal(await v.page.locator(":focus").getAttribute("role"), "alert");
    }));

  test("a code lets in once", () =>
    visit({}, async (v) => {
      const clerk = people.clerk;
      const response = await signIn(v, clerk, { code: clerk.authenticator.at(clerk.authenticator.used) });
      assert.equal(response.status(), 403);
    }));

  test("whoever fails too often waits, and is told how long", () =>
    visit({ language: "en" }, async (v) => {
      const nobody = { account: "ai.do@dai-hoc-mau", password: "x", code: "000000" };
      for (let tries = 0; tries < 5; tries++) assert.equal((await signIn(v, {}, nobody)).status(), 403);
      const response = await signIn(v, {}, nobody);
      assert.equal(response.status(), 429);
      assert.ok(Number((await response.allHeaders())["retry-after"]) <= 30);
      assert.match(await alert(v), /You can try again in \d+ seconds/);
      await v.picture("office-wait-en");
    }));

  test("leads back to where somebody was going, and never to another site", () =>
    visit({}, async (v) => {
      await v.open("/co-quan/mat-khau");
      assert.equal(path(v), SIGN_IN);
      const administrator = people.office_administrator;
      await signIn(v, administrator, { from: `${SIGN_IN}?tiep=thanh-vien` });
      assert.equal(path(v), "/co-quan/thanh-vien");
      await v.open(`${SIGN_IN}?tiep=//evil.example`);
      assert.equal(v.page.url(), `${stage.base}/co-quan`);
    }));

  test("needs cookies, and says so", () =>
    visit({}, async (v) => {
      await v.open(SIGN_IN);
      await v.context.clearCookies();
      await v.page.fill("#account", people.clerk.account);
      await v.page.fill("#password", people.clerk.password);
      await v.page.fill("#code", "000000");
      assert.equal((await v.press(".sign-in")).status(), 403);
      assert.match(await alert(v), /cookie/);
    }));
});

describe("forms of others", () => {
  /** A page of another site whose form is sent as soon as it is pressed. */
  async function otherSite(action, fields, tour) {
    const inputs = Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`);
    const page = `<!doctype html><form method="post" action="${action}">${inputs.join("")}<button type="submit">x</button></form>`;
    const server = createServer((_, response) => response.setHeader("content-type", "text/html").end(page));
    await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
    try {
      // Another host name is another site; a port alone would not be.
      await tour(`http://localhost:${server.address().port}/`);
    } finally {
      server.close();
    }
  }

  test("another site's form neither signs anybody in nor changes anything", async () => {
    const clerk = people.clerk;
    const account = { account: clerk.account, password: clerk.password, code: clerk.authenticator.at(clerk.authenticator.used) };
    await otherSite(`${stage.base}${SIGN_IN}`, account, (address) =>
      visit({}, async (v) => {
        await v.open(SIGN_IN);
        await v.page.goto(address);
        assert.equal((await v.press("form")).status(), 403);
        assert.equal(await session(v), undefined);
      }),
    );
    const member = { full_name: "Kẻ Lạ", member: "ke.la", role: "office_administrator", reason: "x", form: "AAAA" };
    await otherSite(`${stage.base}/co-quan/thanh-vien`, member, (address) =>
      as("office_administrator", {}, async (v) => {
        await v.page.goto(address);
        assert.equal((await v.press("form")).status(), 403);
        await v.open("/co-quan/thanh-vien");
        assert.ok(!(await v.text()).includes("ke.la"));
      }),
    );
  });

  test("another site's link comes without the session", async () => {
    await otherSite(`${stage.base}/co-quan`, {}, (address) =>
      as("clerk", {}, async (v) => {
        await v.page.goto(address);
        const [request] = await Promise.all([
          v.page.waitForRequest((r) => r.url() === `${stage.base}/co-quan`),
          v.page.locator("button").click(),
        ]);
        assert.ok(!((await request.allHeaders()).cookie ?? "").includes("__Host-"));
      }),
    );
  });

  test("our own form without its token changes nothing", () =>
    as("office_administrator", { scripts: true }, async (v) => {
      await v.open("/co-quan/thanh-vien");
      await v.page.evaluate(() => document.querySelectorAll("[name=form]").forEach((field) => (field.value = "")));
      await v.page.fill("#full_name", "Vũ Văn Nam");
      await v.page.fill("#member", "nam");
      await v.page.fill("#reason", "công văn 13");
      assert.equal((await v.press("main .card form")).status(), 403);
      assert.match(await v.heading(), /Trang vừa gửi đã cũ/);
      await v.open("/co-quan/thanh-vien");
      assert.ok(!(await v.text()).includes("Vũ Văn Nam"));
    }));
});

describe("a session", () => {
  test("ends by signing out, and the button that goes back shows nothing", () =>
    visit({}, async (v) => {
      await signIn(v, people.ministry_auditor);
      const { value } = await session(v);
      await v.press(".signed form");
      assert.match(await v.page.locator(".fault[role=status]").innerText(), /Đã đăng xuất/);
      assert.equal(await session(v), undefined);
      await v.page.goBack();
      assert.equal(path(v), SIGN_IN);
      const old = await fetch(`${stage.base}/co-quan`, { headers: { cookie: `__Host-hocba-office=${value}` }, redirect: "manual" });
      assert.equal(old.status, 303, "the old cookie opens nothing");
    }));

  test("ends when nobody uses it: the next page says so, and leads back after signing in", async () => {
    const demo = await startDemo(process.env.HOCBA ?? "target/ci/hocba", `[offices]\nsession_idle_s = ${IDLE_S}\n`);
    try {
      const account = demo.offices[0].accounts.find((a) => a.role === "office_administrator");
      const person = { ...account, authenticator: new Authenticator(account.totp_secret) };
      await stage.visit({}, async (v) => {
        v.base = demo.base;
        await signIn(v, person);
        await v.open("/co-quan/thanh-vien");
        await v.page.fill("#full_name", "Vũ Văn Nam");
        await v.page.fill("#member", "nam");
        await v.page.fill("#reason", "công văn 13");
        await v.page.waitForTimeout(IDLE_S * 1000 + 500);
        await v.press("main .card form");
        assert.equal(path(v), SIGN_IN);
        assert.match(await alert(v), /Phiên làm việc đã kết thúc/);
        await v.page.fill("#account", person.account);
        await v.page.fill("#password", person.password);
        await v.page.fill("#code", await person.authenticator.code());
        await v.press(".sign-in");
        assert.equal(path(v), "/co-quan/thanh-vien");
        assert.ok(!(await v.text()).includes("Vũ Văn Nam"));
      });
    } finally {
      await demo.stop();
    }
  });
});

/** Invites somebody; gives the invitation code. */
async function invite(v, fullName, member) {
  await v.open("/co-quan/thanh-vien");
  await v.page.fill("#full_name", fullName);
  await v.page.fill("#member", member);
  await v.page.fill("#reason", "công văn 13/ĐHM");
  await v.press("main .card form");
  return v.page.locator(".ticket-code").innerText();
}

async function enrol(v, account, code, password) {
  await v.open("/co-quan/kich-hoat");
  await v.page.fill("#account", account);
  await v.page.fill("#invitation", code.toLowerCase());
  await v.press(".sign-in");
  await v.page.locator("summary").click();
  const authenticator = new Authenticator(await v.page.locator(".code.groups").innerText());
  await v.page.fill("#password", password);
  await v.page.fill("#again", password);
  await v.page.fill("#code", await authenticator.code());
  return authenticator;
}

/** What a scanner reads from a part of the page. */
async function qrOf(part) {
  const home = await mkdtemp(join(tmpdir(), "hocba-qr-"));
  try {
    const file = join(home, "qr.png");
    await part.screenshot({ path: file });
    return (await promisify(execFile)("zbarimg", ["--raw", "-q", file])).stdout.trim();
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

describe("members", () => {
  test("an administrator invites somebody, who enrols with their own authenticator and signs in", async () => {
    const account = "h.mai@dai-hoc-mau";
    const password = "trăng sáng vườn chuối";
    const code = await as("office_administrator", {}, (v) => invite(v, "H'Mai Niê Kdăm", "h.mai"));
    assert.match(code, /^([A-Z2-7]{4}-){5}[A-Z2-7]{4}$/);
    await visit({}, async (v) => {
      const authenticator = await enrol(v, account, code, password);
      await v.page.fill("#again", `${password}!`);
      const response = await v.press(".sign-in");
      assert.equal(response.status(), 400);
      assert.match(await alert(v), /Hai lần nhập không giống nhau/);
      await v.page.fill("#password", password);
      await v.page.fill("#again", password);
      await v.page.fill("#code", authenticator.at(authenticator.used));
      await v.press(".sign-in");
      assert.match(await v.page.locator(".fault[role=status]").innerText(), /Đã kích hoạt tài khoản/);
      await signIn(v, { account, password, authenticator });
      assert.equal(path(v), "/co-quan");
      assert.match(await v.page.locator(".signed").innerText(), /H'Mai Niê Kdăm · Cán bộ nghiệp vụ/);
      // Disabled while signed in: out with the next page.
      await as("office_administrator", {}, async (a) => {
        await a.open("/co-quan/thanh-vien");
        await a.page.getByRole("button", { name: "Thay đổi tài khoản của H'Mai Niê Kdăm" }).click();
        await a.page.locator("input[value=disable]").check();
        await a.page.fill("#reason", "thôi việc");
        await a.press("main .card");
        assert.match(await a.text(), /Đã khóa/);
      });
      await v.open("/co-quan");
      assert.equal(path(v), SIGN_IN);
      assert.match(await alert(v), /Phiên làm việc đã kết thúc/);
    });
  });

  test("the QR code of the enrolment holds the same key as its letters", async () => {
    const code = await as("office_administrator", {}, (v) => invite(v, "Trần Văn Quét", "quet"));
    await visit({ scripts: true, screen: "desktop" }, async (v) => {
      const byHand = await enrol(v, "quet@dai-hoc-mau", code, "trăng sáng vườn chuối");
      const address = await qrOf(v.page.locator(".secret svg"));
      assert.match(address, /^otpauth:\/\/totp\/hocba:quet%40dai-hoc-mau\?/);
      assert.deepEqual(Authenticator.ofAddress(address).key, byHand.key);
    });
  });

  test("a clerk and an auditor do not reach the pages of administrators, nor see links to them", async () => {
    for (const role of ["clerk", "ministry_auditor"]) {
      await as(role, {}, async (v) => {
        const response = await v.open("/co-quan/thanh-vien");
        assert.equal(response.status(), 403, role);
        assert.match(await v.heading(), /không dùng được trang này/);
        await v.open("/co-quan");
        assert.equal(await v.page.locator("a[href='/co-quan/thanh-vien']").count(), 0);
      });
    }
    await as("office_administrator", {}, async (v) => {
      assert.equal((await v.open("/co-quan/don-vi")).status(), 403);
    });
    await as("ministry_auditor", {}, async (v) => {
      for (const closed of ["/co-quan/tim"]) assert.equal((await v.open(closed)).status(), 403, closed);
      await v.open("/co-quan/don-vi");
      await v.page.locator("main a[href='/co-quan/don-vi/dai-hoc-mau']").click();
      assert.match(await v.text(), /lan@dai-hoc-mau/);
      assert.equal(await v.page.locator("main button").count(), 0, "to read only");
    });
  });
});

describe("searching", () => {
  const learner = () => stage.inForce[0];

  async function look(v, { full_name, date_of_birth }) {
    const [year, month, day] = date_of_birth.split("-");
    await v.open("/co-quan/tim");
    await v.page.fill("#full_name", full_name);
    await v.page.fill("#day", day);
    await v.page.fill("#month", month);
    await v.page.fill("#year", year);
    return v.press(".search");
  }

  test("finds a learner by name without marks and birth date, and opens the transcript", () =>
    as("clerk", {}, async (v) => {
      const { full_name, date_of_birth, code } = learner();
      const plain = full_name.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d").replaceAll("Đ", "D").toLowerCase();
      await look(v, { full_name: plain, date_of_birth });
      const hit = v.page.locator(".hit", { hasText: full_name }).first();
      assert.match(await hit.innerText(), /Có hiệu lực/);
      await hit.locator("button").click();
      await v.page.waitForLoadState("load");
      assert.match(await v.heading(), /Học bạ hợp lệ/);
      assert.match(await v.text(), /Mở cho mục đích: Xét tuyển đại học/);
      for (const { url, headers } of await v.traffic()) {
        assert.ok(!url.includes(code) && !url.toLowerCase().includes(encodeURIComponent(plain)), url);
        assert.ok(!(headers.referer ?? ""), "nothing is told to the next page");
      }
    }));

  test("somebody else's birth date finds nobody", () =>
    as("clerk", {}, async (v) => {
      await look(v, { full_name: learner().full_name, date_of_birth: "1901-01-01" });
      assert.match(await alert(v), /Không tìm thấy/);
      assert.equal(await v.page.locator(".hit").count(), 0);
    }));
});

describe("every page", () => {
  for (const screen of ["phone", "desktop"]) {
    for (const language of ["vi", "en"]) {
      const look = { screen, language, scripts: true };
      const name = (page) => `${page}-${screen}-${language}`;
      test(`has no fault that axe finds and fits, ${screen}, ${language}`, async () => {
        await visit(look, async (v) => {
          await v.open(SIGN_IN);
          await isFine(v, name("sign-in"));
          await snapshotOf(v, "sign-in", screen, language);
          await signIn(v, {}, { account: `${screen}${language}@dai-hoc-mau`, password: "x", code: "1" });
          await isFine(v, name("wrong"));
          await v.open("/co-quan/kich-hoat");
          await isFine(v, name("enrol"));
          await v.page.fill("#account", "ai@dai-hoc-mau");
          await v.page.fill("#invitation", "ABCD");
          await v.press(".sign-in");
          await isFine(v, name("enrol-wrong"));
        });
        const member = `${screen}.${language}`;
        const code = await as("office_administrator", look, async (v) => {
          await v.open("/co-quan/thanh-vien");
          await isFine(v, name("members"));
          await snapshotOf(v, "members", screen, language);
          await v.page.fill("#full_name", " ");
          await v.page.fill("#member", "Không Được");
          await v.page.fill("#reason", " ");
          await v.press("main .card form");
          await isFine(v, name("members-wrong"));
          const code = await invite(v, `Người Mới ${screen} ${language}`, member);
          await isFine(v, name("invited"));
          await v.open("/co-quan/thanh-vien");
          await v.page.locator(`button[value='${member}@dai-hoc-mau']`).click();
          await v.page.locator("#action").waitFor();
          await isFine(v, name("member"));
          await v.open("/co-quan/mat-khau");
          await v.page.fill("#present", "x");
          await v.page.fill("#password", "ngắn");
          await v.page.fill("#again", "ngắn");
          await v.press("main .sign-in");
          await isFine(v, name("password-wrong"));
          await v.open("/co-quan");
          await isFine(v, name("own"));
          return code;
        });
        await visit(look, async (v) => {
          await enrol(v, `${member}@dai-hoc-mau`, code, "trăng sáng vườn chuối");
          await isFine(v, name("set-up"));
        });
        await as("ministry_auditor", look, async (v) => {
          await v.open("/co-quan/don-vi");
          await isFine(v, name("offices"));
          await v.open("/co-quan/don-vi/dai-hoc-mau");
          await isFine(v, name("office"));
          await v.open("/co-quan/tim");
          await isFine(v, name("not-your-role"));
        });
        await as("clerk", look, async (v) => {
          await v.open("/co-quan/tim");
          await isFine(v, name("search"));
          await v.press(".search");
          await isFine(v, name("search-wrong"));
          const { full_name, date_of_birth } = stage.inForce[0];
          const [year, month, day] = date_of_birth.split("-");
          await v.page.fill("#full_name", full_name);
          await v.page.fill("#day", day);
          await v.page.fill("#month", month);
          await v.page.fill("#year", year);
          await v.press(".search");
          await isFine(v, name("found"));
          await v.page.locator(".hit button").first().click();
          await v.page.locator(".learner").waitFor();
          await isFine(v, name("record"));
        });
      });
    }
  }

  /** Of the members only how the list is built: who is in it hangs on the tests before. */
  const PARTS = { "sign-in": ["main"], members: ["main h1", ".members thead", "main .card"] };

  async function snapshotOf(v, page, screen, language) {
    if (screen === "phone") await snapshots.outline(`${page}.${language}`, v.page, PARTS[page]);
  }
});

batches({ stage, as, isFine });
later({ stage, as, isFine });
