// The real binary with a small synthetic nation, on a port the system chooses, for one test run.

import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const START_DEADLINE_MS = 600_000;

/** Starts `hocba demo` with more settings and options if need be; gives its address, what it made and how to stop it. */
export async function startDemo(binary, settings = "", more = []) {
  const home = await mkdtemp(join(tmpdir(), "hocba-browser-"));
  const config = join(home, "test.toml");
  await writeFile(config, `[serve]\nadmin_listen = "127.0.0.1:0"\n${settings}`);
  const data = join(home, "data");
  const options = ["demo", "--learners", "300", "--listen", "127.0.0.1:0", "--data", data, "--config", config, ...more];
  const server = spawn(binary, options, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (bytes) => (output += bytes));
  let ended = null;
  server.on("exit", (code, signal) => (ended = code ?? signal));

  const deadline = Date.now() + START_DEADLINE_MS;
  for (;;) {
    if (ended !== null) throw new Error(`the demonstration ended (${ended}):\n${output}`);
    if (Date.now() > deadline) throw new Error(`the demonstration did not get ready:\n${output}`);
    const demo = await readDemo(join(data, "demo.json"));
    if (demo && (await isReady(demo.base_url))) {
      const { base_url: base, samples, offices, sandbox } = demo;
      return { base, samples, offices, sandbox, data, output: () => output, stop };
    }
    await sleep(200);
  }

  async function stop() {
    if (ended === null) server.kill("SIGTERM");
    for (let tries = 0; ended === null && tries < 300; tries++) await sleep(100);
    if (ended === null) server.kill("SIGKILL");
    await rm(home, { recursive: true, force: true });
    return ended;
  }
}

async function readDemo(path) {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return null;
  }
}

async function isReady(base) {
  try {
    return (await fetch(`${base}/readyz`)).ok;
  } catch {
    return false;
  }
}
