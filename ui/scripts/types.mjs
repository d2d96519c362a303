// Makes the types of the three APIs from their OpenAPI documents (`make ui-types` writes those first).
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import openapi, { astToString } from "openapi-typescript";

for (const name of ["nvr", "files", "edge"]) {
  const document = await readFile(new URL(`../src/api/${name}.openapi.json`, import.meta.url));
  const digest = createHash("sha256").update(document).digest("hex");
  const types = astToString(await openapi(document.toString(), { alphabetize: true, emptyObjectsUnknown: true }));
  const head = `// Made by \`make ui-types\` from the ${name} OpenAPI document with SHA-256 ${digest}; not to be edited.\n\n`;
  await writeFile(new URL(`../src/api/${name}.d.ts`, import.meta.url), head + types);
}
