#!/usr/bin/env node
// Validate documents of the standard - packages, specifications, results and the rest - with nothing but the files in
// schemas/. All faults are reported, each with its JSON Pointer.
//
//   node validate.mjs FILE...  [--schemas FOLDER] [--json]
//
// Exit status: 0, every document is valid; 1, one is not; 2, one cannot be used: no JSON, or a version or type of
// document that is not published.

import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { Published, readJson, Unusable } from "./schemas.mjs";

/** Return what is found in one file: whether it could be used, whether it is valid, and its faults. */
function judge(file, published) {
  try {
    const document = readJson(file);
    if (document === null || typeof document !== "object" || Array.isArray(document)) {
      throw new Unusable(`${file}: not one JSON object`);
    }
    const faults = published.version(document.standard_version).faults(document.type, document);
    return { file, usable: true, valid: faults.length === 0, type: document.type, faults };
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    return { file, usable: false, valid: false, faults: [{ pointer: "", message: error.message }] };
  }
}

const options = { schemas: { type: "string" }, json: { type: "boolean", default: false } };
let given;
try {
  given = parseArgs({ options, allowPositionals: true });
  if (given.positionals.length === 0) throw new TypeError("no file is named");
} catch (error) {
  console.error(`validate.mjs: ${error.message}\nusage: node validate.mjs FILE... [--schemas FOLDER] [--json]`);
  process.exit(2);
}

let found;
try {
  const published = new Published(given.values.schemas && resolve(given.values.schemas));
  found = given.positionals.map((file) => judge(file, published));
} catch (error) {
  if (!(error instanceof Unusable)) throw error;
  console.error(`validate.mjs: ${error.message}`);
  process.exit(2);
}
if (given.values.json) {
  console.log(JSON.stringify(found, null, 2));
} else {
  for (const { file, usable, valid, type, faults } of found) {
    console.log(`${file}: ${valid ? `valid ${type}` : usable ? `not a valid ${type}` : "cannot be used"}`);
    for (const { pointer, message } of faults) console.log(`  ${pointer || "/"}: ${message}`);
  }
}
process.exitCode = found.some(({ usable }) => !usable) ? 2 : found.some(({ valid }) => !valid) ? 1 : 0;
