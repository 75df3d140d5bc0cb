import { renameSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import { activities } from "../host/activities.ts";
import { openActivity } from "../host/activity.ts";
import type { Connection } from "../host/connection.ts";
import { type LatencyCounting, startLatencyCounting } from "../host/latencyHistogram.ts";
import { closeConnections, connectionTo } from "../host/session.ts";
import type { Activity } from "../plan/activity/activity.ts";
import { type Profile, profileOf } from "../plan/activity/profile.ts";
import { parseSeconds } from "./duration.ts";

interface MeasureOptions {
  readonly for: number;
  readonly output?: string;
  readonly histograms?: boolean;
}

/** Windows of a profile: enough to see how much they differ, each long enough to hold requests. */
const windowsWanted = 12;
const tainted =
  "latency histograms need monitor commands: libvirt marks the running guest as tainted (custom-monitor, in its log and dominfo) until it is powered off";

/** `pulumi-virsh measure`: exits 0 with a profile, 1 without. */
export function addMeasure(program: Command): void {
  program
    .command("measure")
    .description("write what a running guest's disks and threads do for a while, for `compare`")
    .argument("<uri>", "libvirt URI of the host, e.g. qemu+ssh://root@hv1/system")
    .argument("<domain>", "name of a running domain")
    .requiredOption("--for <time>", "how long: 60s, 5m; 5s to 24h", parseSeconds(5, 86_400))
    .option("--output <file>", "where to; absent: standard output")
    .option(
      "--histograms",
      "count latencies in QEMU too, for percentiles; its monitor commands mark the guest as tainted",
    )
    .action(async (uri: string, domain: string, options: MeasureOptions) => {
      try {
        const text = `${JSON.stringify(await measure(uri, domain, options), null, 2)}\n`;
        if (options.output === undefined) process.stdout.write(text);
        else writeWhole(options.output, text);
      } catch (cause) {
        process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
        process.exitCode = 1;
      } finally {
        await closeConnections();
      }
    });
}

/** Never half a profile where a whole one is looked for. */
function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}

async function measure(uri: string, domain: string, options: MeasureOptions): Promise<Profile> {
  const stop = new AbortController();
  const end = (): void => stop.abort();
  process.once("SIGINT", end).once("SIGTERM", end);
  const connection = connectionTo(uri);
  const reader = await openActivity(connection, [domain], stop.signal);
  const counting = options.histograms ? await count(connection, domain) : null;
  try {
    const begun = new Date().toISOString();
    const seen: Activity[] = [];
    const windowMs = (options.for * 1000) / windowsWanted;
    for await (const activity of activities(reader, windowMs, stop.signal)) {
      if (activity.domains.length === 0)
        throw new Error(`"${domain}" was powered off or power-cycled while it was measured: measure again`);
      if (seen.push(activity) === windowsWanted) break;
    }
    if (stop.signal.aborted) throw new Error("interrupted: no profile");
    const latencies = (await counting?.read()) ?? new Map();
    const notes = counting ? [tainted] : [];
    return profileOf({ host: connection.host, domain, begun, notes, latencies }, seen);
  } finally {
    await counting?.stop();
  }
}

function count(connection: Connection, domain: string): Promise<LatencyCounting> {
  process.stderr.write(`note: ${tainted}\n`);
  return startLatencyCounting(connection, domain);
}
