import { parseHostUri } from "../../host/connection/uri.ts";
import { beginRun } from "../../host/process/perRun.ts";
import type { Arguments, Failure } from "../../model/arguments/field.ts";
import { hasUnknown } from "../../model/arguments/field.ts";
import type { Kind } from "../../model/arguments/kinds.ts";
import { checkSettings, completeSettings, parseSettings } from "../../model/arguments/provider.ts";
import { applySettings } from "../../operations/settings.ts";

/** What this process was configured with. */
let current: Arguments = {};

/** All that is wrong with a configuration. */
export function checkConfiguration(given: Arguments): Failure[] {
  const { version: _version, pluginDownloadURL: _url, ...own } = given;
  const complete = completeSettings(parseSettings(own), process.env);
  const failures = checkSettings({ ...parseSettings(own), ...complete });
  const host = typeof complete.host === "string" ? parseHostUri(complete.host) : null;
  return host && "failure" in host ? [...failures, { property: "host", reason: host.failure }] : failures;
}

/** Values that are not known yet count as absent: such a provider serves previews only. */
export function configure(given: Arguments): string[] {
  beginRun();
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => !hasUnknown(value)));
  current = completeSettings(parseSettings(known), process.env);
  return applySettings(current);
}

/** Arguments with the provider's host where none is named: kept as if they had been written. */
export function withHost(args: Arguments): Arguments {
  return args.host === undefined && current.host !== undefined ? { host: current.host, ...args } : args;
}

/** Arguments with what the provider says of running guests, for this run only: kept nowhere. */
export function withDefaults(kind: Kind, args: Arguments): Arguments {
  const { whenRunning } = current;
  if (!("whenRunning" in kind.fields) || whenRunning === undefined || args.whenRunning !== undefined)
    return args;
  return { ...args, whenRunning };
}

export function lintLevel(): "error" | "warning" | "off" {
  return (current.lints as "error" | "warning" | "off" | undefined) ?? "error";
}
