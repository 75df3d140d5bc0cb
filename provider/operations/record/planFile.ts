import { appendFileSync } from "node:fs";
import { HostError } from "../../errors.ts";
import type { RunStateChange } from "../../host/apply/runState.ts";
import type { Connection } from "../../host/connection/connection.ts";
import { forRun } from "../../host/process/perRun.ts";
import { askCapabilities, parseCapabilities } from "../../host/read/capabilities.ts";
import type { HostSnapshot } from "../../host/read/read.ts";
import type { Arguments } from "../../model/arguments/field.ts";
import type { Kind } from "../../model/arguments/kinds.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { Measured } from "../../plan/activity/compare.ts";
import type { Lint } from "../../plan/checks/lint.ts";
import type { Plan } from "../../plan/plan.ts";
import {
  errorRecord,
  hostRecord,
  newDomainRecord,
  planRecord,
  printRecord,
} from "../../plan/record/record.ts";
import type { PlanRecord, RecordedChange, RecordedStep, ResourceName } from "../../plan/record/types.ts";
import type { Situation } from "../../plan/situation/situation.ts";
import { treesOf } from "../../plan/situation/situation.ts";
import { secretFinder } from "../previewLines.ts";
import { masked } from "../told.ts";

/** The file that PULUMI_VIRSH_PLAN names: what was found and would be done is appended to it. Null: none is kept. */
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

/** @throws HostError when the file can't be written: a report that lacks something would be worse. */
function append(record: PlanRecord): void {
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

/** Names of hosts and domains are in every id; all other text may quote a secret. */
const naming: ReadonlySet<string> = new Set(["format", "kind", "host", "domain", "label"]);

function maskedRecord<T>(value: T, name = ""): T {
  if (naming.has(name)) return value;
  if (typeof value === "string") return masked(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => maskedRecord(item)) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, maskedRecord(item, key)]);
  return Object.fromEntries(entries) as T;
}

const toldHosts = forRun(() => new Set<string>());

/** A host with all its guests, once per process. */
export async function recordHost(connection: Connection, snapshot: HostSnapshot): Promise<void> {
  if (planFile() === null || toldHosts().has(connection.host)) return;
  toldHosts().add(connection.host);
  const [result] = await connection.run([askCapabilities(connection)]);
  append(
    hostRecord({
      host: connection.host,
      ...snapshot.host,
      capabilities: result?.exitCode === 0 ? parseCapabilities(connection, result) : null,
      guests: [...snapshot.domains.values()].map((domain) => {
        const { live, inactive } = treesOf(domain);
        return { name: domain.name, isActive: live !== null, xml: live ?? inactive };
      }),
    }),
  );
}

export function recordUnreachable(connection: Connection, error: HostError): void {
  if (planFile() === null || toldHosts().has(connection.host)) return;
  toldHosts().add(connection.host);
  append(
    errorRecord({
      host: connection.host,
      domain: null,
      resource: null,
      isUnreachable: true,
      message: error.message,
    }),
  );
}

export interface Planned {
  readonly connection: Connection;
  readonly kind: Kind;
  readonly args: Arguments;
  readonly domain: string;
  readonly plan: Plan;
  readonly situation: Situation;
  readonly lints: readonly Lint[];
  readonly runState: readonly RunStateChange[];
  /** Arguments as they were applied last. Absent: none were. */
  readonly recorded?: Arguments;
  /** Names of arguments whose values are not to be shown. Absent: none. */
  readonly secrets?: ReadonlySet<string> | undefined;
  /** Output of the resource. Absent: it has none yet. */
  readonly measured?: unknown;
}

export function recordResource(planned: Planned): void {
  if (planFile() === null) return;
  const { connection, kind, args, domain, plan, situation, lints, runState } = planned;
  const measured = planned.measured as Measured | null | undefined;
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
    host,
    virshUri,
    domain,
    resource,
    situation,
    plan,
    lints,
    extra: { changes, steps },
    isSecret: secretFinder(kind, planned.recorded ?? {}, args, planned.secrets),
  });
  // What is null in an output may come back as absent.
  const rows = measured?.rows.map((row) => ({ ...row, ratio: row.ratio ?? null })) ?? [];
  append(measured ? { ...record, measured: { ...measured, rows } } : record);
}

/** A domain that is not there yet. */
export function recordNewDomain(
  connection: Connection,
  kind: Kind,
  args: Arguments,
  domain: string,
  definition: XmlElement,
  lints: readonly Lint[],
): void {
  const { host, virshUri } = connection;
  const resource = nameOf(kind, args);
  const starts = args.running === true;
  append(newDomainRecord({ host, virshUri, domain, resource, lints, definition, starts }));
}

function nameOf(kind: Kind, args: Arguments): ResourceName {
  return { kind: kind.name, key: kind.key === null ? null : String(args[kind.key]) };
}
