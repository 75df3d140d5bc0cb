import type { Command } from "commander";
import { openActivity } from "../host/activity/reader.ts";
import { activities } from "../host/activity/stream.ts";
import { closeConnections, connectionTo } from "../host/connections.ts";
import type { Activity } from "../plan/activity/activity.ts";
import { printActivity } from "../report/activity/top.ts";
import { paintFor } from "./colours.ts";
import { parseSeconds } from "./duration.ts";
import { complain, sayJson } from "./say.ts";

interface TopOptions {
  readonly interval: number;
  readonly once?: boolean;
  readonly json?: boolean;
}

/** Adds `pulumi-virsh top`. Exits 0 when the user ends it or `--once` is done, 1 when the host can't be read. */
export function addTop(program: Command): void {
  program
    .command("top")
    .description(
      "live: what main loops, IO threads, vCPUs and disks of a host's guests do, and what to change",
    )
    .argument("<uri>", "libvirt URI of the host, e.g. qemu+ssh://root@hv1/system")
    .argument("[domain...]", "names of running domains; none: all")
    .option("--interval <time>", "time between two views, 0.2s to 1h", parseSeconds(0.2, 3600), 1)
    .option("--once", "one view, then end")
    .option("--json", "one line of JSON per view")
    .action(async (uri: string, domains: string[], options: TopOptions) => {
      try {
        await top(uri, domains, options);
      } catch (cause) {
        complain(cause);
        process.exitCode = 1;
      } finally {
        await closeConnections();
      }
    });
}

async function top(uri: string, domains: readonly string[], options: TopOptions): Promise<void> {
  const stop = new AbortController();
  const end = (): void => stop.abort();
  process.once("SIGINT", end).once("SIGTERM", end);
  process.stdout.on("error", end);
  const connection = connectionTo(uri);
  const isLive = process.stdout.isTTY === true && !options.json && !options.once;
  const show = options.json ? showJson(connection.host) : isLive ? showOnScreen : showText;
  const reader = await openActivity(connection, domains, stop.signal);
  if (isLive) process.stdout.write("\x1b[?1049h\x1b[?25l");
  try {
    for await (const activity of activities(reader, options.interval * 1000, stop.signal)) {
      show(activity);
      if (options.once) return;
    }
  } catch (cause) {
    if (!stop.signal.aborted) throw cause;
  } finally {
    if (isLive) process.stdout.write("\x1b[?25h\x1b[?1049l");
  }
}

function showJson(host: string): (activity: Activity) => void {
  return (activity) => {
    const line = { time: new Date().toISOString(), host, ...activity };
    sayJson(line, (_, value) => (typeof value === "number" ? rounded(value) : value));
  };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function showText(activity: Activity): void {
  process.stdout.write(`${printActivity(activity, paintFor(process.stdout)).join("\n")}\n\n`);
}

/** Shows as many lines as fit on the screen. The last line says how many are left out. */
function showOnScreen(activity: Activity): void {
  const lines = printActivity(activity, paintFor(process.stdout));
  const rows = process.stdout.rows ?? 24;
  const shown =
    lines.length < rows
      ? lines
      : [...lines.slice(0, rows - 2), `… ${lines.length - rows + 2} more lines: name domains, or use --once`];
  process.stdout.write(`\x1b[H${shown.map((line) => `${line}\x1b[K\n`).join("")}\x1b[J`);
}
