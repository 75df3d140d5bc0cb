import type { GuestCpus } from "../cpus/guestCpus.ts";
import { guestCpus } from "../cpus/guestCpus.ts";
import type { LintRow } from "./lintTable.ts";
import { lintRows } from "./lintTable.ts";
import type { LintDomain, LintedDomain, LintHost, LintId, LintLevel } from "./lintTypes.ts";

/** A finding, ready to be shown. */
export interface Lint {
  readonly id: LintId;
  readonly level: Exclude<LintLevel, "off">;
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
}

/** Levels that override the table's, by id: `{ L4: "off", L10: "warning" }`. */
export type LintLevels = Readonly<Partial<Record<LintId, LintLevel>>>;

/** Returns all findings of the table for a domain, at the chosen levels, errors first. */
export function lintDomain(
  domain: LintDomain,
  host: LintHost,
  levels: LintLevels = {},
  rows: readonly LintRow[] = lintRows,
): Lint[] {
  let own: GuestCpus | undefined;
  const looked: LintedDomain = {
    ...domain,
    get cpus() {
      own ??= guestCpus(domain.definition, domain.name, domain.live !== null);
      return own;
    },
  };
  const found = rows.flatMap((row): Lint[] => {
    const level = levels[row.id] ?? row.level;
    if (level === "off") return [];
    if (row.dependsOn && domain.undecided?.has(row.dependsOn)) return [];
    return row.find(looked, host).map((finding) => ({ id: row.id, level, ...finding, remedy: row.remedy }));
  });
  return found.toSorted(byLevel);
}

/** Errors first. */
export const byLevel = (a: Lint, b: Lint) => lintLevels.indexOf(b.level) - lintLevels.indexOf(a.level);

export const lintLevels: readonly LintLevel[] = ["off", "info", "warning", "error"];

/**
 * Parses the `virsh:lint` setting: JSON of ids and levels, such as `{"L4": "off", "L10": "warning"}`. Empty
 * text overrides nothing. `failures` names each unknown id and level.
 */
export function parseLintLevels(text: string): { readonly levels: LintLevels; readonly failures: string[] } {
  const said = `virsh:lint must be a JSON object of ids and levels, like {"L4": "off"}`;
  let value: unknown;
  try {
    value = text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    return { levels: {}, failures: [said] };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { levels: {}, failures: [said] };
  const ids = lintRows.map((row) => row.id);
  const failures = Object.entries(value).flatMap(([id, level]) => [
    ...(ids.includes(id as LintId)
      ? []
      : [`virsh:lint: there is no lint ${id}; known are ${ids.join(", ")}`]),
    ...(lintLevels.includes(level as LintLevel)
      ? []
      : [`virsh:lint: ${id} can't be ${JSON.stringify(level)}; levels are ${lintLevels.join(", ")}`]),
  ]);
  return { levels: failures.length === 0 ? (value as LintLevels) : {}, failures };
}
