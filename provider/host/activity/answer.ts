import { parseCpuset } from "../../model/values/cpuset.ts";
import type { DiskCounters, Polling, ThreadCounters } from "../../plan/activity/sample.ts";
import { parseDomstats, pollingOf } from "../read/domstats.ts";
import { splitFrames } from "../read/frames.ts";

/** Heads that each script prints, in order. Frames of single domains are not counted here. */
const orders = {
  discover: /^user nodes list end xmls(?: end)* pids done$/,
  count: /^disks counted threads done$/,
} as const;

/** Says why an answer is incomplete; `null` when it is whole. */
export function findGap(stdout: string, mark: string, of: keyof typeof orders): string | null {
  const frames = splitFrames(stdout, mark);
  if (frames.length === 0) return "nothing that was asked";
  const heads = frames.map(([head]) => head).filter((head) => !head.includes(" "));
  if (!orders[of].test(heads.join(" "))) return `its parts ${[...new Set(heads)].join(", ")} alone`;
  const cut = frames.find(
    ([head, body]) => /^xml /.test(head) && !/^(?:<domain[\s\S]*<\/domain>)?$/.test(body.trim()),
  );
  return cut ? `XML of the domain ${cut[0].slice(4)} that is cut off` : null;
}

export interface DomainStats {
  readonly disks: ReadonlyMap<string, DiskCounters>;
  readonly polling: ReadonlyMap<number, Polling>;
  /** Another job held the domain, so libvirt left the counters out. */
  readonly isBusy: boolean;
}

/** Parses the output of `domstats --block --iothread`: counters by domain name. */
export function parseStats(text: string): Map<string, DomainStats> {
  const found = new Map<string, DomainStats>();
  for (const [name, fields] of parseDomstats(text)) {
    found.set(name, {
      disks: disksOf(fields),
      polling: countersOf(fields),
      // A busy domain has disk names but no counters (9.0.0). A drive without a medium has counters, at 0.
      isBusy: fields.has("block.0.name") && ![...fields.keys()].some((key) => key.endsWith(".rd.reqs")),
    });
  }
  return found;
}

function disksOf(fields: ReadonlyMap<string, string>): Map<string, DiskCounters> {
  const disks = new Map<string, DiskCounters>();
  for (let index = 0; index < Number(fields.get("block.count") ?? 0); index++) {
    const count = (key: string): number => Number(fields.get(`block.${index}.${key}`) ?? 0);
    const target = fields.get(`block.${index}.name`);
    if (target === undefined || !fields.has(`block.${index}.rd.reqs`)) continue;
    disks.set(target, {
      readRequests: count("rd.reqs"),
      readBytes: count("rd.bytes"),
      readNs: count("rd.times"),
      writeRequests: count("wr.reqs"),
      writeBytes: count("wr.bytes"),
      writeNs: count("wr.times"),
      flushRequests: count("fl.reqs"),
      flushNs: count("fl.times"),
    });
  }
  return disks;
}

/** Polling whose maximum is known; a factor that libvirt does not print counts as 0. */
function countersOf(fields: ReadonlyMap<string, string>): Map<number, Polling> {
  const known = [...pollingOf(fields)].flatMap(([id, { maxNs, grow, shrink }]): [number, Polling][] =>
    maxNs === null ? [] : [[id, { maxNs, grow: grow ?? 0, shrink: shrink ?? 0 }]],
  );
  return new Map(known);
}

/** Parses lines that grep prints, such as `/proc/PID/task/TID/status:Name:\tIO iothread1`: threads by process id. */
export function parseThreads(text: string): Map<number, ThreadCounters[]> {
  const threads = new Map<string, Map<string, string>>();
  for (const line of text.split("\n")) {
    const match = /^\/proc\/(\d+\/task\/\d+)\/(schedstat|status):(.*)$/.exec(line);
    if (!match) continue;
    const [, path = "", file, rest = ""] = match;
    const fields = threads.get(path) ?? new Map<string, string>();
    threads.set(path, fields);
    if (file === "schedstat") fields.set("schedstat", rest);
    else fields.set(rest.slice(0, rest.indexOf(":")), rest.slice(rest.indexOf(":") + 1).trim());
  }
  const found = new Map<number, ThreadCounters[]>();
  for (const [path, fields] of threads) {
    const [pid = 0, threadId = 0] = path.split("/task/").map(Number);
    const [runNs, waitNs] = (fields.get("schedstat") ?? "").split(" ").map(Number);
    const command = fields.get("Name");
    // The thread ended while grep read it, or the kernel has no schedstat.
    if (command === undefined || runNs === undefined || waitNs === undefined) continue;
    const voluntarySwitches = Number(fields.get("voluntary_ctxt_switches") ?? 0);
    const cpusAllowed = parseCpuset(fields.get("Cpus_allowed_list") ?? "") ?? [];
    const counted = { threadId, command, runNs, waitNs, voluntarySwitches, cpusAllowed };
    found.set(pid, [...(found.get(pid) ?? []), counted]);
  }
  return found;
}
