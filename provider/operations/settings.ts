import { parseHostList, parseHostUri } from "../host/connection/uri.ts";
import { expectHosts } from "../host/read/snapshot.ts";
import type { Arguments } from "../model/arguments/field.ts";
import { settings } from "../model/arguments/provider.ts";
import { parseLintLevels } from "../plan/checks/lint.ts";
import { setLintLevels } from "./findings/lints.ts";
import { setStrictXml } from "./findings/unknownParts.ts";

const strictXml = "PULUMI_VIRSH_STRICT_XML";

/**
 * Puts settings where they are looked for: into the variables of this process, the lints and the hosts to read.
 * What is absent stays as the environment has it. Returns what is wrong with them.
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

/** Whether a preview is to fail that knows that `up` would refuse something. */
export function isPreviewStrict(): boolean {
  return process.env.PULUMI_VIRSH_STRICT_PREVIEW === "true";
}
