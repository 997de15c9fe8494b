// A print as it leaves the browser: pages of a PDF, their text, and what a scanner reads from them.

import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const LARGE = { maxBuffer: 64 * 1024 * 1024 };

/** White space is where lines break, and nothing else. */
export const squeezed = (text) => text.replace(/\s+/g, " ").trim();

const POINTS_PER_MM = 72 / 25.4;

/** Prints the page; `scale` above 1 makes everything larger, so that more breaks. */
export async function printed(page, scale = 1) {
  const home = await mkdtemp(join(tmpdir(), "hocba-print-"));
  const file = join(home, "page.pdf");
  await writeFile(file, await page.pdf({ scale, preferCSSPageSize: true, printBackground: false }));
  return {
    file,
    /** The text of each page, in the order in which it was drawn. */
    async texts() {
      const { stdout } = await run("pdftotext", ["-raw", file, "-"], LARGE);
      return stdout.split("\f").slice(0, -1).map(squeezed);
    },
    /** The words of each page that stand in its last `mm`, wherever in the page they were drawn. */
    async lowest(mm) {
      const { stdout } = await run("pdftotext", ["-bbox", file, "-"], LARGE);
      return stdout.split("<page ").slice(1).map((page) => {
        const height = Number(page.match(/height="([\d.]+)"/)[1]);
        const words = page.matchAll(/yMax="([\d.]+)">([^<]*)</g);
        return [...words].filter(([, bottom]) => Number(bottom) > height - mm * POINTS_PER_MM).map(([, , word]) => word);
      });
    },
    /** What zbarimg reads from a picture of each page at 150 dpi. */
    async codes() {
      await run("pdftoppm", ["-r", "150", "-png", file, join(home, "page")]);
      const pictures = (await readdir(home)).filter((name) => name.endsWith(".png")).sort();
      const read = (name) => run("zbarimg", ["--raw", "-q", join(home, name)]).then((r) => r.stdout.trim(), () => "");
      return Promise.all(pictures.map(read));
    },
    leave: () => rm(home, { recursive: true, force: true }),
  };
}
