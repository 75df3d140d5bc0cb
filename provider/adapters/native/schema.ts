import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Reads the schema as text. It is generated from the rows of all arguments. */
export function readSchema(): string {
  return readFileSync(join(__dirname, "../../../../plugin/schema.json"), "utf8");
}

export function readVersion(): string {
  return String((JSON.parse(readSchema()) as { readonly version: unknown }).version);
}
