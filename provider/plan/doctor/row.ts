import type { DoctorFacts } from "./facts.ts";

export type Verdict = "ok" | "note" | "problem";

export interface Finding {
  readonly verdict: Verdict;
  readonly found: string;
  readonly remedy?: string;
}

export interface DoctorRow {
  readonly id: string;
  readonly what: string;
  /** Returns the findings; empty when the facts are unknown. */
  readonly find: (facts: DoctorFacts) => readonly Finding[];
}

/** Makes a row that reports on one fact, if it is known. */
export const about =
  <K extends keyof DoctorFacts>(
    key: K,
    find: (value: NonNullable<DoctorFacts[K]>, facts: DoctorFacts) => Finding,
  ) =>
  (facts: DoctorFacts): readonly Finding[] => {
    const value = facts[key];
    return value === null ? [] : [find(value, facts)];
  };
