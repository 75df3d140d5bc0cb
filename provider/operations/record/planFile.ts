import { appendFileSync } from "node:fs";
import { HostError } from "../../errors.ts";
import { forRun } from "../../host/process/perRun.ts";
import { capabilitiesOf } from "../../host/read/capabilities.ts";
import type { Arguments } from "../../model/arguments/field.ts";
import type { Kind } from "../../model/arguments/kinds.ts";
import type { Measured } from "../../plan/activity/compare.ts";
import { domainNameOf } from "../../plan/arguments/declaration.ts";
import type { Lint } from "../../plan/checks/lint.ts";
import {
  errorRecord,
  hostRecord,
  newDomainRecord,
  planRecord,
  printRecord,
} from "../../plan/record/record.ts";
import type { PlanRecord, RecordedChange, RecordedStep, ResourceName } from "../../plan/record/types.ts";
import { treesOf } from "../../plan/situation/situation.ts";
import type { HostLook, Look, PlannedLook } from "../look.ts";
import { secretFinder } from "../previewLines.ts";
import { masked } from "../safeText.ts";

/**
 * The file that PULUMI_VIRSH_PLAN names; we append what we found and would do. `null` when no file is kept.
 */
export function planFile(): string | null {
  return process.env.PULUMI_VIRSH_PLAN || null;
}

const reasons: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "its folder does not exist"],
  ["ENOTDIR", "its folder is a file"],
  ["EISDIR", "it is a folder"],
  ["ENOSPC", "the disk is full"],
  ["EDQUOT", "the quota of the disk is used up"],
  ["EACCES", "this user may not write it"],
  ["EROFS", "the disk can only be read"],
]);

/**
 * Writes one line, with secrets hidden; nothing where no plan file is kept.
 * @throws HostError when the file can't be written, because an incomplete report would mislead
 */
export function append(record: PlanRecord): void {
  const file = planFile();
  if (file === null) return;
  try {
    appendFileSync(file, printRecord(maskedRecord(record)), { mode: 0o600 });
  } catch (cause) {
    const { code = "", message } = cause as NodeJS.ErrnoException;
    const why = reasons.get(code) ?? message;
    throw new HostError(`PULUMI_VIRSH_PLAN: can't write ${file} (${why}) for a plan`, record.host, {
      code: "settingUnusable",
      remedy:
        "name a file that can be written, or leave the variable out; what it holds by now is no whole plan",
      cause,
    });
  }
}

/**
 * Fields that are not masked. The names of hosts and domains are in every id anyway; all other text may quote
 * a secret.
 */
const naming: ReadonlySet<string> = new Set(["format", "kind", "host", "object", "domain", "label"]);

function maskedRecord<T>(value: T, name = ""): T {
  if (naming.has(name)) return value;
  if (typeof value === "string") return masked(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => maskedRecord(item)) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, maskedRecord(item, key)]);
  return Object.fromEntries(entries) as T;
}

const toldHosts = forRun(() => new Set<string>());

/** Records a host with all its guests, once per process. */
export async function recordHost({ connection, snapshot }: HostLook): Promise<void> {
  if (planFile() === null || toldHosts().has(connection.host)) return;
  toldHosts().add(connection.host);
  const capabilities = await capabilitiesOf(connection);
  append(
    hostRecord({
      host: connection.host,
      ...snapshot.host,
      capabilities,
      guests: [...snapshot.domains.values()].map((domain) => {
        const { live, inactive } = treesOf(domain);
        return { name: domain.name, isActive: live !== null, xml: live ?? inactive };
      }),
    }),
  );
}

/** Records why a resource could not be compared: its host did not answer, once per host, or its domain is busy. */
export function recordUnread(kind: Kind, args: Arguments, { host, code, message }: HostError): void {
  if (code === "domainBusy") {
    recordFailure(kind, args, host, message);
  } else if (planFile() !== null && !toldHosts().has(host)) {
    toldHosts().add(host);
    append(errorRecord({ host, object: null, domain: null, resource: null, isUnreachable: true, message }));
  }
}

/** Records why a resource's domain was not compared: it could not be read, or must not be touched. */
export function recordFailure(kind: Kind, args: Arguments, host: string, message: string): void {
  if (planFile() === null) return;
  const domain = domainNameOf(kind, args);
  const object = { kind: kind.object.name, name: domain };
  append(errorRecord({ host, object, domain, resource: nameOf(kind, args), isUnreachable: false, message }));
}

/** What we record of a resource besides its plan. */
export interface Findings {
  /** Reasons for which `up` would fail. */
  readonly obstacles: readonly string[];
  readonly lints: readonly Lint[];
  /** Arguments that were applied last. Omitted when none were. */
  readonly recorded?: Arguments;
  /** Names of arguments whose values must not be shown. Default: none. */
  readonly secrets?: ReadonlySet<string> | undefined;
  /** The resource's output `measured`. Omitted when there is none yet. */
  readonly measured?: unknown;
}

export function recordResource(
  look: Omit<PlannedLook, "domain" | "recorded" | "desired">,
  findings: Findings,
): void {
  if (planFile() === null) return;
  const { connection, kind, args, name: domain, situation, runState } = look;
  const { lints, obstacles } = findings;
  const plan = { ...look.plan, obstacles };
  const measured = findings.measured as Measured | null | undefined;
  const { host, virshUri } = connection;
  const changes = runState.map(
    ({ path, before, after, label }): RecordedChange => ({ kind: "change", path, before, after, label }),
  );
  const words = [
    ...(plan.restarts
      ? ([
          ["shutdown", "restart"],
          ["start", "restart"],
        ] as const)
      : []),
    ...runState.map(({ command, label }) => [command, label] as const),
  ];
  const steps = words.map(
    ([command, label]): RecordedStep => ({
      argv: ["virsh", "-c", virshUri, ...command.split(" "), domain],
      label,
    }),
  );
  const resource = nameOf(kind, args);
  const record = planRecord({
    object: kind.object,
    host,
    virshUri,
    domain,
    resource,
    situation,
    plan,
    lints,
    extra: { changes, steps },
    isSecret: secretFinder(kind, findings.recorded ?? {}, args, findings.secrets),
  });
  // A null in an output may come back as undefined.
  const rows = measured?.rows.map((row) => ({ ...row, ratio: row.ratio ?? null })) ?? [];
  append(measured ? { ...record, measured: { ...measured, rows } } : record);
}

/** Records a domain that is not on the host yet. */
export function recordNewDomain(look: Look, lints: readonly Lint[], obstacles: readonly string[]): void {
  const { kind, args, name: domain, declared: definition } = look;
  const { host, virshUri } = look.connection;
  const resource = nameOf(kind, args);
  const starts = args.running === true;
  append(
    newDomainRecord({
      object: kind.object,
      host,
      virshUri,
      domain,
      resource,
      lints,
      obstacles,
      definition,
      starts,
    }),
  );
}

function nameOf(kind: Kind, args: Arguments): ResourceName {
  return { kind: kind.name, key: kind.key === null ? null : String(args[kind.key]) };
}
