import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { HostError } from "../../errors.ts";
import { parseCpuset, printCpuset } from "../../model/values/cpuset.ts";
import { placementOf } from "../../plan/activity/placement.ts";
import type { ActivitySample, DomainSample, ThreadPlacement } from "../../plan/activity/sample.ts";
import { parsePrinted } from "../../plan/situation/printed.ts";
import type { Command, CommandResult, Connection } from "../connection/connection.ts";
import { splitFrames } from "../read/frames.ts";
import { answerError, commandError } from "../virsh/errors.ts";
import { findGap, parseStats, parseThreads } from "./answer.ts";
import { countScript, discoverScript } from "./script.ts";

/** Milliseconds for which the live XML's pins, threads and disks are reused, unless the counters contradict them. */
const trustMs = 5_000;
/** How often, and with which pause, a busy guest is asked again. A monitor query is over by then; a migration is not. */
const [busyTries, busyPauseMs] = [6, 60];

export interface ActivityReader {
  /** Takes one sample, in one round trip. @throws HostError */
  read(): Promise<ActivitySample>;
}

interface Known {
  readonly atMs: number;
  readonly user: string;
  readonly nodes: readonly (readonly number[])[];
  readonly domains: ReadonlyMap<
    string,
    { readonly uuid: string; readonly placement: ThreadPlacement; readonly pid: number | null }
  >;
}

/**
 * Reads samples of a host's running domains: the named ones, or all when `names` is empty.
 * @throws HostError when the host can't be read or a named domain does not run there
 */
export async function openActivity(
  connection: Connection,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<ActivityReader> {
  const options = signal ? { signal } : {};
  const mark = `@@${randomBytes(8).toString("hex")}`;
  const script = (text: string, ...words: readonly string[]): Command => ({
    argv: ["sh", "-c", text, "sh", connection.virshUri, mark, ...words],
    timeoutSeconds: 30,
    allowance: { each: text === countScript ? "\nDomain: '" : `${mark} xml `, bytes: 256 * 1024 },
  });
  const discover = (uuids: string): Command => script(discoverScript, uuids);
  const [first] = await connection.run([discover("")], options);
  const found = (result: CommandResult | undefined) => checked(connection, result, mark, "discover");
  const numbers = (result: CommandResult | undefined) => checked(connection, result, mark, "count");
  let known = parseKnown(found(first), mark, connection.host, names);
  const absent = names.filter((name) => !known.domains.has(name));
  if (absent.length > 0) {
    const running = parseKnown(found(first), mark, connection.host, []).domains;
    throw new HostError(
      `${absent.map((name) => `"${name}"`).join(", ")} can't be found running`,
      connection.host,
      {
        remedy: `running there: ${[...running.keys()].toSorted((a, b) => a.localeCompare(b)).join(", ") || "none"}`,
      },
    );
  }
  // We ask by UUID because a guest that is powered off and on keeps it.
  const uuids = names.length === 0 ? "" : [...known.domains.values()].map(({ uuid }) => uuid).join(" ");
  return {
    read: async () => {
      const pids = [...known.domains.values()].flatMap(({ pid }) => pid ?? []).join(" ");
      const isStale = Date.now() - known.atMs > trustMs;
      const again = isStale ? [discover(uuids)] : [];
      const count = script(countScript, uuids, pids);
      const [counted, discovered] = await connection.run([count, ...again], options);
      if (isStale) known = parseKnown(found(discovered), mark, connection.host, names);
      let stdout = numbers(counted);
      for (let tries = 1; tries < busyTries && parseSample(stdout, mark, known).busy.length > 0; tries++) {
        await pause(busyPauseMs);
        stdout = numbers((await connection.run([count], options))[0]);
      }
      const sample = parseSample(stdout, mark, known);
      if (isStale || !looksDifferent(sample, known, names)) return sample;
      const [now] = await connection.run([discover(uuids)], options);
      known = parseKnown(found(now), mark, connection.host, names);
      return parseSample(stdout, mark, known);
    },
  };
}

function checked(
  connection: Connection,
  result: CommandResult | undefined,
  mark: string,
  of: "discover" | "count",
): string {
  const what = "can't read what the domains do";
  const said = {
    argv: ["virsh", "-r", "-c", connection.virshUri, "domstats"],
    stderr: result?.stderr ?? "",
  };
  if (result?.exitCode === 0) {
    const gap = findGap(result.stdout, mark, of);
    if (gap !== null) throw answerError(what, connection.host, said, gap);
    return result.stdout;
  }
  const failed = { ...said, exitCode: result?.exitCode ?? 1 };
  const remedy = "is libvirtd running there, and may this user read from it?";
  throw commandError(what, connection.host, failed, remedy);
}

function parseKnown(stdout: string, mark: string, host: string, names: readonly string[]): Known {
  const frames = splitFrames(stdout, mark);
  const single = new Map(frames);
  const pairs = (key: string): [string, string][] =>
    (single.get(key) ?? "").split("\n").flatMap((line): [string, string][] => {
      const [, first = "", second = ""] = /^(\S+) +(.*?)\s*$/.exec(line) ?? [];
      return first === "" ? [] : [[first, second]];
    });
  const pids = new Map(pairs("pids").map(([pid, name]) => [name, Number(pid)]));
  const domains = pairs("list").flatMap(([uuid, name]) => {
    const xml = single.get(`xml ${uuid}`)?.trim();
    if (!xml || (names.length > 0 && !names.includes(name))) return [];
    return [
      [
        name,
        { uuid, placement: placementOf(parsePrinted(host, name, xml)), pid: pids.get(name) ?? null },
      ] as const,
    ];
  });
  const nodes = (single.get("nodes") ?? "").split("\n").flatMap((line) => {
    const cpus = parseCpuset(line.trim());
    return cpus ? [cpus] : [];
  });
  return { atMs: Date.now(), user: single.get("user")?.trim() ?? "", nodes, domains: new Map(domains) };
}

/** Parses a sample; `busy` lists the domains that another job held. */
function parseSample(
  stdout: string,
  mark: string,
  known: Known,
): ActivitySample & { readonly busy: readonly string[] } {
  const frames = new Map(splitFrames(stdout, mark));
  const timed = (key: string): { atMs: number; body: string } => {
    const text = frames.get(key) ?? "";
    const end = text.indexOf("\n");
    return { atMs: Number(text.slice(0, end)) / 1e6, body: text.slice(end + 1) };
  };
  const disks = timed("disks");
  const threads = timed("threads");
  const stats = parseStats(disks.body);
  const counted = parseThreads(threads.body);
  const domains = [...known.domains].flatMap(([name, { placement, pid }]): DomainSample[] => {
    const own = stats.get(name);
    if (!own) return [];
    const { disks, polling } = own;
    return [{ name, placement, disks, polling, pid, threads: (pid !== null && counted.get(pid)) || [] }];
  });
  const busy = domains.filter(({ name }) => stats.get(name)?.isBusy).map(({ name }) => name);
  // If one guest lacks threads it is being power-cycled; if all do, /proc hides them from this user.
  const isHidden = domains.length > 0 && domains.every((domain) => domain.threads.length === 0);
  const unseen = domains.filter(({ pid }) => isHidden || pid === null).map(({ name }) => name);
  return {
    disksAtMs: disks.atMs,
    threadsAtMs: threads.atMs,
    nodes: known.nodes,
    domains: new Map(domains.map((domain) => [domain.name, domain])),
    missing: [
      ...(unseen.length === 0 ? [] : [missingThreads(unseen, known.user)]),
      ...(busy.length === 0
        ? []
        : [`disks of ${busy.join(", ")}: another job has the guest, and was not waited for`]),
    ],
    busy,
  };
}

function missingThreads(names: readonly string[], user: string): string {
  const what = "CPU, waits and allowed CPUs of threads, and findings about them";
  return `user ${user} can't see the threads of ${names.join(", ")}: no ${what}; log in as root, or as a user that /proc shows QEMU's processes to`;
}

/** Whether domains, disks, threads or pins differ from the live XML that was read last. */
function looksDifferent(
  sample: ReturnType<typeof parseSample>,
  known: Known,
  names: readonly string[],
): boolean {
  if (sample.domains.size < Math.max(names.length, known.domains.size)) return true;
  return [...sample.domains.values()].some(({ name, placement, disks, polling, threads, pid }) => {
    if (sample.busy.includes(name)) return false;
    const targets = new Set(placement.disks.map(({ target }) => target));
    return (
      [...disks.keys()].some((target) => !targets.has(target)) ||
      [...polling.keys()].some((id) => !placement.ioThreads.includes(id)) ||
      placement.ioThreads.some((id) => !polling.has(id)) ||
      (pid !== null && threads.length === 0) ||
      threads.some(({ command, cpusAllowed }) => {
        const pin = placement.ioThreadPins.get(Number(/^IO iothread(\d+)$/.exec(command)?.[1]));
        return pin !== undefined && printCpuset(pin) !== printCpuset(cpusAllowed);
      })
    );
  });
}
