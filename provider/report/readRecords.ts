import { isObject } from "../model/values/shape.ts";
import type { PlanRecord, ResourceRecord } from "../plan/record/types.ts";
import { recordFormat } from "../plan/record/types.ts";
import { checkRecord } from "./recordShape.ts";

/**
 * Reads a plan file. A file without records is an error, not "no changes": there was no preview. A last line that was
 * cut off is an error too, since half a plan must not pass for a whole one.
 * @throws Error that names the line
 */
export function readRecords(text: string): PlanRecord[] {
  const records = text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    const at = `line ${index + 1}`;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw new Error(
        `${at} is not JSON; was the preview cut off while it wrote? Run it again into a new file`,
      );
    }
    const record = inNewestFormat(value);
    const { format } = (record ?? {}) as Partial<PlanRecord>;
    if (format !== recordFormat)
      throw new Error(
        `${at} has the format ${String(JSON.stringify(format)).slice(0, 40)}; this pulumi-virsh reads 1 to ${recordFormat}`,
      );
    const [failure] = checkRecord(record);
    if (failure !== undefined) throw new Error(`${at} is no record of a plan: ${failure}`);
    return [record as PlanRecord];
  });
  if (records.length === 0) throw new Error("no records: was the preview run with PULUMI_VIRSH_PLAN?");
  return records;
}

/** Converts format 1 of release 0.1.0, which had domains only and did not name the kind of object. */
function inNewestFormat(value: unknown): unknown {
  if (!isObject(value) || !("format" in value) || value.format !== 1) return value;
  const domain = "domain" in value ? value.domain : null;
  const object = typeof domain === "string" ? { kind: "domain", name: domain } : null;
  return { ...value, format: recordFormat, ...("domain" in value ? { object } : {}) };
}

/**
 * Keeps one record per host and resource: if several runs wrote to the file, the last one counts. Adds actions that
 * only the engine plans: removals and replacements.
 */
export function withPlanned(
  records: readonly PlanRecord[],
  planned: readonly ResourceRecord[],
): PlanRecord[] {
  const own = new Map(records.map((record) => [keyOf(record), record]));
  for (const plan of planned) {
    const record = own.get(keyOf(plan));
    if (isNumbered(plan, records)) continue;
    if (!record) own.set(keyOf(plan), plan);
    else if (record.kind === "resource" && plan.label === "replace")
      own.set(keyOf(plan), { ...record, label: "replace", changes: [...plan.changes, ...record.changes] });
  }
  return [...own.values()];
}

/** Whether a thread without an id in the program has a record under the id that the provider chose. */
function isNumbered({ host, domain, resource }: ResourceRecord, records: readonly PlanRecord[]): boolean {
  if (resource.kind !== "IoThread" || !resource.key?.startsWith("(")) return false;
  return records.some(
    (record) =>
      record.kind === "resource" &&
      record.host === host &&
      record.domain === domain &&
      record.resource.kind === resource.kind &&
      record.changes.some(({ kind }) => kind === "add"),
  );
}

function keyOf(record: PlanRecord): string {
  if (record.kind === "host") return JSON.stringify([record.host]);
  return JSON.stringify([record.host, record.domain, record.resource?.kind, record.resource?.key]);
}
