import { renameSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import { readProfile, tainted } from "../host/activity/profile.ts";
import { closeConnections, connectionTo } from "../host/connections.ts";
import { visibleJson } from "../model/values/visible.ts";
import type { Profile } from "../plan/activity/profile.ts";
import { parseSeconds } from "./duration.ts";
import { complain } from "./say.ts";

interface MeasureOptions {
  readonly for: number;
  readonly output?: string;
  readonly histograms?: boolean;
}

/** Adds `pulumi-virsh measure`. Exits 0 when it wrote a profile, else 1. */
export function addMeasure(program: Command): void {
  program
    .command("measure")
    .description("write what a running guest's disks and threads do for a while, for `compare`")
    .argument("<uri>", "libvirt URI of the host, e.g. qemu+ssh://root@hv1/system")
    .argument("<domain>", "name of a running domain")
    .requiredOption("--for <time>", "how long: 60s, 5m; 5s to 24h", parseSeconds(5, 86_400))
    .option("--output <file>", "where to; default: standard output")
    .option(
      "--histograms",
      "count latencies in QEMU too, for percentiles; its monitor commands mark the guest as tainted",
    )
    .action(async (uri: string, domain: string, options: MeasureOptions) => {
      try {
        const text = `${visibleJson(await measure(uri, domain, options), null, 2)}\n`;
        if (options.output === undefined) process.stdout.write(text);
        else writeWhole(options.output, text);
      } catch (cause) {
        complain(cause);
        process.exitCode = 1;
      } finally {
        await closeConnections();
      }
    });
}

/** Writes a file as a whole, so that nobody reads half a profile. */
function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}

async function measure(uri: string, domain: string, options: MeasureOptions): Promise<Profile> {
  const stop = new AbortController();
  const end = (): void => stop.abort();
  process.once("SIGINT", end).once("SIGTERM", end);
  const { for: seconds, histograms = false } = options;
  if (histograms) process.stderr.write(`note: ${tainted}\n`);
  return readProfile(connectionTo(uri), { domain, seconds, histograms, signal: stop.signal });
}
