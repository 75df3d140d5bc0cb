import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(__dirname, "../../../..");
const file = join(folder, "plugin/schema.json");

/** Version of the installed package. */
export const version = String(
  (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: unknown }).version,
);

/** The schema that is made from the rows of all arguments. */
export function schema(): unknown {
  const text = readFileSync(file, "utf8");
  return { ...(JSON.parse(text) as object), version };
}
