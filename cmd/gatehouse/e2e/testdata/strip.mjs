// Takes the types out of a folder of TypeScript, as Node does: strip.mjs PACKAGES FROM TO
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [packages, from, to] = process.argv.slice(2);
const { transformSync } = createRequire(join(resolve(packages), "package.json"))("amaro");
for (const name of readdirSync(from)) {
  const { code } = transformSync(readFileSync(join(from, name), "utf8"), { mode: "strip-only" });
  writeFileSync(join(to, name.replace(".ts", ".mjs")), code.replaceAll('.ts"', '.mjs"'));
}
