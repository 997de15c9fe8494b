// An app's way from registration to a transcript and its changes, by a client that others wrote (jose) and in the
// sandbox's own script; against the real binary.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import * as jose from "jose";
import { startDemo } from "./demo.mjs";

const run = promisify(execFile);
const HOCBA = process.env.HOCBA ?? "target/ci/hocba";
const JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

let demo;
before(async () => {
  demo = await startDemo(HOCBA, "", ["--sandbox"]);
  // Until then apps are told to come back.
  while (!(await isIndexed())) await sleep(200);
});
after(() => demo?.stop());

/** Whether everybody is found; until the ledger is indexed nobody is told that there is nothing. */
async function isIndexed() {
  // The answer may be that something is amiss, with an exit code to say so: the status is printed all the same.
  const { stdout } = await run(HOCBA, ["status", "--json", "--data", demo.data]).catch((fault) => fault);
  return JSON.parse(stdout).search?.ready === true;
}

/** An app that signs with a key. */
class App {
  constructor(id, key, alg, kid) {
    Object.assign(this, { id, key, alg, kid });
  }

  static async ofSandbox({ id, kid, private_key: file }) {
    return new App(id, await jose.importPKCS8(await readFile(file, "utf8"), "EdDSA"), "EdDSA", kid);
  }

  /** A partner that makes its own key and has an operator register it. */
  static async registered(id, alg) {
    const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true });
    const file = join(demo.data, `${id}.jwk`);
    await writeFile(file, JSON.stringify(await jose.exportJWK(publicKey)));
    const terms = ["--kind", "partner", "--scope", "name,results,changes", "--purpose", "tuyen-sinh=Xét tuyển (Điều 34)"];
    const what = ["--name", id, "--issuer", demo.sandbox.identity.id, "--key", `k1=${file}`, "--until", inDays(30)];
    const why = ["--by", "Nguyễn Văn A", "--reason", "thỏa thuận 12"];
    await run(HOCBA, ["app", "--data", demo.data, "register", id, ...terms, ...what, ...why]);
    return new App(id, privateKey, alg, "k1");
  }

  sign(claims, header, lasts) {
    const token = new jose.SignJWT(claims).setProtectedHeader({ alg: this.alg, kid: this.kid, ...header });
    return token.setIssuer(this.id).setIssuedAt().setExpirationTime(lasts).setJti(crypto.randomUUID()).sign(this.key);
  }

  /** Asks for an access token. */
  async token(more = {}, claims = {}) {
    const assertion = await this.sign({ sub: this.id, aud: demo.sandbox.token_endpoint, ...claims }, {}, "1m");
    const fields = { grant_type: "client_credentials", client_assertion_type: JWT_BEARER, client_assertion: assertion };
    const response = await fetch(demo.sandbox.token_endpoint, { method: "POST", body: new URLSearchParams({ ...fields, ...more }) });
    return { status: response.status, ...(await response.json()) };
  }

  /** As an identity app: what somebody consents to. */
  consent(partner, claims) {
    const all = { aud: demo.sandbox.audience, azp: partner.id, role: "citizen", purpose: "tuyen-sinh", ...claims };
    return this.sign({ scope: "name results changes", ...all }, { typ: "hocba-consent+jwt" }, "1h");
  }
}

const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

async function read(path, token, consent) {
  const headers = { authorization: `Bearer ${token}`, "hocba-consent": consent };
  const response = await fetch(`${demo.base}/api/v1/citizens/me/${path}`, { headers });
  return { status: response.status, challenge: response.headers.get("www-authenticate"), ...(await response.json()) };
}

/** Every signature of a sheet's evidence, under the keys whose grants are in it. */
async function signaturesHold({ sheet, keys }) {
  const granted = new Map();
  for (const { jws } of keys) {
    const claims = JSON.parse(new TextDecoder().decode(jose.base64url.decode(jws.payload)));
    if (claims.jwk) granted.set(await jose.calculateJwkThumbprint(claims.jwk), claims.jwk);
  }
  for (const signature of sheet.jws.signatures) {
    const { kid, alg } = JSON.parse(new TextDecoder().decode(jose.base64url.decode(signature.protected)));
    const { protected: header, signature: value } = signature;
    const flat = { payload: sheet.jws.payload, protected: header, signature: value };
    await jose.flattenedVerify(flat, await jose.importJWK(granted.get(kid), alg));
  }
  return sheet.jws.signatures.length;
}

for (const alg of ["ES256", "EdDSA"]) {
  test(`a partner with ${alg} registers, gets a token and reads what a citizen consents to`, async () => {
    const partner = await App.registered(`doi-tac-${alg.toLowerCase()}`, alg);
    const identity = await App.ofSandbox(demo.sandbox.identity);
    const [citizen, other] = demo.sandbox.citizens;
    const issued = await partner.token();
    assert.deepEqual([issued.status, issued.token_type, issued.scope], [200, "Bearer", "name results changes"]);
    const consent = await identity.consent(partner, { sub: citizen.personal_id });

    const all = await read("transcripts", issued.access_token, consent);
    assert.equal(all.status, 200, JSON.stringify(all));
    assert.deepEqual([all.granted, all.unchecked], [["name", "results"], 0]);
    const mine = all.transcripts.find(({ verdict }) => verdict.code === citizen.code);
    assert.equal(mine.verdict.verdict, demo.samples.find(({ code }) => code === citizen.code).expected_verdict);
    for (const { transcript, evidence } of all.transcripts) {
      for (const { contents, opened } of transcript.sheets) {
        assert.deepEqual([contents.name.hovaten, opened], [citizen.full_name, ["name", "results"]]);
      }
      for (const each of evidence) assert.ok((await signaturesHold(each)) >= 2);
    }
    const one = await read(`transcripts/${citizen.code}`, issued.access_token, consent);
    assert.deepEqual(one.transcripts.map(({ verdict }) => verdict.code), [citizen.code]);

    const feed = await read("changes?since=0", issued.access_token, consent);
    assert.equal(feed.status, 200);
    assert.ok(feed.changes.some(({ change, code }) => change === "issued" && code === citizen.code));
    const news = await read(`changes?since=${feed.next}`, issued.access_token, consent);
    assert.deepEqual([news.changes, news.next], [[], feed.next]);

    const foreign = await read(`transcripts/${other.code}`, issued.access_token, consent);
    assert.deepEqual([foreign.status, foreign.error], [403, "invalid_grant"]);
    assert.match(foreign.challenge, /^Bearer .*error="invalid_grant"/);
  });
}

describe("what is refused", () => {
  const codes = async (answer) => [(await answer).status, (await answer).error];

  test("tokens", async () => {
    const partner = await App.ofSandbox(demo.sandbox.partner);
    const stranger = new App(partner.id, (await jose.generateKeyPair("EdDSA")).privateKey, "EdDSA", partner.kid);
    const renamed = new App(partner.id, partner.key, "EdDSA", "k9");
    assert.deepEqual(await codes(stranger.token()), [401, "invalid_client"]);
    assert.deepEqual(await codes(renamed.token()), [401, "invalid_client"]);
    assert.deepEqual(await codes(partner.token({}, { aud: demo.sandbox.audience })), [401, "invalid_client"]);
    assert.deepEqual(await codes(partner.token({ client_assertion: unsecured(partner) })), [401, "invalid_client"]);
    assert.deepEqual(await codes(partner.token({ scope: "family" })), [400, "invalid_scope"]);
    assert.deepEqual(await codes(partner.token({ grant_type: "password" })), [400, "unsupported_grant_type"]);
    const once = await partner.sign({ sub: partner.id, aud: demo.sandbox.token_endpoint }, {}, "1m");
    assert.equal((await partner.token({ client_assertion: once })).status, 200);
    assert.deepEqual(await codes(partner.token({ client_assertion: once })), [401, "invalid_client"]);
  });

  test("consents", async () => {
    const partner = await App.ofSandbox(demo.sandbox.partner);
    const identity = await App.ofSandbox(demo.sandbox.identity);
    const { access_token: token } = await partner.token();
    const sub = demo.sandbox.citizens[0].personal_id;
    const by = (app, claims) => app.consent(partner, { sub, ...claims });
    const forged = new App(identity.id, (await jose.generateKeyPair("EdDSA")).privateKey, "EdDSA", identity.kid);
    for (const consent of [by(forged), by(partner), by(identity, { azp: "other" }), by(identity, { role: "guardian" })]) {
      assert.deepEqual(await codes(read("transcripts", token, await consent)), [403, "invalid_grant"]);
    }
    const once = await by(identity, { uses: 1 });
    assert.equal((await read("transcripts", token, once)).status, 200);
    assert.deepEqual(await codes(read("transcripts", token, once)), [403, "invalid_grant"]);
    assert.deepEqual(await codes(read("transcripts", "x", once)), [401, "invalid_token"]);
  });

  /** A token with alg none, as jose makes it. */
  function unsecured(partner) {
    const claims = new jose.UnsecuredJWT({ sub: partner.id, aud: demo.sandbox.token_endpoint }).setIssuer(partner.id);
    return claims.setIssuedAt().setExpirationTime("1m").setJti(crypto.randomUUID()).encode();
  }
});

test("the sandbox's script plays both apps", async () => {
  const [citizen, other] = demo.sandbox.citizens;
  const script = async (...what) => JSON.parse((await run("bash", [demo.sandbox.script, ...what])).stdout);
  const all = await script();
  assert.ok(all.transcripts.some(({ verdict }) => verdict.code === citizen.code));
  const feed = await script("changes?since=0", other.personal_id);
  assert.ok(feed.changes.some(({ code }) => code === other.code));
  assert.equal((await script(`transcripts/${other.code}`)).error, "invalid_grant");
});

test("nothing that apps sent is in the server's log or the journal", async () => {
  const { personal_id: number } = demo.sandbox.citizens[0];
  const { stdout } = await run("bash", ["-c", 'cat "$0"/journal/*.jsonl', demo.data], { maxBuffer: 1 << 28 });
  for (const text of [demo.output().split("\nServing on ")[1], stdout]) {
    assert.ok(!text.includes(number) && !/eyJ[\w-]{10,}\.eyJ/.test(text));
  }
  assert.match(stdout, /"consent_used"/);
});
