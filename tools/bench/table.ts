import { printCommits, printNumber, printSpread, ratio, table } from "./cells.ts";
import { printComparison, printGoals } from "./goals.ts";
import type { PlanCost } from "./planCost.ts";
import type { ReadPath } from "./readPaths.ts";
import type { Summary } from "./summary.ts";

/** All that a run of the bench found. */
export interface Report {
  /** What each part was made from; ends in "+" when the tree was changed, in "…" when the part is not complete. */
  readonly commits: Readonly<Record<string, string>>;
  readonly made: string;
  readonly machine: string;
  readonly versions: string;
  readonly summaries: readonly Summary[];
  readonly readPaths: readonly ReadPath[];
  readonly planCost: readonly PlanCost[];
}

/** Markdown. Floor and provider of one case stand in one row. */
export function printReport(report: Report): string {
  const of = (...names: Summary["case"]["section"][]) =>
    report.summaries.filter((each) => names.includes(each.case.section) && each.case.variant === "virsh");
  const floorOf = ({ case: { variant: _, ...mine } }: Summary) =>
    report.summaries.find(
      ({ case: { variant, ...other } }) =>
        variant === "floor" && JSON.stringify(other) === JSON.stringify(mine),
    );
  return [
    `Made from commit ${printCommits(report.commits)} on ${report.made}: ${report.machine}; ${report.versions}.`,
    "Wall times in seconds: median (least–most). CPU seconds are of engine, program and provider together.",
    "",
    "### Against the goals",
    "",
    ...printGoals(report.summaries),
    "",
    ...printComparison(report.summaries),
    "### One host",
    "",
    ...table(
      [
        "guests",
        "act",
        "floor",
        "provider",
        "ratio",
        "CPU floor",
        "CPU provider",
        "ratio",
        "host's CPU",
        "connections",
        "sessions",
        "turns",
        "KiB down",
        "MiB peak, floor",
        "MiB peak",
      ],
      of("guests", "many").map((each) => {
        const floor = floorOf(each);
        return [
          each.case.guestsPerHost,
          each.case.act,
          printSpread(floor?.wallSeconds),
          printSpread(each.wallSeconds),
          ratio(each.wallSeconds, floor?.wallSeconds),
          printNumber(floor?.cpuSeconds.median),
          printNumber(each.cpuSeconds.median),
          ratio(each.cpuSeconds, floor?.cpuSeconds),
          printNumber(each.hostCpuSeconds),
          each.connections,
          each.sessions,
          each.turns,
          Math.round(each.kiBDown),
          Math.round(floor?.providerPeakMiB ?? 0),
          Math.round(each.providerPeakMiB),
        ];
      }),
    ),
    "",
    "### Two front ends: CPU seconds of a preview without changes",
    "",
    ...fronts(report.summaries),
    "",
    "### Where the CPU goes",
    "",
    ...table(
      ["guests", "act", "variant", "engine", "program", "provider"],
      report.summaries
        .filter(({ case: { section, act } }) => /guests|many/.test(section) && act.startsWith("preview, no"))
        .map((each) => [
          each.case.guestsPerHost,
          each.case.act,
          each.case.variant,
          printNumber(each.engineCpuSeconds),
          printNumber(each.programCpuSeconds),
          printNumber(each.providerCpuSeconds),
        ]),
    ),
    "",
    "### Preview without changes, one host, with a delay of the network",
    "",
    ...table(
      ["guests", "round trip, ms", "floor", "provider", "CPU floor", "CPU provider"],
      of("delay").map((each) => {
        const floor = floorOf(each);
        return [
          each.case.guestsPerHost,
          each.case.delayMs,
          printSpread(floor?.wallSeconds),
          printSpread(each.wallSeconds),
          printNumber(floor?.cpuSeconds.median),
          printNumber(each.cpuSeconds.median),
        ];
      }),
    ),
    "",
    "### Preview without changes, many hosts, each an sshd of its own and a virsh that says again what the real one said of libvirt's test driver",
    "",
    ...table(
      [
        "hosts",
        "guests",
        "round trip, ms",
        "with",
        "floor",
        "provider",
        "over the floor",
        "hosts' CPU",
        "connections",
        "sessions",
        "turns of one",
      ],
      of("hosts")
        .filter(({ case: { act } }) => act.startsWith("preview"))
        .map((each) => {
          const floor = floorOf(each);
          return [
            each.case.hosts,
            each.case.hosts * each.case.guestsPerHost,
            each.case.delayMs,
            each.case.option,
            floor ? printSpread(floor.wallSeconds) : "",
            printSpread(each.wallSeconds),
            floor ? printNumber(each.wallSeconds.median - floor.wallSeconds.median) : "",
            printNumber(each.hostCpuSeconds),
            each.connections,
            each.sessions,
            each.turns,
          ];
        }),
    ),
    "",
    "### Engine options, 20 guests at 80 ms",
    "",
    ...table(
      ["option", "act", "wall", "CPU"],
      of("options")
        .filter(({ case: { option } }) => option !== "")
        .map((each) => [
          each.case.option,
          each.case.act,
          printSpread(each.wallSeconds),
          printNumber(each.cpuSeconds.median),
        ]),
    ),
    "",
    "### Ways to read a host",
    "",
    ...table(
      [
        "way",
        "guests",
        "round trip, ms",
        "wall, ms",
        "round trips, by the least times",
        "host's CPU, ms",
        "KiB down",
      ],
      report.readPaths.map((each) => [
        each.way,
        each.guests,
        each.delayMs,
        printSpread(each.wallMs, 0),
        roundTrips(each, report.readPaths),
        Math.round(each.hostCpuMs),
        Math.round(each.kiBDown),
      ]),
    ),
    "",
    "### CPU per guest in the provider",
    "",
    ...table(
      ["step", "ms per guest"],
      report.planCost.map((each) => [each.step, each.msPerGuest.toFixed(3)]),
    ),
    "",
  ].join("\n");
}

/** What the delay added, in delays: the least of several times is the one that other work disturbed least. */
function roundTrips(mine: ReadPath, all: readonly ReadPath[]): string {
  const near = all.find(({ way, delayMs }) => way === mine.way && delayMs === 0);
  if (mine.delayMs === 0 || !near) return "";
  return ((mine.wallMs.min - near.wallMs.min) / mine.delayMs).toFixed(1);
}

/** Native against dynamic: whole tree, and the provider's process alone. */
function fronts(summaries: readonly Summary[]): string[] {
  const all = summaries.filter(({ case: { section } }) => section === "fronts");
  const counts = [...new Set(all.map((each) => each.case.guestsPerHost))];
  const variants = ["floor", "virsh", "native floor", "native"] as const;
  const head = ["dynamic, does nothing", "dynamic", "plugin, does nothing", "plugin"];
  return table(
    ["guests", ...head, "plugin ÷ dynamic", "their providers alone"],
    counts.map((count) => {
      const [floor, virsh, nativeFloor, native] = variants.map((variant) =>
        all.find((each) => each.case.variant === variant && each.case.guestsPerHost === count),
      );
      const cells = [floor, virsh, nativeFloor, native].map((each) => printSpread(each?.cpuSeconds));
      const alone = [virsh, native].map((each) => printNumber(each?.providerCpuSeconds)).join(", ");
      return [count, ...cells, native ? ratio(native.cpuSeconds, virsh?.cpuSeconds) : "", alone];
    }),
  );
}
