import { spawnSync } from "node:child_process";
import { domainSchema } from "../../provider/model/elements/domain/schema.ts";
import { parseDocument } from "../../provider/model/xml/parse.ts";
import { printDocument, printXml } from "../../provider/model/xml/print.ts";
import type { XmlElement } from "../../provider/model/xml/tree.ts";
import { diffTrees } from "../../provider/plan/diff.ts";
import { mergeTrees } from "../../provider/plan/merge/merge.ts";
import { judge } from "./exact.ts";
import { mutationsOf } from "./mutate.ts";
import type { Pair } from "./pairs.ts";

/** One of the six figures: how many of how many hold, the share that must hold, and the cases that don't. */
export interface Figure {
  readonly name: string;
  readonly good: number;
  readonly all: number;
  readonly wanted: number;
  readonly notes: readonly string[];
  readonly exceptions: readonly string[];
}

export function measureFalseChanges(pairs: readonly Pair[]): Figure {
  const exceptions: string[] = [];
  const notes: string[] = [];
  let good = 0;
  for (const { name, desired, actual, libvirtVersion } of pairs) {
    const { changes, dropped } = diffTrees(domainSchema, { recorded: null, desired, actual, libvirtVersion });
    if (changes.length === 0) good++;
    for (const { kind, path, before, after } of changes) {
      exceptions.push(`${name}: ${kind} ${path}: ${before} → ${after}`);
    }
    for (const { path, rule, reason } of dropped)
      notes.push(`${name}: dropped ${path} by ${rule}: ${reason}`);
  }
  return { name: "no false changes", good, all: pairs.length, wanted: 1, notes, exceptions };
}

/** Measures every mutation, or every Nth, with and without a record of the earlier declaration. */
export function measureMutations(pairs: readonly Pair[], every: number): readonly [Figure, Figure] {
  const missed: string[] = [];
  const open: string[] = [];
  let [all, exact, dropped, settled] = [0, 0, 0, 0];
  let seen = 0;
  for (const { name, desired, actual } of pairs) {
    const base = diffTrees(domainSchema, { recorded: null, desired, actual });
    for (const mutation of mutationsOf(desired)) {
      if (seen++ % every !== 0) continue;
      const records: (XmlElement | null)[] = mutation.kind === "removal" ? [desired] : [null, desired];
      for (const recorded of records) {
        const sides = { recorded, desired: mutation.desired, actual };
        const { tree, diff } = mergeTrees(domainSchema, sides);
        const verdict = judge(mutation, diff, base, { recorded, actual });
        const about = `${name}: ${mutation.kind} ${mutation.place}${mutation.value === null ? "" : ` = ${mutation.value}`}`;
        all++;
        if (verdict === "exact") exact++;
        else if (verdict === "dropped") dropped++;
        else
          missed.push(
            `${about}: ${diff.changes.map(({ kind, path }) => `${kind} ${path}`).join(", ") || "nothing"}`,
          );
        if (
          mergeTrees(domainSchema, { ...sides, actual: tree }).diff.changes.length === 0 &&
          isSurgical(tree, actual, diff.changes)
        ) {
          settled++;
        } else open.push(about);
      }
    }
  }
  const notes = [`${dropped} of them told as dropped: libvirt ignores what was declared there`];
  return [
    { name: "changes named exactly", good: exact + dropped, all, wanted: 0.999, notes, exceptions: missed },
    {
      name: "edits that touch only what they name and leave no change",
      good: settled,
      all,
      wanted: 1,
      notes: [],
      exceptions: open,
    },
  ];
}

/** Whether every top-level element without a change is unchanged byte for byte. */
function isSurgical(
  tree: XmlElement,
  actual: XmlElement,
  changes: readonly { readonly path: string }[],
): boolean {
  const touched = new Set(changes.map(({ path }) => path.split(/[/[]/)[0] ?? ""));
  if (touched.has("iothreadids") || touched.has("cputune")) {
    for (const name of ["iothreads", "iothreadids", "cputune"]) touched.add(name);
  }
  const rest = (domain: XmlElement) =>
    domain.children
      .filter((child) => child.kind === "element" && !touched.has(child.name))
      .map(printXml)
      .join("\n");
  return rest(tree) === rest(actual);
}

/** Compares with an independent tool, with all texts of one kind in one document. */
export function measureLoss(pairs: readonly Pair[]): Figure {
  const texts = pairs.flatMap(({ name, desiredText, actualText }) => [
    { name: `${name} as desired`, text: desiredText },
    { name: `${name} as dumped`, text: actualText },
  ]);
  const exceptions = texts.flatMap(({ name, text }) =>
    canonical(text) === canonical(printDocument(parseDocument(text))) ? [] : [name],
  );
  const good = texts.length - exceptions.length;
  return {
    name: "nothing lost by parsing and printing",
    good,
    all: texts.length,
    wanted: 1,
    notes: [],
    exceptions,
  };
}

function canonical(text: string): string {
  const { status, stdout, stderr } = spawnSync("xmllint", ["--c14n", "-"], { input: text, encoding: "utf8" });
  if (status !== 0) throw new Error(`xmllint --c14n: ${stderr}`);
  return stdout;
}

export function measureLaws(pairs: readonly Pair[]): Figure {
  const exceptions: string[] = [];
  for (const { name, desired, actual } of pairs) {
    const itself = mergeTrees(domainSchema, { recorded: actual, desired: actual, actual });
    if (itself.diff.changes.length > 0) exceptions.push(`${name}: diff(x, x) is not empty`);
    if (printXml(itself.tree) !== printXml(actual)) exceptions.push(`${name}: merge(x, x) is not x`);
    const bare: XmlElement = { ...actual, children: [] };
    const added = mergeTrees(domainSchema, { recorded: null, desired, actual: bare });
    const again = mergeTrees(domainSchema, { recorded: null, desired, actual: added.tree });
    if (again.diff.changes.length > 0) exceptions.push(`${name}: what was added is not there`);
    const removed = mergeTrees(domainSchema, { recorded: desired, desired: bare, actual: added.tree });
    const left = diffTrees(domainSchema, { recorded: desired, desired: bare, actual: removed.tree });
    if (left.changes.length > 0) exceptions.push(`${name}: what was added can't be removed`);
  }
  const good = pairs.length - new Set(exceptions.map((text) => text.split(":")[0])).size;
  return {
    name: "laws: diff(x, x), add and remove, merge twice",
    good,
    all: pairs.length,
    wanted: 1,
    notes: [],
    exceptions,
  };
}
