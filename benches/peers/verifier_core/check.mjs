// The peer of check_vs_verifier_core: node check.mjs RECORDS SECONDS terms|literal
//
// RECORDS is a file with one record a line, as JSON. Each is signed once as the subject of a credential, then
// verified by verifier-core over and over on this one thread. Prints the median of one check in microseconds.
// Nothing is fetched: the issuer is a did:key, the contexts ship with the library, the list of registries is empty.
import { readFileSync } from "node:fs";

import { DataIntegrityProof } from "@digitalcredentials/data-integrity";
import * as Ed25519Multikey from "@digitalcredentials/ed25519-multikey";
import { cryptosuite } from "@digitalcredentials/eddsa-rdfc-2022-cryptosuite";
import { securityLoader } from "@digitalcredentials/security-document-loader";
import * as vc from "@digitalcredentials/vc";
import { verifyCredential } from "@digitalcredentials/verifier-core";

// A check that waits for the network would be a wrong figure.
globalThis.fetch = () => {
  throw new Error("a check asked the network");
};

const [path, seconds, form] = process.argv.slice(2);
const records = readFileSync(path, "utf8").trim().split("\n").map((line) => JSON.parse(line));

// Every member a term of its own, so that each can be understood by itself, as credentials are meant; or the whole
// record one JSON literal, which spares the peer to name every nested object in the canonical graph.
const context =
  form === "terms"
    ? { "@vocab": "https://example.org/hocba#" }
    : { record: { "@id": "https://example.org/hocba#record", "@type": "@json" } };

const key = await Ed25519Multikey.generate();
const did = `did:key:${key.publicKeyMultibase}`;
key.controller = did;
key.id = `${did}#${key.publicKeyMultibase}`;
const suite = new DataIntegrityProof({ signer: key.signer(), cryptosuite });
const documentLoader = securityLoader().build();

async function issue(record, i) {
  const credential = {
    "@context": ["https://www.w3.org/ns/credentials/v2", context],
    id: `urn:uuid:00000000-0000-4000-8000-${String(i).padStart(12, "0")}`,
    type: ["VerifiableCredential"],
    issuer: did,
    validFrom: "2024-01-01T00:00:00Z",
    credentialSubject: { record },
  };
  return vc.issue({ credential, suite, documentLoader });
}

async function check(credential) {
  const result = await verifyCredential({ credential, knownDIDRegistries: [] });
  const signature = result.log?.find((step) => step.id === "valid_signature");
  return signature?.valid === true;
}

const credentials = await Promise.all(records.map(issue));
for (const credential of credentials) {
  if (!(await check(credential))) throw new Error("a good credential does not verify");
  const forged = structuredClone(credential);
  forged.credentialSubject.record.forged = "10";
  if (await check(forged)) throw new Error("a changed credential verifies");
}

const took = [];
const counts = performance.now() + 1000;
const end = counts + Number(seconds) * 1000;
for (let i = 0; performance.now() < end; i++) {
  const started = performance.now();
  if (!(await check(credentials[i % credentials.length]))) throw new Error("a good credential does not verify");
  // The first second is the compiler's.
  if (started > counts) took.push((performance.now() - started) * 1000);
}
took.sort((a, b) => a - b);
console.log(took[took.length >> 1].toFixed(1));
