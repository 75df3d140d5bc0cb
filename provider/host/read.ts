import { randomBytes } from "node:crypto";
import { parseCpuset } from "../model/cpuset.ts";
import type { Connection } from "./connection.ts";
import type { DomainFacts, HostFacts, IoThreadFacts, RunState } from "./facts.ts";
import { commandError } from "./libvirtErrors.ts";
import { answerSeconds } from "./limits.ts";
import { readScript } from "./readScript.ts";

export interface HostSnapshot {
  readonly host: HostFacts;
  /** By name. */
  readonly domains: ReadonlyMap<string, DomainFacts>;
}

/** All domains of a host, in one round trip. @throws HostError: a host that can't be read is never an empty one. */
export function readHost(connection: Connection): Promise<HostSnapshot> {
  return read(connection, "");
}

/** One domain by its exact name, fresh; null when the host has none of that name. */
export async function readDomain(
  connection: Connection,
  name: string,
): Promise<{ readonly host: HostFacts; readonly domain: DomainFacts | null }> {
  const { host, domains } = await read(connection, name);
  return { host, domain: domains.get(name) ?? null };
}

async function read(connection: Connection, only: string): Promise<HostSnapshot> {
  const mark = `@@${randomBytes(8).toString("hex")}`;
  const limit = String(answerSeconds(connection.host));
  const argv = ["sh", "-c", readScript, "sh", connection.virshUri, mark, only, limit];
  const [result] = await connection.run([{ argv, timeoutSeconds: 120 + Number(limit) }]);
  if (result?.exitCode !== 0) {
    const { exitCode = 1, stderr = "" } = result ?? {};
    throw commandError("can't read the domains", connection.host, {
      argv: ["virsh", "-c", connection.virshUri, "list"],
      exitCode,
      stderr,
    });
  }
  return parseFrames(connection, result.stdout.split(`${mark} `).slice(1), result.stderr);
}

function parseFrames(connection: Connection, frames: readonly string[], stderr: string): HostSnapshot {
  const single = new Map<string, string>();
  const byUuid = new Map<string, Map<string, string>>();
  const processes: string[] = [];
  for (const frame of frames) {
    const [head = "", body = ""] = split(frame, "\n");
    const [key = "", argument = ""] = split(head, " ");
    if (key === "process") processes.push(`${argument}\n${body}`);
    else if (argument === "") single.set(key, body);
    else byUuid.set(argument, (byUuid.get(argument) ?? new Map<string, string>()).set(key, body));
  }
  const kernel = new Map(processes.map(parseProcess).map((each) => [each.name, each]));
  const polling = parseStats(single.get("stats") ?? "");
  const remaining = new Set((single.get("again") ?? "").split(/\s+/));
  const domains = new Map<string, DomainFacts>();
  for (const line of (single.get("list") ?? "").split("\n")) {
    const [uuid = "", name = ""] = split(line.trim(), " ");
    const parts = byUuid.get(uuid);
    const inactiveXml = parts?.get("inactive")?.trim();
    if (!parts) continue;
    const facts = parseDomain(uuid, name.trim(), parts, inactiveXml ?? "");
    if (facts.inactiveXml === "" || facts.liveXml === "") {
      if (!remaining.has(uuid)) continue;
      const argv = ["virsh", "-c", connection.virshUri, "dumpxml", uuid];
      throw commandError(`can't read the domain "${facts.name}"`, connection.host, {
        argv,
        exitCode: 1,
        stderr,
      });
    }
    domains.set(
      facts.name,
      facts.liveXml === null
        ? facts
        : withThreads(facts, kernel.get(facts.name), polling.get(facts.name) ?? new Map()),
    );
  }
  const version = single.get("version") ?? "";
  return {
    host: {
      libvirtVersion: versionNumber(/daemon: (\d+)\.(\d+)\.(\d+)/.exec(version)),
      qemuVersion: versionNumber(/hypervisor: \S+ (\d+)\.(\d+)\.(\d+)/.exec(version)),
      onlineCpus: parseCpuset(/CPU map:\s*(\S+)/.exec(single.get("cpus") ?? "")?.[1] ?? "") ?? [],
    },
    domains,
  };
}

function split(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ""] : [text.slice(0, index), text.slice(index + at.length)];
}

function versionNumber(match: RegExpExecArray | null): number {
  return match ? Number(match[1]) * 1e6 + Number(match[2]) * 1e3 + Number(match[3]) : 0;
}

function parseDomain(
  uuid: string,
  name: string,
  parts: ReadonlyMap<string, string>,
  inactiveXml: string,
): DomainFacts {
  const info = parts.get("info") ?? "";
  const says = (word: string) => new RegExp(`^${word}:\\s*(.*)$`, "m").exec(info)?.[1]?.trim() ?? "";
  const [, state = "no state", reason = ""] =
    /^(.*?)(?: \((.*)\))?$/.exec((parts.get("reason") ?? "").trim()) ?? [];
  const isActive = !["shut off", "crashed", "no state"].includes(state);
  return {
    name,
    uuid,
    persistent: says("Persistent") !== "no",
    autostart: says("Autostart") === "enable",
    managedSave: says("Managed save") === "yes",
    state: state as RunState,
    stateReason: reason,
    inactiveXml,
    liveXml: isActive ? (parts.get("live")?.trim() ?? null) : null,
    ioThreads: [],
    qemuPid: null,
    qemuStartTime: null,
  };
}

interface Process {
  readonly name: string;
  readonly pid: number;
  readonly startTime: number | null;
  readonly threads: ReadonlyMap<number, { readonly threadId: number; readonly cpusAllowed: string }>;
}

function parseProcess(text: string): Process {
  const [pid = "", name = "", stat = "", ...lines] = text.split("\n");
  const threads = lines.map((line) => line.split(" ")).filter(([word]) => word === "thread");
  const startTime = Number(stat.split(" ")[19]);
  return {
    name,
    pid: Number(pid),
    startTime: Number.isFinite(startTime) ? startTime : null,
    threads: new Map(
      threads.map(([, tid, id, cpus]) => [Number(id), { threadId: Number(tid), cpusAllowed: cpus ?? "" }]),
    ),
  };
}

type Polling = ReadonlyMap<number, Readonly<Partial<Record<string, number>>>>;

function parseStats(text: string): Map<string, Polling> {
  const found = new Map<string, Polling>();
  for (const part of text.split(/^Domain: '/m).slice(1)) {
    const name = part.slice(0, part.indexOf("'\n"));
    const threads = new Map<number, Partial<Record<string, number>>>();
    for (const [, id, key = "", value] of part.matchAll(/iothread\.(\d+)\.([a-z-]+)=(\d+)/g)) {
      threads.set(Number(id), { ...threads.get(Number(id)), [key]: Number(value) });
    }
    found.set(name, threads);
  }
  return found;
}

function withThreads(facts: DomainFacts, process: Process | undefined, polling: Polling): DomainFacts {
  const ids = [...new Set([...polling.keys(), ...(process?.threads.keys() ?? [])])].sort((a, b) => a - b);
  return {
    ...facts,
    qemuPid: process?.pid ?? null,
    qemuStartTime: process?.startTime ?? null,
    ioThreads: ids.map((id): IoThreadFacts => {
      const poll = polling.get(id) ?? {};
      const kernel = process?.threads.get(id);
      return {
        id,
        pollMaxNs: poll["poll-max-ns"] ?? null,
        pollGrow: poll["poll-grow"] ?? null,
        pollShrink: poll["poll-shrink"] ?? null,
        threadId: kernel?.threadId ?? null,
        cpusAllowed: kernel?.cpusAllowed ?? null,
      };
    }),
  };
}
