import { printCpuset } from "../../model/values/cpuset.ts";
import { visibleLine } from "../../model/values/visible.ts";
import type {
  Activity,
  DiskActivity,
  DomainActivity,
  Finding,
  ThreadActivity,
} from "../../plan/activity/activity.ts";
import { printThread, requestsPerSecond } from "../../plan/activity/activity.ts";
import { type Column, printCount, printTable } from "./table.ts";

export type Style = "domain" | "titles" | "warning" | "note" | "quiet";
/** Adds a style to text, or returns it unchanged. */
export type Paint = (style: Style, text: string) => string;

const threadColumns: readonly Column<ThreadActivity>[] = [
  { title: "THREAD", value: printThread },
  { title: "TID", isNumber: true, value: ({ threadId }) => (threadId === null ? "" : String(threadId)) },
  { title: "CPU %", isNumber: true, value: ({ cpuPercent }) => cpuPercent.toFixed(1) },
  { title: "WAIT %", isNumber: true, value: ({ waitPercent }) => waitPercent.toFixed(1) },
  { title: "WAKE/s", isNumber: true, value: ({ wakeupsPerSecond }) => printCount(wakeupsPerSecond) },
  { title: "CPUS", value: ({ cpusAllowed }) => printCpuset(cpusAllowed) },
  { title: "POLL ns", isNumber: true, value: ({ polling }) => (polling ? String(polling.maxNs) : "") },
  { title: "SERVES", value: ({ serves }) => serves.join(" ") },
];

const diskColumns: readonly Column<DiskActivity>[] = [
  { title: "DISK", value: ({ target }) => target },
  { title: "IO/s", isNumber: true, value: (disk) => printCount(requestsPerSecond(disk)) },
  { title: "READ/s", isNumber: true, value: ({ readsPerSecond }) => printCount(readsPerSecond) },
  { title: "WRITE/s", isNumber: true, value: ({ writesPerSecond }) => printCount(writesPerSecond) },
  { title: "MiB/s", isNumber: true, value: ({ bytesPerSecond }) => printCount(bytesPerSecond / 2 ** 20) },
  { title: "MEAN µs", isNumber: true, value: ({ meanUs }) => (meanUs === null ? "-" : printCount(meanUs)) },
  { title: "IN FLIGHT", isNumber: true, value: ({ inFlight }) => inFlight.toFixed(2) },
  { title: "SERVED BY", value: printServer },
];

/** Prints which threads serve a disk: `main loop`, `IO thread 1`, `IO threads 1 2`. */
export function printServer({ ioThreads }: Pick<DiskActivity, "ioThreads">): string {
  if (ioThreads.length === 0) return "main loop";
  return `IO thread${ioThreads.length > 1 ? "s" : ""} ${ioThreads.join(" ")}`;
}

/** Prints the view of `pulumi-virsh top`. Domains with findings come first, then the busiest. */
export function printActivity(activity: Activity, paint: Paint): string[] {
  const { domains, missing, seconds } = activity;
  const warnings = domains.reduce((sum, { findings }) => sum + findings.filter(isWarning).length, 0);
  const head = `${domains.length} running ${domains.length === 1 ? "domain" : "domains"}, ${warnings} ${warnings === 1 ? "warning" : "warnings"}, over ${seconds.toFixed(1)} s`;
  const ranked = [...domains].sort((a, b) => rank(b) - rank(a));
  return [
    paint("quiet", head),
    ...missing.map((text) => paint("warning", `missing: ${visibleLine(text)}`)),
    ...ranked.flatMap((domain) => ["", ...printDomain(domain, paint)]),
  ];
}

function isWarning({ level }: Finding): boolean {
  return level === "warning";
}

function rank({ findings, disks, threads }: DomainActivity): number {
  const work = disks.reduce((sum, disk) => sum + requestsPerSecond(disk), 0);
  const cpu = threads.reduce((sum, thread) => sum + thread.cpuPercent, 0);
  return findings.filter(isWarning).length * 1e9 + work + cpu;
}

function printDomain({ name, threads, disks, findings }: DomainActivity, paint: Paint): string[] {
  const tables = [
    threads.length === 0 ? [] : printTable(threadColumns, threads),
    disks.length === 0 ? [] : printTable(diskColumns, disks),
  ];
  const lines = tables.flatMap(([titles, ...rows]) =>
    titles === undefined ? [] : [paint("titles", `  ${titles}`), ...rows.map((row) => `  ${row}`)],
  );
  return [
    paint("domain", visibleLine(name)),
    ...lines,
    ...findings.map((finding) => printFinding(finding, paint)),
  ];
}

export function printFinding({ level, text, remedy }: Finding, paint: Paint): string {
  const line = remedy === "" ? text : `${text}; ${remedy}`;
  return paint(level, `  ${level === "warning" ? "!" : "·"} ${visibleLine(line)}`);
}
