import type { PlanRecord } from "../plan/recordTypes.ts";
import { recordFormat } from "../plan/recordTypes.ts";

/**
 * Reads a plan file. A last line that was cut off is an error like any other: half a plan must not pass for one.
 * @throws Error that names the line.
 */
export function readRecords(text: string): PlanRecord[] {
  return text.split("\n").flatMap((line, index) => {
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
    const { format, kind, host } = (value ?? {}) as Partial<PlanRecord>;
    if (format !== recordFormat)
      throw new Error(
        `${at} has the format ${JSON.stringify(format)}; this pulumi-virsh reads ${recordFormat}`,
      );
    if (typeof host !== "string" || !["host", "resource", "error"].includes(String(kind)))
      throw new Error(
        `${at} is no record of a plan: kind ${JSON.stringify(kind)}, host ${JSON.stringify(host)}`,
      );
    return [value as PlanRecord];
  });
}

/** One record per host and resource: of several runs into the same file the last one counts. */
export function latestRecords(records: readonly PlanRecord[]): PlanRecord[] {
  const keyOf = (record: PlanRecord) =>
    record.kind === "host"
      ? JSON.stringify([record.host])
      : JSON.stringify([record.host, record.domain, record.resource?.kind, record.resource?.key]);
  return [...new Map(records.map((record) => [keyOf(record), record])).values()];
}
