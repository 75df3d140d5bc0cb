import { HostError } from "../../errors.ts";
import { elementsAt, valueAt } from "../../model/xml/read.ts";
import { type LatencyHistogram, latencyBoundariesNs, sumHistograms } from "../../plan/activity/histogram.ts";
import { parsePrinted } from "../../plan/situation/printed.ts";
import type { Command, CommandResult, Connection } from "../connection/connection.ts";
import { answerError } from "../virsh/errors.ts";
import { virsh } from "../virsh/virsh.ts";

/** QEMU counting latencies per disk. Any monitor command marks the running guest as tainted. */
export interface LatencyCounting {
  /** Histograms by disk target. @throws HostError */
  read(): Promise<ReadonlyMap<string, LatencyHistogram>>;
  /** Stops the counting. @throws HostError */
  stop(): Promise<void>;
}

interface BlockStats {
  readonly qdev?: string;
  readonly stats: Readonly<Record<string, unknown>>;
}

const kinds = ["rd_latency_histogram", "wr_latency_histogram", "flush_latency_histogram"];

/**
 * Starts counting on all disks of a running domain.
 * @throws HostError, also when somebody else already counts: their count is left alone
 */
export async function startLatencyCounting(connection: Connection, domain: string): Promise<LatencyCounting> {
  const aliases = await readAliases(connection, domain);
  const blocks = new Map<string, string>();
  for (const { qdev, stats } of await readBlocks(connection, domain)) {
    const target = (qdev?.split("/") ?? []).flatMap((part) => aliases.get(part) ?? [])[0];
    if (qdev === undefined || target === undefined) continue;
    if (kinds.some((kind) => Object.hasOwn(stats, kind))) {
      throw new HostError(`"${domain}" has latency histograms on ${target} already`, connection.host, {
        remedy: "somebody else measures there: wait, or measure without --histograms; nothing has changed",
      });
    }
    blocks.set(target, qdev);
  }
  const set = (boundaries?: readonly number[]): Promise<unknown> =>
    monitor(
      connection,
      domain,
      [...blocks.values()].map((id) => ({
        execute: "block-latency-histogram-set",
        arguments: { id, ...(boundaries ? { boundaries } : {}) },
      })),
    );
  await set(latencyBoundariesNs);
  return {
    read: async () => {
      const found = new Map<string, LatencyHistogram>();
      const all = await readBlocks(connection, domain);
      for (const [target, id] of blocks) {
        const stats = all.find(({ qdev }) => qdev === id)?.stats ?? {};
        const sum = sumHistograms(kinds.flatMap((kind) => histogramOf(stats[kind])));
        if (sum) found.set(target, sum);
      }
      return found;
    },
    stop: async () => {
      await set();
    },
  };
}

/** Disk targets by libvirt alias: QEMU's path of a device contains the alias. */
async function readAliases(connection: Connection, domain: string): Promise<ReadonlyMap<string, string>> {
  const command = virsh(connection, ["dumpxml", "--domain", domain]);
  const [result] = await connection.run([command]);
  if (result?.exitCode !== 0) {
    const { argv } = command;
    throw new HostError(`can't read "${domain}"`, connection.host, { argv, stderr: result?.stderr ?? "" });
  }
  const disks = elementsAt(parsePrinted(connection.host, domain, result.stdout.trim()), "devices/disk");
  return new Map(
    disks.map((disk) => [valueAt(disk, "alias/@name") ?? "", valueAt(disk, "target/@dev") ?? ""]),
  );
}

function histogramOf(value: unknown): LatencyHistogram[] {
  const { boundaries, bins } = (value ?? {}) as { boundaries?: number[]; bins?: number[] };
  return boundaries && bins ? [{ boundariesNs: boundaries, bins }] : [];
}

async function readBlocks(connection: Connection, domain: string): Promise<readonly BlockStats[]> {
  const [answer] = await monitor(connection, domain, [{ execute: "query-blockstats" }]);
  return (Array.isArray(answer) ? answer : []).filter(
    (each: Partial<BlockStats> | null) => each?.stats,
  ) as BlockStats[];
}

/** Runs QEMU monitor commands and returns the reply to each. @throws HostError */
async function monitor(connection: Connection, domain: string, asked: readonly object[]): Promise<unknown[]> {
  const commands = asked.map(
    (question): Command =>
      virsh(connection, ["qemu-monitor-command", "--domain", domain, JSON.stringify(question)]),
  );
  const results = commands.length === 0 ? [] : await connection.run(commands);
  return commands.map(({ argv }, index) => {
    const result = results[index];
    const { exitCode, stderr = "" } = result ?? {};
    const answer = result && exitCode === 0 ? parseReply(connection, domain, result) : {};
    if (answer.return !== undefined) return answer.return;
    const said = stderr === "" ? JSON.stringify(answer.error) : stderr;
    throw new HostError(`can't ask the monitor of "${domain}"`, connection.host, { argv, stderr: said });
  });
}

function parseReply(
  { host }: Connection,
  domain: string,
  result: CommandResult,
): { readonly return?: unknown; readonly error?: unknown } {
  try {
    const reply: unknown = JSON.parse(result.stdout);
    if (typeof reply === "object" && reply !== null) return reply;
  } catch {
    // Text that is no JSON is handled below, like any other text that is no reply.
  }
  throw answerError(`can't ask the monitor of "${domain}"`, host, result, "no reply of QEMU's");
}
