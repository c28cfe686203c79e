// Holds a description of an API against the rules of OpenAPI 3.1: node lint.mjs FILE
import { createConfig, lint } from "@redocly/openapi-core";

const config = await createConfig({
  rules: {
    struct: "error",
    "no-unresolved-refs": "error",
    "no-invalid-media-type-examples": "error",
    "no-invalid-parameter-examples": "error",
    "no-invalid-schema-examples": "error",
    "no-ambiguous-paths": "error",
    "no-identical-paths": "error",
    "no-undefined-server-variable": "error",
    "no-enum-type-mismatch": "error",
    "operation-operationId": "error",
    "operation-operationId-unique": "error",
    "operation-operationId-url-safe": "error",
    "operation-parameters-unique": "error",
    "operation-2xx-response": "error",
    "operation-4xx-response": "error",
    "operation-summary": "error",
    "path-parameters-defined": "error",
    "path-declaration-must-exist": "error",
    "paths-kebab-case": "error",
    "security-defined": "error",
  },
});
const found = await lint({ ref: process.argv[2], config });
for (const f of found.slice(0, 50)) {
  console.log(`${f.ruleId} ${f.location[0]?.pointer ?? ""}: ${f.message}`);
}
console.log(`${found.length} faults`);
process.exitCode = found.length === 0 ? 0 : 1;
