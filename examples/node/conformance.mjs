#!/usr/bin/env node
// Hold the conformance cases against the published schemas: every criterion, measurement, fact and document in them has
// the shape that the schemas state, unless the case says that it has not, and none of them has it any more with one
// unknown field. What the cases say about verdicts needs an implementation; this is the part that schemas can answer.
//
//   node conformance.mjs [--cases FOLDER] [--schemas FOLDER]
//
// Exit status: 0, all as it should be; 1, something is not; 2, the cases or the schemas cannot be used.

import { readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Published, readJson, Unusable } from "./schemas.mjs";

/** Where the cases are; a folder with cases of another kind is named and left alone. */
const FOLDERS = ["", "batches", "validation"];
/** The finding codes that say that a shape is wrong; all others need more than a schema. */
const SHAPE = new Set(["invalid-document", "missing-field", "not-decimal-text", "unknown-field"]);
const COLLECTIONS = { specifications: "specification", batches: "batch", products: "product", results: "result" };

/** Yield each part of a case: the document type whose schema it is, the definition in it, where it is, the part. */
function* parts(one, version) {
  const head = (type) => ({ standard_version: version, type });
  if ("document" in one) yield [one.document.type, undefined, "/document", one.document];
  if ("criterion" in one) yield ["specification", "AnyCriterion", "/criterion", one.criterion];
  const measured = "measurement" in one ? [["/measurement", one.measurement]] : [];
  (one.measurements ?? []).forEach((item, number) => measured.push([`/measurements/${number}`, item]));
  for (const [place, item] of measured) {
    // A measurement is a result that does not say yet which batch and test it belongs to.
    yield ["result", undefined, place, { ...head("result"), batch_id: "B", test_id: "t", ...item }];
  }
  for (const [name, fact] of Object.entries(one.facts ?? {})) {
    yield ["batch", "Fact", `/facts/${name}`, { name, ...fact }];
  }
  for (const [field, type] of Object.entries(COLLECTIONS)) {
    for (const [number, item] of (one[field] ?? []).entries()) {
      yield [type, undefined, `/${field}/${number}`, { ...head(type), ...item }];
    }
  }
}

/** Yield each file of cases with its name. */
function* files(folder) {
  for (const place of FOLDERS) {
    const names = readdirSync(join(folder, place)).filter((name) => name.endsWith(".json"));
    for (const name of names.sort()) yield [join(place, basename(name, ".json")), readJson(join(folder, place, name))];
  }
}

/** Return the folders whose cases are of another kind. */
function others(folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && !FOLDERS.includes(entry.name)).map((entry) => entry.name);
}

function run(folder, published) {
  const counts = { files: 0, cases: 0, parts: 0, examples: 0 };
  const lines = [];
  const check = (schemas, where, type, definition, part, wrong = false) => {
    const faults = schemas.faults(type, part, definition);
    if (wrong) {
      if (faults.length === 0) lines.push(`${where}: the shape is right, and the case says that it is not`);
      return;
    }
    for (const { pointer, message } of faults) lines.push(`${where}${pointer}: ${message}`);
    if (schemas.faults(type, { ...part, surplus: true }, definition).length === 0) {
      lines.push(`${where}: an unknown field was accepted`);
    }
  };
  const versions = new Map();
  for (const [name, { standard_version: common, cases }] of files(folder)) {
    counts.files += 1;
    for (const one of cases) {
      const version = common ?? one.document?.standard_version;
      const schemas = published.version(version);
      versions.set(version, schemas);
      const wrong = "document" in one && (one.findings ?? []).some(({ code }) => SHAPE.has(code));
      const before = counts.parts;
      counts.cases += 1;
      for (const [type, definition, place, part] of parts(one, version)) {
        counts.parts += 1;
        check(schemas, `${name} ${one.id} ${place}`, type, definition, part, wrong);
      }
      if (counts.parts === before) lines.push(`${name} ${one.id}: holds nothing that has a schema`);
    }
  }
  for (const [version, schemas] of versions) {
    for (const type of schemas.names) {
      for (const [number, example] of schemas.examples(type).entries()) {
        counts.examples += 1;
        check(schemas, `example ${number} of ${type} ${version} `, type, undefined, example);
      }
    }
  }
  return { counts, lines };
}

let exit = 2;
try {
  const { values } = parseArgs({ options: { cases: { type: "string" }, schemas: { type: "string" } } });
  const folder = resolve(values.cases ?? join(import.meta.dirname, "../../tests/conformance"));
  const { counts, lines } = run(folder, new Published(values.schemas && resolve(values.schemas)));
  for (const line of lines) console.log(line);
  const { files, cases, parts: shapes, examples } = counts;
  console.log(
    `${files} files, ${cases} cases, ${shapes} shapes in them, ${examples} examples: ` +
      (lines.length === 0 ? "all as they should be, none accepted with an unknown field" : `${lines.length} faults`),
  );
  for (const name of others(folder)) console.log(`${name}: cases of another kind, not held against the schemas`);
  exit = lines.length === 0 && cases > 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof Unusable) && !("code" in error)) throw error;
  console.error(`conformance.mjs: ${error.message}`);
}
process.exitCode = exit;
