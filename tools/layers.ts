/**
 * Measures what two stacked block layers cost a guest that does IO, side by side in one run: both layers in
 * one thread, each in its own process, or both in another process.
 */
import { loadavg } from "node:os";
import { program } from "commander";
import { printCount, printTable } from "../provider/report/activity/table.ts";
import { startGuest } from "../test/support/guest.ts";
import type { GuestWindow } from "../test/support/guestConsole.ts";
import { sandbox, testName } from "../test/support/sandbox.ts";
import { type Stack, stacks } from "./layers/stacks.ts";
import { printProblem } from "./sandbox/problem.ts";

/** Latency of the lower layer: that of the seed's layer, and 0, which shows the cost of stacking alone. */
const latenciesNs = [25_000, 0];
const depths = [1, 16];

interface Figure {
  readonly title: string;
  readonly latencyNs: number;
  readonly depth: number;
  readonly p50Us: number;
  readonly requestsPerSecond: number;
}

program
  .name("layers")
  .description("stacked block layers: one thread, a process each over NBD, all in a storage daemon")
  .option("--windows <count>", "windows of 250 ms of each figure", "12")
  .option("--rounds <count>", "how often all is done, one after another; the median counts", "1")
  .option("--json", "print JSON")
  .action(async (options: { windows: string; rounds: string; json?: boolean }) => {
    await sandbox();
    const figures: Figure[] = [];
    for (let round = 0; round < Number(options.rounds); round++)
      for (const latencyNs of latenciesNs)
        for (const stack of stacks) {
          console.error(`${stack.title}, ${latencyNs / 1000} µs, load average ${loadavg()[0]?.toFixed(1)}`);
          figures.push(...(await measure(stack, latencyNs, Number(options.windows))));
        }
    console.log(options.json ? JSON.stringify(figures, null, 2) : printFigures(figures));
  });
program.parseAsync().catch((error: unknown) => {
  console.error(printProblem(error));
  process.exitCode = 1;
});

async function measure(stack: Stack, latencyNs: number, windows: number): Promise<Figure[]> {
  const { daemon, guest: shape } = await stack.start(latencyNs);
  try {
    const guest = await startGuest({ name: testName("layers"), settings: "depth=0 window=250", ...shape });
    try {
      const figures: Figure[] = [];
      for (const depth of depths) {
        await guest.console.set(`depth=${depth}`);
        await guest.console.windows(2, 120_000);
        const seen = await guest.console.windows(windows, 300_000);
        if (seen.some(({ errors }) => errors > 0)) throw new Error(`${stack.title}: requests failed`);
        const middle = (value: (window: GuestWindow) => number) => median(seen.map(value));
        const p50Us = middle(({ p50Ns = Number.NaN }) => p50Ns) / 1000;
        const requestsPerSecond = middle(({ requests, us }) => (requests / us) * 1e6);
        figures.push({ title: stack.title, latencyNs, depth, p50Us, requestsPerSecond });
      }
      return figures;
    } finally {
      await guest.remove();
    }
  } finally {
    await daemon?.stop();
  }
}

function printFigures(figures: readonly Figure[]): string {
  const figure = (title: string, latencyNs: number, depth: number, value: (figure: Figure) => number) => {
    const own = figures.filter((e) => e.title === title && e.latencyNs === latencyNs && e.depth === depth);
    return median(own.map(value));
  };
  const [few = 1, many = 16] = depths;
  const columns = latenciesNs.flatMap((ns) => [
    {
      title: `p50 µs, ${ns / 1000} µs layer`,
      isNumber: true,
      value: ({ title }: Stack) => figure(title, ns, few, ({ p50Us }) => p50Us).toFixed(1),
    },
    {
      title: `IO/s at depth ${many}`,
      isNumber: true,
      value: ({ title }: Stack) => printCount(figure(title, ns, many, (each) => each.requestsPerSecond)),
    },
  ]);
  return printTable([{ title: "STACK", value: ({ title }: Stack) => title }, ...columns], stacks).join("\n");
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
