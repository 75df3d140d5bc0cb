import { parseCpuset } from "../../model/values/cpuset.ts";
import type { DomainFacts, HostFacts } from "../../plan/situation/facts.ts";
import { runStateOf } from "./runStates.ts";
import { parseProcess, parseStats, withThreads } from "./threads.ts";

/** What readScript.ts printed, as facts. */
export interface Answer {
  readonly host: HostFacts;
  /** By name. */
  readonly domains: ReadonlyMap<string, DomainFacts>;
  /** Of all domains there; empty where one was asked by its name and found. */
  readonly uuids: ReadonlySet<string>;
  /** Names of those that are there and whose XML could not be read. */
  readonly unread: readonly string[];
}

interface Frames {
  readonly single: ReadonlyMap<string, string>;
  readonly inactive: ReadonlyMap<string, string>;
  readonly live: ReadonlyMap<string, string>;
  readonly processes: readonly string[];
}

/** The mark stands at the beginning of each frame, with what it is of. */
export function parseAnswer(stdout: string, mark: string): Answer {
  const { single, inactive, live, processes } = parseFrames(stdout.split(`${mark} `).slice(1));
  const text = (key: string) => single.get(key) ?? "";
  const kernel = new Map(processes.map(parseProcess).map((each) => [each.name, each]));
  const stats = parseStats(text("stats"));
  const [active, transient, autostart, saved, again] = [
    "active",
    "transient",
    "autostart",
    "saved",
    "again",
  ].map((key) => uuidsIn(text(key)));
  const domains = new Map<string, DomainFacts>();
  const unread: string[] = [];
  for (const { uuid, name } of domainsOf(single)) {
    const inactiveXml = inactive.get(uuid) ?? single.get("inactive")?.trim();
    if (inactiveXml === undefined) continue;
    const isActive = active?.has(uuid) ?? false;
    const liveXml = isActive ? (live.get(uuid) ?? text("live").trim()) : null;
    if (inactiveXml === "" || liveXml === "") {
      if (again?.has(uuid)) unread.push(name);
      continue;
    }
    const { state = null, reason = null, polling } = stats.get(name) ?? {};
    const facts: DomainFacts = {
      name,
      uuid,
      persistent: !transient?.has(uuid),
      autostart: autostart?.has(uuid) ?? false,
      managedSave: saved?.has(uuid) ?? false,
      ...runStateOf(state, reason, isActive),
      inactiveXml,
      liveXml,
      ioThreads: [],
      qemuPid: null,
      qemuStartTime: null,
    };
    domains.set(name, isActive ? withThreads(facts, kernel.get(name), polling) : facts);
  }
  return {
    host: {
      libvirtVersion: versionNumber(/daemon: (\d+)\.(\d+)\.(\d+)/.exec(text("version"))),
      qemuVersion: versionNumber(/hypervisor: \S+ (\d+)\.(\d+)\.(\d+)/.exec(text("version"))),
      onlineCpus: parseCpuset(/CPU map:\s*(\S+)/.exec(text("cpus"))?.[1] ?? "") ?? [],
    },
    domains,
    uuids: uuidsIn(text("list")),
    unread,
  };
}

function parseFrames(frames: readonly string[]): Frames {
  const single = new Map<string, string>();
  const inactive = new Map<string, string>();
  const live = new Map<string, string>();
  const processes: string[] = [];
  for (const frame of frames) {
    const [head, body] = split(frame, "\n");
    const [key, argument] = split(head, " ");
    if (key === "process") processes.push(`${argument}\n${body}`);
    else if (argument === "") single.set(key, body);
    else if (key === "inactive") inactive.set(argument, body.trim());
    else live.set(argument, body.trim());
  }
  return { single, inactive, live, processes };
}

/** Those of the list; of one that was asked by its name, what its XML says. */
function domainsOf(single: ReadonlyMap<string, string>): { uuid: string; name: string }[] {
  const xml = single.get("inactive");
  if (xml !== undefined && !single.has("list")) {
    const said = (name: string) => new RegExp(`^  <${name}>(.*)</${name}>$`, "m").exec(xml)?.[1] ?? "";
    return [{ uuid: said("uuid"), name: said("name") }];
  }
  return (single.get("list") ?? "").split("\n").flatMap((line) => {
    // Spaces are the name's own, but for those of the table that libvirt 10.7.0 puts round it.
    const [uuid, name] = split(line.trimStart(), " ");
    return uuidsIn(uuid).size === 1 ? [{ uuid, name: line.startsWith(" ") ? name.trim() : name }] : [];
  });
}

/** libvirt 10.7.0 puts a table round them. */
function uuidsIn(text: string): Set<string> {
  return new Set(text.match(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g) ?? []);
}

function split(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ""] : [text.slice(0, index), text.slice(index + at.length)];
}

function versionNumber(match: RegExpExecArray | null): number {
  return match ? Number(match[1]) * 1e6 + Number(match[2]) * 1e3 + Number(match[3]) : 0;
}
