// The scan page: camera, photo, screenshot, foreign links; decoded on the device, under the page's own policy.

import assert from "node:assert/strict";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { photo, png, y4m } from "./photos.mjs";
import { Snapshots } from "./snapshots.mjs";
import { Stage } from "./stage.mjs";
import { SCREENS, launch } from "./visitor.mjs";
import { HEADINGS } from "./words.mjs";

const FAKE_CAMERA = "--use-fake-device-for-media-stream";
const TOKEN = "2KCEHIQBE5JQ3N7O".repeat(22).slice(0, 340);

let folder;
let code;
const stage = new Stage({ enhanced: true }, async () => {
  folder = await mkdtemp(join(tmpdir(), "hocba-scan-"));
  code = stage.sampleOf("valid").code;
});
const { visit } = stage;
const snapshots = new Snapshots("scan");

after(() => rm(folder, { recursive: true, force: true }));

/** A visit whose camera shows these texts one after the other. */
async function withCamera(texts, options, tour) {
  const film = join(folder, `${Math.random()}.y4m`);
  await writeFile(film, y4m(texts.map((text) => photo(text, { pitch: 6, turn: 4, noise: 3, width: 640, height: 480 }))));
  const filming = await launch([FAKE_CAMERA, `--use-file-for-fake-video-capture=${film}`]);
  try {
    return await visit({ allow: ["camera"], ...options }, tour, filming);
  } finally {
    await filming.close();
    await rm(film);
  }
}

const ourLink = () => `${stage.base.toUpperCase()}/V/${code.toUpperCase()}`;
const said = (v) => v.page.locator("#said");
const hears = (v, text) => said(v).getByText(text).waitFor({ timeout: 20_000 });

async function choose(v, buffer, type = "image/png") {
  await v.page.locator("input.pictures").last().setInputFiles({ name: "anh.png", mimeType: type, buffer });
}

const arrives = (v) => v.page.waitForURL((url) => url.pathname === `/v/${code}`, { timeout: 20_000 });

describe("with the camera", () => {
  test("our QR leads to its verdict, and nothing is asked of anybody else", () =>
    withCamera([ourLink()], {}, async (v) => {
      await v.open("/");
      await v.page.locator("main").getByRole("link", { name: "Quét mã QR" }).click();
      // Allowed before, so the camera starts by itself.
      await arrives(v);
      assert.equal(await v.heading(), HEADINGS.vi.valid);
      for (const { url, headers } of await v.traffic()) {
        assert.ok(url.startsWith(`${stage.base}/`), `a request to ${url}`);
        assert.ok(!(headers.referer ?? "").includes(code), "a code in a Referer");
        assert.equal(new URL(url).search, "");
      }
      assert.deepEqual(v.complaints, [], "the page keeps to its own policy");
    }));

  test("a foreign link is never opened; its code is offered, and the site is named", () =>
    withCamera([`https://hocbaso.example.com/xem?ma=${code}`], { screen: "desktop" }, async (v) => {
      await v.open("/quet-ma");
      await hears(v, "Mã QR này dẫn đến trang khác");
      assert.match(await said(v).innerText(), /hocbaso\.example\.com/);
      assert.equal(await v.page.locator("a[href*='example.com']").count(), 0, "no link leads there");
      assert.equal(new URL(v.page.url()).pathname, "/quet-ma");
      assert.equal(await v.page.locator("#finder").isVisible(), false, "the camera is off again");
      await v.picture("scan-foreign-desktop");
      await snapshots.compare("foreign", v.page, ["main"]);
      await said(v).getByRole("link").click();
      await arrives(v);
      for (const { url } of await v.traffic()) assert.ok(url.startsWith(`${stage.base}/`), `a request to ${url}`);
    }));

  test("while it looks, the picture is shown and can be stopped", () =>
    withCamera(["HELLO"], { language: "en" }, async (v) => {
      await v.open("/quet-ma");
      await hears(v, "The QR code holds no lookup code");
      await v.page.getByRole("button", { name: "Turn on the camera" }).click();
      await v.page.locator("#video").waitFor();
      await v.page.waitForFunction(() => document.getElementById("video").videoWidth > 0);
      await v.picture("scan-looking-phone");
      await snapshots.compare("looking", v.page, ["main"]);
      await v.page.getByRole("button", { name: "Turn off the camera" }).click();
      assert.equal(await v.page.locator("#video").isVisible(), false);
      assert.equal(await v.page.evaluate(() => document.getElementById("video").srcObject), null);
    }));

  test("leave that is not given is explained, and the other ways stay", async () => {
    const filming = await launch([FAKE_CAMERA]);
    try {
      await visit(
        {},
        async (v) => {
          await v.open("/quet-ma");
          await v.page.getByRole("button", { name: "Bật máy ảnh" }).click();
          await hears(v, "Trình duyệt chưa được phép dùng máy ảnh");
          assert.ok(await v.page.locator("#code").isVisible());
          await v.picture("scan-denied-phone");
          await snapshots.compare("denied", v.page, ["main"]);
        },
        filming,
      );
    } finally {
      await filming.close();
    }
  });

  test("no camera is explained", () =>
    visit({ allow: ["camera"] }, async (v) => {
      await v.open("/quet-ma");
      await hears(v, "Thiết bị này không có máy ảnh.");
      await v.picture("scan-no-camera-phone");
    }));

  test("a browser without the interface is explained", () =>
    visit({}, async (v) => {
      await v.page.addInitScript(() => Object.defineProperty(navigator, "mediaDevices", { value: undefined }));
      await v.open("/quet-ma");
      await v.page.getByRole("button", { name: "Bật máy ảnh" }).click();
      await hears(v, "Trình duyệt không cho trang dùng máy ảnh");
    }));
});

describe("with a picture", () => {
  const cases = [
    ["our link", () => ourLink(), {}],
    ["our link with a token, tilted", () => `${ourLink()}#1.${TOKEN}`, { pitch: 4, tilt: 15, turn: 20, noise: 5 }],
    ["a code in a sentence", () => `Mã tra cứu: ${code}`, { pitch: 5, turn: 30 }],
    ["a UUID, blurred", () => code.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"), { pitch: 6, blur: 2, noise: 4 }],
    ["a photo of 7 megapixels", () => ourLink(), { pitch: 9, width: 3300, height: 2200, noise: 5 }],
  ];
  for (const [name, text, look] of cases) {
    test(`${name} leads to the verdict`, () =>
      visit({}, async (v) => {
        await v.open("/quet-ma");
        await choose(v, png(photo(text(), look)));
        await arrives(v);
        // The token is made up: it was sent, and is refused.
        const refused = text().includes("#") ? [/status of 403/] : [];
        assert.equal(v.complaints.length, refused.length, v.complaints.join("; "));
        refused.forEach((said, i) => assert.match(v.complaints[i], said));
      }));
  }

  test("a token goes along behind the number sign and nowhere else", () =>
    visit({}, async (v) => {
      const seen = [];
      v.page.on("framenavigated", (frame) => seen.push(frame.url()));
      await v.open("/quet-ma");
      await choose(v, png(photo(`${ourLink()}#1.${TOKEN}`, { pitch: 4 })));
      await arrives(v);
      assert.ok(seen.some((url) => url === `${stage.base}/v/${code}#1.${TOKEN}`), "the address with its fragment");
      for (const { url } of await v.traffic()) assert.ok(!url.split("#")[0].includes("2KCEH"), "a token on the wire");
    }));

  test("a screenshot can be pasted, and a picture dropped", () =>
    visit({ screen: "desktop" }, async (v) => {
      for (const event of ["paste", "drop"]) {
        await v.open("/quet-ma");
        const bytes = [...png(photo(ourLink(), { pitch: 4 }))];
        await v.page.evaluate(
          ([kind, file]) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(file)], "a.png", { type: "image/png" }));
            const Event = kind === "paste" ? ClipboardEvent : DragEvent;
            document.body.dispatchEvent(
              new Event(kind, { clipboardData: data, dataTransfer: data, bubbles: true, cancelable: true }),
            );
          },
          [event, bytes],
        );
        await arrives(v);
      }
    }));

  const refused = [
    ["no QR", () => png({ grey: new Uint8ClampedArray(320 * 240).fill(180), width: 320, height: 240 }), "Không tìm thấy mã QR trong ảnh"],
    ["not a picture", () => Buffer.from("%PDF-1.7"), "Không mở được tệp này"],
    ["an SVG with a script", () => Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"), "Không mở được tệp này"],
    ["an identity card", () => png(photo("001203012345|012345678|Nguyễn Văn A|01012003|Nam|Tuyên Quang|01012021")), "Đây là mã QR của thẻ căn cước"],
    ["nearly a code", () => png(photo(code.slice(1).toUpperCase())), "Gần giống mã tra cứu nhưng không đúng"],
    ["a link", () => png(photo("https://www.example.com/a")), "Đây là liên kết đến trang khác"],
    ["a payment", () => png(photo("00020101021238540010A0000007270124")), "Đây là mã QR thanh toán"],
    ["two codes", () => png(photo(`${code} ${"5b8fad5bd9cb469fa165708677289500"}`)), "Mã QR chứa nhiều mã"],
  ];
  for (const [name, buffer, words] of refused) {
    test(`${name} is explained without showing what was read`, () =>
      visit({}, async (v) => {
        await v.open("/quet-ma");
        await choose(v, buffer());
        await hears(v, words);
        const page = await v.page.content();
        for (const personal of ["Nguyễn Văn A", "001203012345", "0010A00000"]) assert.ok(!page.includes(personal));
        assert.equal(new URL(v.page.url()).pathname, "/quet-ma");
        assert.deepEqual(v.complaints, []);
      }));
  }

  test("a file beyond the cap is not opened", () =>
    visit({}, async (v) => {
      await v.open("/quet-ma");
      const large = join(folder, "large.png");
      await writeFile(large, "");
      await truncate(large, 41 * 1024 * 1024);
      await v.page.locator("input.pictures").last().setInputFiles(large);
      await hears(v, "Ảnh quá lớn");
    }));
});

describe("with other readers", () => {
  test("the platform's own reader is used where there is one, and ours where it fails", () =>
    visit({}, async (v) => {
      await v.page.addInitScript((text) => {
        globalThis.BarcodeDetector = class {
          static getSupportedFormats = async () => ["qr_code"];
          detect = async () => {
            if (sessionStorage.getItem("broken")) throw new Error("no service");
            return [{ rawValue: "https://www.example.com/a" }, { rawValue: text }];
          };
        };
      }, ourLink());
      const blank = png({ grey: new Uint8ClampedArray(320 * 240).fill(180), width: 320, height: 240 });
      await v.open("/quet-ma");
      await choose(v, blank);
      await arrives(v);
      await v.open("/quet-ma");
      await v.page.evaluate(() => sessionStorage.setItem("broken", "1"));
      await choose(v, blank);
      await hears(v, "Không tìm thấy mã QR trong ảnh");
      await choose(v, png(photo(ourLink())));
      await arrives(v);
    }));

  test("a browser without module workers reads in the page", () =>
    visit({}, async (v) => {
      await v.page.addInitScript(() => {
        globalThis.Worker = class {
          constructor() {
            throw new TypeError("no module workers");
          }
        };
      });
      await v.open("/quet-ma");
      await choose(v, png(photo(ourLink())));
      await arrives(v);
    }));

  test("without JavaScript there are words and a field that takes the text of a QR", () =>
    visit({ enhanced: false }, async (v) => {
      await v.open("/quet-ma");
      assert.ok(await v.page.getByText("Quét bằng máy ảnh của điện thoại").isVisible());
      assert.equal(await v.page.locator("#tools").isVisible(), false);
      await v.picture("scan-without-script-phone");
      await v.typeCode(`${ourLink()}#1.${TOKEN}`);
      assert.equal(v.page.url(), `${stage.base}/v/${code}`);
    }));
});

describe("for everybody", () => {
  for (const language of ["vi", "en"]) {
    for (const scheme of ["light", "dark"]) {
      test(`axe-core finds nothing, ${language}, ${scheme}`, () =>
        visit({ language, scheme }, async (v) => {
          await v.open("/quet-ma");
          assert.deepEqual(await v.axe(), []);
          for (const text of [`https://a.example/${code}`, `${code} 5b8fad5bd9cb469fa165708677289500`, "HELLO"]) {
            await choose(v, png(photo(text, { pitch: 4 })));
            await v.page.waitForFunction(() => !document.querySelector("#said")?.textContent.match(/^\s*$|Đang đọc|Reading/));
            assert.deepEqual(await v.axe(), []);
          }
          await v.picture(`scan-${language}-${scheme}`);
        }));
    }
  }

  for (const screen of Object.keys(SCREENS)) {
    test(`no wider than the screen (${screen})`, () =>
      visit({ screen }, async (v) => {
        await v.open("/quet-ma");
        await choose(v, png(photo(`https://${"long-name.".repeat(7)}example/${code}`, { pitch: 4 })));
        await hears(v, "Mã QR này dẫn đến trang khác");
        assert.ok((await v.overhang()) <= 0, `${await v.overhang()} px wider`);
        await v.picture(`scan-${screen}`);
      }));
  }
});
