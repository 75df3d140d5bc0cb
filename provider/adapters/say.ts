import { callerOf } from "./callers.ts";
import { log } from "./engine.ts";
import type { Properties } from "./properties.ts";

const warned = new Set<string>();

/** Warns once per host, not per resource. */
export async function warnOnce(text: string, id: string, properties: Properties): Promise<void> {
  const host = id.replace(/#.*$/, "");
  if (warned.has(host)) return;
  warned.add(host);
  await say("warning", [`${text} and the other resources of this host`], properties);
}

/** Shows one message under the resource with these properties, with one line per item. */
export async function say(
  severity: "info" | "warning",
  lines: readonly string[],
  properties: Properties,
): Promise<void> {
  if (lines.length > 0) await log(severity, lines.join("\n"), callerOf(properties));
}
