import type { Lint } from "../plan/checks/lint.ts";
import { lintLevels } from "../plan/checks/lint.ts";
import type { GuestCpus } from "../plan/cpus/guestCpus.ts";
import { overlayCpus } from "../plan/cpus/guestCpus.ts";
import { readLedger } from "../plan/cpus/ledger.ts";
import type { Label } from "../plan/live/labels.ts";
import { dearestLabel, labelRows } from "../plan/live/labels.ts";
import type {
  ErrorRecord,
  HostRecord,
  ObjectName,
  PlanRecord,
  ResourceRecord,
} from "../plan/record/types.ts";
import type { Preview } from "./preview.ts";
import { withPlanned } from "./readRecords.ts";
import type { DomainReport, HostCpus, HostReport, Report, Totals } from "./report.ts";
import { diffLines } from "./xmlDiff.ts";

/** Makes a report from records in any order. Actions that only Pulumi plans come from `preview`. */
export function makeReport(records: readonly PlanRecord[], preview: Preview | null = null): Report {
  const latest = withPlanned(records, preview?.records ?? []);
  const hosts = [...new Set(latest.map((record) => record.host))].sort(compareText);
  const names = shortNames(hosts);
  const reports = hosts.map((host) =>
    hostReport(
      host,
      names.get(host) ?? host,
      latest.filter((record) => record.host === host),
    ),
  );
  const errors = preview?.errors ?? [];
  return {
    format: 1,
    totals: totalsOf(reports, latest, errors),
    operations: preview?.operations ?? null,
    errors,
    hosts: reports,
  };
}

function hostReport(host: string, name: string, records: readonly PlanRecord[]): HostReport {
  const read = records.find((record): record is HostRecord => record.kind === "host");
  const resources = records.filter((record) => record.kind === "resource");
  const failures = records.filter((record) => record.kind === "error");
  const unreachable = failures.filter((failure) => failure.isUnreachable);
  const whole = failures.filter((failure) => failure.isUnreachable || failure.domain === null);
  const own = failures.filter((failure) => !whole.includes(failure));
  const objects = new Map([...resources, ...own].map((record) => [titleOf(record.object), record.object]));
  const titles = [...objects.keys()].sort(compareText);
  return {
    host,
    name,
    isUnreachable: unreachable.length > 0,
    errors: [...new Set(whole.map(({ message }) => message))],
    unknownResources: failures.filter((failure) => failure.resource !== null).length,
    libvirtVersion: read?.libvirtVersion ?? 0,
    qemuVersion: read?.qemuVersion ?? 0,
    cpus: read ? hostCpus(read, resources) : null,
    domains: onceForTheHost(
      titles.map((title) =>
        domainReport(
          aboutOf(title, objects.get(title) ?? null),
          resources.filter((record) => titleOf(record.object) === title).sort(compareResources),
          own.filter((record) => titleOf(record.object) === title),
        ),
      ),
    ).filter(
      ({ changes, lints, obstacles, errors, measured }) =>
        changes.length + lints.length + obstacles.length + errors.length + measured.length > 0,
    ),
  };
}

/** Keeps findings about the whole host only at the first of its guests. */
function onceForTheHost(domains: readonly DomainReport[]): DomainReport[] {
  const told = new Set<string>();
  return domains.map((domain) => {
    const lints = domain.lints.filter(({ id, path }) => path !== "" || !told.has(id));
    for (const { id, path } of lints) if (path === "") told.add(id);
    return { ...domain, lints };
  });
}

/** Names of kinds of objects, for titles. */
const kindWords: Readonly<Record<ObjectName["kind"], string>> = {
  domain: "",
  network: "network ",
  storagePool: "storage pool ",
  volume: "volume ",
};

function titleOf(object: ObjectName | null): string {
  return object ? `${kindWords[object.kind]}${object.name}` : "";
}

function aboutOf(name: string, object: ObjectName | null): Pick<DomainReport, "name" | "kind"> {
  return !object || object.kind === "domain" ? { name } : { name, kind: object.kind };
}

function domainReport(
  about: Pick<DomainReport, "name" | "kind">,
  resources: readonly ResourceRecord[],
  failures: readonly ErrorRecord[],
): DomainReport {
  const changes = resources.flatMap(({ resource, changes }) =>
    changes.map((change) => ({ ...change, resource })),
  );
  const lints = new Map<string, Lint>();
  for (const lint of resources.flatMap((record) => record.lints))
    lints.set(JSON.stringify([lint.id, lint.path, lint.message]), lint);
  return {
    ...about,
    isRunning: resources.find((record) => record.isRunning !== null)?.isRunning ?? null,
    label: dearestLabel(changes.map(({ label }) => label)),
    changes,
    steps: resources.flatMap(({ steps }) => steps),
    obstacles: [...new Set(resources.flatMap(({ obstacles }) => obstacles))],
    errors: [...new Set(failures.map(({ message }) => message))],
    lints: [...lints.values()].toSorted(
      (a, b) =>
        lintLevels.indexOf(b.level) - lintLevels.indexOf(a.level) || compareText(a.message, b.message),
    ),
    measured: resources.flatMap(({ resource, measured }) => (measured ? [{ resource, ...measured }] : [])),
    diffs: resources.flatMap(({ resource, xml }) => {
      const lines = xml ? diffLines(xml.before, xml.after) : [];
      return lines.length > 0 ? [{ resource, lines }] : [];
    }),
  };
}

function hostCpus(read: HostRecord, resources: readonly ResourceRecord[]): HostCpus {
  const edits = new Map<string, { before: GuestCpus; after: GuestCpus }[]>();
  for (const { domain, cpus } of resources) if (cpus) edits.set(domain, [...(edits.get(domain) ?? []), cpus]);
  const names = new Set(read.guests.map(({ name }) => name));
  const after = [
    ...read.guests.map((guest) => overlayCpus(guest, edits.get(guest.name) ?? [])),
    ...[...edits].flatMap(([name, own]) =>
      names.has(name) || !own[0] ? [] : [overlayCpus(own[0].before, own)],
    ),
  ];
  const hasChanged = JSON.stringify(after) !== JSON.stringify(read.guests);
  return {
    topology: read.topology,
    guests: read.guests,
    guestsAfter: hasChanged ? after : null,
    ledger: readLedger(read.topology, after),
  };
}

function totalsOf(
  hosts: readonly HostReport[],
  records: readonly PlanRecord[],
  errors: readonly string[],
): Totals {
  const domains = hosts.flatMap((host) => host.domains);
  const guests = domains.filter(({ kind }) => kind === undefined);
  const changes = domains.flatMap((domain) => domain.changes);
  const count = (labels: readonly (Label | null)[]) =>
    Object.fromEntries(
      labelRows.flatMap(({ label }) => {
        const found = labels.filter((each) => each === label).length;
        return found > 0 ? [[label, found]] : [];
      }),
    );
  const lints = domains.flatMap((domain) => domain.lints);
  const atLevel = (level: Lint["level"]) => lints.filter((lint) => lint.level === level).length;
  return {
    hosts: hosts.length,
    unreachableHosts: hosts.filter((host) => host.isUnreachable).length,
    guests: guests.filter((guest) => guest.changes.length > 0).length,
    changes: changes.length,
    guestsByLabel: count(guests.map(({ label }) => label)),
    changesByLabel: count(changes.map(({ label }) => label)),
    unchangedResources: records.filter((record) => record.kind === "resource" && record.changes.length === 0)
      .length,
    errors:
      errors.length +
      hosts.filter((host) => !host.isUnreachable).reduce((sum, host) => sum + host.errors.length, 0) +
      domains.reduce((sum, domain) => sum + domain.errors.length + domain.obstacles.length, 0),
    lints: { error: atLevel("error"), warning: atLevel("warning"), info: atLevel("info") },
  };
}

/** Shortens hosts to their host names if these are unique. Two connections to one host keep their whole URIs. */
function shortNames(hosts: readonly string[]): Map<string, string> {
  const short = hosts.map((host) => /^[a-z+]+:\/\/(?:[^@/]*@)?([^/]+)\//.exec(host)?.[1] ?? host);
  return new Map(
    hosts.map((host, index) => {
      const name = short[index] ?? host;
      return [host, short.filter((each) => each === name).length > 1 ? host : name];
    }),
  );
}

/** Sorts hv2 before hv10, in the same order on every machine, whatever the locale. */
function compareText(a: string, b: string): number {
  const [x, y] = [a, b].map(
    (text) => `${text.replace(/\d+/g, (digits) => digits.padStart(12, "0"))} ${text}`,
  );
  return x === y ? 0 : String(x) < String(y) ? -1 : 1;
}

function compareResources(a: ResourceRecord, b: ResourceRecord): number {
  const key = ({ resource }: ResourceRecord) => resource.key ?? "";
  return compareText(a.resource.kind, b.resource.kind) || compareText(key(a), key(b));
}
