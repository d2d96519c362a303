import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

const TEXT = /\.(?:css|js|json|svg|webmanifest)$/;

/**
 * Write `NAME.br` and `NAME.gz` beside each text file of the built page, so that the server compresses nothing. What
 * compression makes no smaller gets neither; nor does the page itself, in which each answer differs.
 */
export function compressed(folder: string): Plugin {
  return {
    name: "dogwatch-compressed",
    apply: "build",
    async closeBundle(error?: Error) {
      if (error) return;
      const files = await readdir(folder, { recursive: true, withFileTypes: true });
      const texts = files.filter((file) => file.isFile() && TEXT.test(file.name) && !file.parentPath.endsWith(".vite"));
      await Promise.all(texts.map((file) => compress(join(file.parentPath, file.name))));
    },
  };
}

async function compress(path: string): Promise<void> {
  const whole = await readFile(path);
  const made = {
    br: await promisify(brotliCompress)(whole, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: whole.length } }),
    gz: await promisify(gzip)(whole, { level: 9 }),
  };
  for (const [end, bytes] of Object.entries(made)) {
    if (bytes.length < whole.length) await writeFile(`${path}.${end}`, bytes);
  }
}
