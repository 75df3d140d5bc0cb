import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The schema as text, which is made from the rows of all arguments. */
export function readSchema(): string {
  return readFileSync(join(__dirname, "../../../../plugin/schema.json"), "utf8");
}

/** Version of this package. */
export function readVersion(): string {
  return String((JSON.parse(readSchema()) as { readonly version: unknown }).version);
}
