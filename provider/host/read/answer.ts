import { parseCpuset } from "../../model/values/cpuset.ts";
import { parseVersion } from "../../model/values/version.ts";
import type { DomainFacts, HostFacts } from "../../plan/situation/facts.ts";
import { tellingStates } from "./domstats.ts";
import { type Frames, type Gap, parseFrames, uuidsIn } from "./frames.ts";
import { runStateOf } from "./runStates.ts";
import { hasThreads, parseProcess, parseStats, withThreads } from "./threads.ts";

/** The identity that a machine reports, independent of its address. */
export interface HostIdentity {
  /** From `virsh capabilities`: the mainboard's UUID, or /etc/machine-id. Cloned machines may share it. */
  readonly uuid: string;
  readonly hostName: string;
}

/** The output of script.ts, as facts. */
export interface Answer {
  /** `null` when one domain was asked for, or libvirt reports no UUID of the host (its test driver). */
  readonly identity: HostIdentity | null;
  readonly host: HostFacts;
  /** By name. */
  readonly domains: ReadonlyMap<string, DomainFacts>;
  /** UUIDs of all domains on the host; empty when one was asked for by its name and found. */
  readonly uuids: ReadonlySet<string>;
  /** The domains that exist and whose XML could not be read. */
  readonly unread: readonly Unread[];
  /** Whether the XML of some is missing because a guest kept libvirt waiting. */
  readonly isStalled: boolean;
  /** UUIDs of the domains whose QEMU can tell of threads and whose polling domstats did not tell. */
  readonly untold: readonly string[];
}

/** A domain whose XML could not be read. `uuid` is empty when the domain was asked for by its name. */
export type Unread = Pick<
  DomainFacts,
  "name" | "uuid" | "persistent" | "autostart" | "managedSave" | "state" | "stateReason"
> & { readonly isActive: boolean };

/**
 * Parses the output of the script, or returns why it proves nothing.
 * @param only Name of the one domain that was asked for; empty for all domains.
 */
export function parseAnswer(stdout: string, mark: string, host: string, only = ""): Answer | Gap {
  const frames = parseFrames(stdout, mark);
  if ("gap" in frames) return frames;
  const { single, live, processes } = frames;
  const text = (key: string) => single.get(key) ?? "";
  const kernel = new Map(processes.map(parseProcess).map((each) => [each.name, each]));
  const states = parseStats(text("states"));
  const stats = parseStats(text("threads"));
  const [transient, autostart, saved, again] = ["transient", "autostart", "saved", "again"].map((key) =>
    uuidsIn(text(key)),
  );
  const listed = domainsOf(frames, only);
  if ("gap" in listed) return listed;
  const domains = new Map<string, DomainFacts>();
  const unread: Unread[] = [];
  const untold: string[] = [];
  for (const { uuid, name } of listed) {
    if (only !== "" && name !== only) continue;
    const isActive = frames.active.has(uuid);
    const inactiveXml = frames.inactive.get(uuid);
    const liveXml = isActive ? live.get(uuid) : null;
    const { state = null, reason = null } = states.get(name) ?? {};
    const known = {
      name,
      uuid,
      persistent: !transient?.has(uuid),
      autostart: autostart?.has(uuid) ?? false,
      managedSave: saved?.has(uuid) ?? false,
      ...runStateOf(state, reason, isActive),
    };
    const polling = stats.get(name)?.polling;
    const isTelling = isActive && tellingStates.has(known.state) && (polling?.size ?? 0) === 0;
    const isMissing = inactiveXml === undefined || liveXml === undefined;
    if (isMissing && !frames.isStalled) return { gap: `nothing on the domain "${name}"` };
    const isCut = !isMissing && ![inactiveXml, liveXml ?? inactiveXml].every((xml) => isWhole(xml, uuid));
    if (isMissing || inactiveXml === "" || liveXml === "" || (isCut && frames.isStalled)) {
      if (!again?.has(uuid) && !(frames.isStalled && !single.has("list"))) continue;
      unread.push({ ...known, isActive });
      if (isTelling) untold.push(uuid);
      continue;
    }
    if (isCut) return { gap: `XML of the domain "${name}" that is cut off or another domain's` };
    if (isTelling && hasThreads(liveXml)) untold.push(uuid);
    const facts: DomainFacts = {
      host,
      ...known,
      inactiveXml,
      liveXml,
      ioThreads: [],
      qemuPid: null,
      qemuStartTime: null,
    };
    domains.set(name, isActive ? withThreads(facts, kernel.get(name), polling) : facts);
  }
  const [hostName, machine] = [text("hostname").trim(), text("capabilities")];
  const [uuid] = uuidsIn(machine);
  return {
    identity: uuid === undefined || hostName === "" ? null : { uuid, hostName },
    host: {
      libvirtVersion: parseVersion(text("version"), "daemon") ?? 0,
      qemuVersion: parseVersion(text("version"), "hypervisor") ?? 0,
      onlineCpus: parseCpuset(/CPU map:\s*(\S+)/.exec(text("cpus"))?.[1] ?? "") ?? [],
    },
    domains,
    uuids: uuidsIn(`${text("list")}${text("relist")}`),
    unread,
    isStalled: frames.isStalled,
    untold,
  };
}

/** The domains from the lists; from its XML when one domain was asked for by its name. */
function domainsOf(
  { single, inactive, isStalled }: Frames,
  only: string,
): readonly { uuid: string; name: string }[] | Gap {
  if (!single.has("list")) {
    const [[uuid, xml] = ["", ""]] = inactive;
    if (isStalled && uuid === "") return [{ uuid, name: only }];
    const name = /^ {2}<name>(.*)<\/name>$/m.exec(xml)?.[1];
    return uuid === "" || name === undefined ? { gap: "XML without name and UUID" } : [{ uuid, name }];
  }
  const found = new Map<string, string>();
  for (const line of `${single.get("list")}\n${single.get("relist")}`.split("\n")) {
    // Spaces belong to the name, except in libvirt 10.7.0, which prints a table.
    const [, pad = "", uuid, name = ""] = /^( *)([0-9a-f-]{36}) (.*)$/.exec(line) ?? [];
    if (uuid !== undefined && uuidsIn(uuid).size === 1) found.set(uuid, pad === "" ? name : name.trim());
    else if (line !== "" && !tableHead.test(line)) return { gap: "a list of domains with other lines in it" };
  }
  return [...found].map(([uuid, name]) => ({ uuid, name }));
}

/** The head of the table that libvirt 10.7.0 prints. */
const tableHead = /^ UUID +Name *$|^-+$/;

/** Whether the XML is complete: libvirt prints the UUID of every domain, and the end tag in the first column. */
function isWhole(xml: string, uuid: string): boolean {
  return xml.startsWith("<domain") && xml.endsWith("\n</domain>") && xml.includes(`<uuid>${uuid}</uuid>`);
}
