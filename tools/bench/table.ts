import { printCommits, printNumber, printSpread, ratio, table } from "./cells.ts";
import { printComparison, printGoals } from "./goals.ts";
import type { ImagePath } from "./images.ts";
import type { PlanCost } from "./planCost.ts";
import type { ReadPath } from "./readPaths.ts";
import type { Summary } from "./summary.ts";

/** All results of a bench. */
export interface Report {
  /**
   * The commit that each part was measured at. Ends in "+" when the tree had changes, in "…" when the part is
   * incomplete.
   */
  readonly commits: Readonly<Record<string, string>>;
  readonly made: string;
  readonly machine: string;
  readonly versions: string;
  readonly summaries: readonly Summary[];
  readonly readPaths: readonly ReadPath[];
  readonly images: readonly ImagePath[];
  readonly planCost: readonly PlanCost[];
}

/** Prints the report as Markdown. Floor and provider of one case share a row. */
export function printReport(report: Report): string {
  const { summaries } = report;
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ["Against the goals", [...printGoals(summaries), ...printComparison(summaries)]],
    ["One host", oneHost(summaries)],
    ["One host with volumes", storage(summaries)],
    ["Two front ends: CPU seconds of a preview without changes", fronts(summaries)],
    ["Where the CPU goes", processes(summaries)],
    ["Preview without changes, one host, with a delay of the network", delayed(summaries)],
    [
      "Preview without changes, many hosts, each an sshd of its own and a virsh that says again what the real one said of libvirt's test driver",
      manyHosts(summaries),
    ],
    ["Engine options, 20 guests at 80 ms", engineOptions(summaries)],
    ["Ways to read a host", waysToRead(report.readPaths)],
    ["Ways to bring an image", waysToBring(report.images)],
    ["CPU per guest in the provider", steps(report.planCost)],
  ];
  return [
    `Made from commit ${printCommits(report.commits)} on ${report.made}: ${report.machine}; ${report.versions}.`,
    "Wall times in seconds: median (least–most). CPU seconds are of engine, program and provider together.",
    "",
    ...sections.flatMap(([title, lines]) => [`### ${title}`, "", ...lines, ""]),
  ].join("\n");
}

/** Returns the provider's rows of some sections. */
function ofProvider(summaries: readonly Summary[], ...names: Summary["case"]["section"][]): Summary[] {
  return summaries.filter((each) => names.includes(each.case.section) && each.case.variant === "virsh");
}

/** Returns the floor's row for the same case. */
function floorOf(summaries: readonly Summary[], { case: { variant: _, ...mine } }: Summary) {
  return summaries.find(
    ({ case: { variant, ...other } }) =>
      variant === "floor" && JSON.stringify(other) === JSON.stringify(mine),
  );
}

/** Volumes that are overlays of one image, beside guests. */
function storage(summaries: readonly Summary[]): string[] {
  return table(
    ["overlays", "guests", "act", "seconds", "of the floor", "sessions"],
    ofProvider(summaries, "storage").map((each) => {
      const floor = floorOf(summaries, each);
      const { overlays, guestsPerHost, act } = each.case;
      return [
        String(overlays),
        String(guestsPerHost),
        act,
        printSpread(each.wallSeconds),
        floor ? printSpread(floor.wallSeconds) : "–",
        String(each.sessions),
      ];
    }),
  );
}

function oneHost(summaries: readonly Summary[]): string[] {
  const times = ["guests", "act", "floor", "provider", "ratio", "CPU floor", "CPU provider", "ratio"];
  const counts = [
    "host's CPU",
    "connections",
    "sessions",
    "turns",
    "KiB down",
    "MiB peak, floor",
    "MiB peak",
  ];
  return table(
    [...times, ...counts],
    ofProvider(summaries, "guests", "many").map((each) => {
      const floor = floorOf(summaries, each);
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
  );
}

function processes(summaries: readonly Summary[]): string[] {
  return table(
    ["guests", "act", "variant", "engine", "program", "provider"],
    summaries
      .filter(({ case: { section, act } }) => /guests|many/.test(section) && act.startsWith("preview, no"))
      .map((each) => [
        each.case.guestsPerHost,
        each.case.act,
        each.case.variant,
        printNumber(each.engineCpuSeconds),
        printNumber(each.programCpuSeconds),
        printNumber(each.providerCpuSeconds),
      ]),
  );
}

function delayed(summaries: readonly Summary[]): string[] {
  return table(
    ["guests", "round trip, ms", "floor", "provider", "CPU floor", "CPU provider"],
    ofProvider(summaries, "delay").map((each) => {
      const floor = floorOf(summaries, each);
      return [
        each.case.guestsPerHost,
        each.case.delayMs,
        printSpread(floor?.wallSeconds),
        printSpread(each.wallSeconds),
        printNumber(floor?.cpuSeconds.median),
        printNumber(each.cpuSeconds.median),
      ];
    }),
  );
}

function manyHosts(summaries: readonly Summary[]): string[] {
  const times = ["hosts", "guests", "round trip, ms", "with", "floor", "provider", "over the floor"];
  return table(
    [...times, "hosts' CPU", "connections", "sessions", "turns of one"],
    ofProvider(summaries, "hosts")
      .filter(({ case: { act } }) => act.startsWith("preview"))
      .map((each) => {
        const floor = floorOf(summaries, each);
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
  );
}

function engineOptions(summaries: readonly Summary[]): string[] {
  return table(
    ["option", "act", "wall", "CPU"],
    ofProvider(summaries, "options")
      .filter(({ case: { option } }) => option !== "")
      .map((each) => [
        each.case.option,
        each.case.act,
        printSpread(each.wallSeconds),
        printNumber(each.cpuSeconds.median),
      ]),
  );
}

function waysToRead(readPaths: readonly ReadPath[]): string[] {
  const times = ["way", "guests", "round trip, ms", "wall, ms", "round trips, by the least times"];
  return table(
    [...times, "host's CPU, ms", "KiB down"],
    readPaths.map((each) => [
      each.way,
      each.guests,
      each.delayMs,
      printSpread(each.wallMs, 0),
      roundTrips(each, readPaths),
      Math.round(each.hostCpuMs),
      Math.round(each.kiBDown),
    ]),
  );
}

function waysToBring(images: readonly ImagePath[]): string[] {
  const fastest = Math.min(
    ...images.filter(({ peakMiB }) => peakMiB === null).map(({ wallMs }) => wallMs.median),
  );
  return table(
    ["way", "MiB", "wall, ms", "to the fastest program", "most memory of the provider, MiB"],
    images.map((each) => [
      each.way,
      each.mib,
      printSpread(each.wallMs, 0),
      (each.wallMs.median / fastest).toFixed(2),
      each.peakMiB ?? "",
    ]),
  );
}

function steps(planCost: readonly PlanCost[]): string[] {
  return table(
    ["step", "ms per guest"],
    planCost.map((each) => [each.step, each.msPerGuest.toFixed(3)]),
  );
}

/** Divides the added time by the delay. Takes the lowest time of each, which other work disturbed least. */
function roundTrips(mine: ReadPath, all: readonly ReadPath[]): string {
  const near = all.find(({ way, delayMs }) => way === mine.way && delayMs === 0);
  if (mine.delayMs === 0 || !near) return "";
  return ((mine.wallMs.min - near.wallMs.min) / mine.delayMs).toFixed(1);
}

/** Compares native with dynamic resources: the whole process tree, and the provider's process alone. */
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
