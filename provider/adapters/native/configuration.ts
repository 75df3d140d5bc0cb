import { parseHostUri } from "../../host/connection/uri.ts";
import { beginRun } from "../../host/process/perRun.ts";
import type { Arguments, Failure } from "../../model/arguments/field.ts";
import { hasUnknown } from "../../model/arguments/field.ts";
import type { AnyKind } from "../../model/arguments/kinds.ts";
import { checkSettings, completeSettings, parseSettings } from "../../model/arguments/provider.ts";
import { applySettings } from "../../operations/settings.ts";

/** The configuration of this process. */
let current: Arguments = {};

/** Lists everything that is wrong with a configuration. */
export function checkConfiguration(given: Arguments): Failure[] {
  const { version: _version, pluginDownloadURL: _url, ...own } = given;
  const complete = completeSettings(parseSettings(own), process.env);
  const failures = checkSettings({ ...parseSettings(own), ...complete });
  const host = typeof complete.host === "string" ? parseHostUri(complete.host) : null;
  return host && "failure" in host ? [...failures, { property: "host", reason: host.failure }] : failures;
}

/** Sets the configuration. Unknown values count as omitted: such a provider serves previews only. */
export function configure(given: Arguments): string[] {
  beginRun();
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => !hasUnknown(value)));
  current = completeSettings(parseSettings(known), process.env);
  return applySettings(current);
}

/** Fills in the provider's host if none is given, as if the program had written it. */
export function withHost(args: Arguments): Arguments {
  return args.host === undefined && current.host !== undefined ? { host: current.host, ...args } : args;
}

/** Fills in the provider's defaults for running guests. They apply to this run only and are not stored. */
export function withDefaults(kind: AnyKind, args: Arguments): Arguments {
  const { whenRunning } = current;
  if (!("whenRunning" in kind.fields) || whenRunning === undefined || args.whenRunning !== undefined)
    return args;
  return { ...args, whenRunning };
}

export function lintLevel(): "error" | "warning" | "off" {
  return (current.lints as "error" | "warning" | "off" | undefined) ?? "error";
}
