// The published schemas, read from their folder alone: the manifest of a version, and the files it names.

import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import Ajv from "ajv/dist/2020.js";

/** What cannot be used: no file, no JSON, a version or a type that is not published. */
export class Unusable extends Error {}

/** The folder of schemas of this repository. */
export const SCHEMAS = resolve(import.meta.dirname, "../../schemas");

/**
 * Decode bytes as JSON: UTF-8 without a byte order mark.
 *
 * JSON.parse keeps the last of two keys of the same name, where the standard refuses the document. Numbers of the
 * standard are text, so none of them passes through a binary float here.
 */
export function decode(bytes, name) {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    throw new Unusable(`${name}: no JSON in UTF-8 (${error.message})`);
  }
}

/** Read a JSON file. */
export function readJson(file) {
  let bytes;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new Unusable(`${file}: ${error.code ?? error.message}`);
  }
  return decode(bytes, file);
}

/** Escape a key as a token of a JSON Pointer (RFC 6901). */
export function token(key) {
  return String(key).replaceAll("~", "~0").replaceAll("/", "~1");
}

/** The schemas of every version that is published in a folder. */
export class Published {
  #folder;
  #versions = new Map();

  constructor(folder = SCHEMAS) {
    this.#folder = folder;
    let files;
    try {
      files = readdirSync(join(folder, "manifests"));
    } catch (error) {
      throw new Unusable(`${folder}: no manifests (${error.code ?? error.message})`);
    }
    for (const file of files.filter((name) => name.endsWith(".json"))) {
      const manifest = readJson(join(folder, "manifests", file));
      this.#versions.set(manifest.standard_version, manifest);
    }
  }

  /** The schemas of one version. An unknown version is refused, and never taken for its neighbor. */
  version(version) {
    const found = this.#versions.get(version);
    if (found === undefined) {
      const known = [...this.#versions.keys()].join(", ");
      throw new Unusable(`version ${JSON.stringify(version)} of the standard is not published here; known: ${known}`);
    }
    if (!(found instanceof Version)) {
      this.#versions.set(version, new Version(this.#folder, found));
    }
    return this.#versions.get(version);
  }
}

/** The schemas of one version of the standard. */
class Version {
  #ajv;
  #ids = new Map();
  #schemas = new Map();

  constructor(folder, manifest) {
    // A format is an annotation in JSON Schema 2020-12; what a date looks like is in the patterns of the schemas.
    this.#ajv = new Ajv({ strict: true, allErrors: true, validateFormats: false, ownProperties: true });
    for (const { name, id, path, sha256 } of manifest.schemas) {
      const file = join(folder, path);
      const schema = readJson(file);
      if (createHash("sha256").update(readFileSync(file)).digest("hex") !== sha256) {
        throw new Unusable(`${file}: not the file that its manifest names`);
      }
      this.#ajv.addSchema(schema);
      this.#ids.set(name, id);
      this.#schemas.set(name, schema);
    }
  }

  /** The document types, in the order of the manifest. */
  get names() {
    return [...this.#ids.keys()];
  }

  /** The examples that the schema of a document type carries. */
  examples(name) {
    return this.#schemas.get(name).examples ?? [];
  }

  /**
   * Return every fault of a value against a schema, or against one of its definitions.
   *
   * @param {string} name Type of the document whose schema it is.
   * @param {unknown} value The value.
   * @param {string} [definition] Name of a definition in the schema; left out: the document itself.
   * @returns {{pointer: string, message: string}[]} The faults, each with the JSON Pointer of its place.
   */
  faults(name, value, definition) {
    const id = this.#ids.get(name);
    if (id === undefined) {
      throw new Unusable(`${JSON.stringify(name)} is not a document type; known: ${this.names.join(", ")}`);
    }
    const validate = this.#ajv.getSchema(definition === undefined ? id : `${id}#/$defs/${definition}`);
    if (validate === undefined) {
      throw new Unusable(`${id} has no definition ${definition}`);
    }
    return validate(value) ? [] : validate.errors.filter((error) => error.keyword !== "if").map(fault);
  }
}

/** Say a fault at the place where it is: a field too many, or too few, is at that field. */
function fault({ instancePath, keyword, message, params }) {
  const field = params.additionalProperty ?? (keyword === "required" ? params.missingProperty : undefined);
  if (field !== undefined) {
    const what = keyword === "required" ? "the field is missing" : "the field is not part of the standard";
    return { pointer: `${instancePath}/${token(field)}`, message: what };
  }
  const allowed = params.allowedValues ?? ("allowedValue" in params ? [params.allowedValue] : undefined);
  return { pointer: instancePath, message: allowed ? `${message}: ${allowed.join(", ")}` : message };
}
