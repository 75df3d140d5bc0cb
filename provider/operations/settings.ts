import { parseHostList, parseHostUri } from "../host/connection/uri.ts";
import { expectHosts } from "../host/read/snapshot.ts";
import type { Arguments } from "../model/arguments/field.ts";
import { settings } from "../model/arguments/provider.ts";
import { parseLintLevels } from "../plan/checks/lint.ts";
import { setLintLevels } from "./findings/lints.ts";
import { setStrictXml } from "./findings/unknownParts.ts";

const strictXml = "PULUMI_VIRSH_STRICT_XML";

/**
 * Applies the provider's settings: to this process's environment variables, the lints and the hosts to read.
 * A setting that is not given leaves the environment as it is. Returns what is wrong with the settings.
 */
export function applySettings(given: Arguments): string[] {
  for (const [name, { variable }] of Object.entries(settings)) {
    const value = given[name];
    if (value !== undefined && value !== null) process.env[variable] = String(value);
  }
  const { levels, failures } = parseLintLevels(String(given.lint ?? ""));
  setLintLevels(levels);
  setStrictXml(String(given.strictXml ?? process.env[strictXml]) === "true");
  const hosts = parseHostList(String(given.hosts ?? ""));
  expectHosts(hosts.filter((uri) => !("failure" in parseHostUri(uri))));
  const unusable = hosts.flatMap((uri) => {
    const read = parseHostUri(uri);
    return "failure" in read ? [`virsh:hosts: ${read.failure}`] : [];
  });
  return [...failures, ...unusable];
}

/** Whether a preview fails when it finds that `up` would fail. */
export function isPreviewStrict(): boolean {
  return process.env.PULUMI_VIRSH_STRICT_PREVIEW === "true";
}
