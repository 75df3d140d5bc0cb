import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { domainSchema } from "../model/elements/domain/schema.ts";
import { parseDomainXml } from "../model/xml/parse.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import { diffTrees } from "../plan/diff.ts";
import type { Change, TreeDiff } from "../plan/merge/change.ts";
import { complain, say, sayJson } from "./say.ts";

interface DiffOptions {
  readonly desired?: string;
  readonly actual?: string;
  readonly inactive?: string;
  readonly recorded?: string;
  readonly batch?: string;
  readonly json?: boolean;
}

const help = `
Paths name elements as libvirt does, with what tells them apart in brackets:
  devices/disk[vdb]/driver/@iothread   an attribute
  memory                               the text of an element
  cputune/iothreadpin[1]               a whole element
In JSON, before is null for what is added, after for what is removed.
What libvirt accepts and then ignores is no change; it is told as dropped, with the reason.

Exit status: 0 without changes, 2 with some, 1 on an error (also when a line of a batch is one).

Examples:
  pulumi-virsh diff --desired web.xml --actual <(virsh dumpxml web)
  pulumi-virsh diff --desired new.xml --recorded old.xml --actual dump.xml --json
  pulumi-virsh diff --batch pairs.tsv
`;

/** `pulumi-virsh diff`: two files, no host. Exits 0 without changes, 2 with some, 1 on an error. */
export function addDiff(program: Command): void {
  program
    .command("diff")
    .description("what would change to make a domain as declared, from XML files alone")
    .option("--desired <file>", "the domain as declared, whole or in part")
    .option("--actual <file>", "the domain as `virsh dumpxml` prints it")
    .option("--inactive <file>", "its `virsh dumpxml --inactive`; what it lacks counts too")
    .option("--recorded <file>", "what was declared the last time; what is gone from it is removed")
    .option(
      "--batch <file>",
      "one pair of files per line: desired, tab, actual (tab, recorded); prints one line of JSON each",
    )
    .option("--json", "print JSON")
    .addHelpText("after", help)
    .action((options: DiffOptions) => {
      try {
        process.exitCode = options.batch === undefined ? diffOne(options) : diffBatch(options.batch, options);
      } catch (cause) {
        complain(cause, "error: ");
        process.exitCode = 1;
      }
    });
}

function diffOne(options: DiffOptions): number {
  if (options.desired === undefined || options.actual === undefined) {
    throw new Error("diff needs --desired and --actual, or --batch; --help tells more");
  }
  const desired = readDomain(options.desired);
  const recorded = options.recorded === undefined ? null : readDomain(options.recorded);
  const diff = diffTrees(domainSchema, { desired, recorded, actual: readDomain(options.actual) });
  const inactive =
    options.inactive === undefined
      ? null
      : diffTrees(domainSchema, { desired, recorded, actual: readDomain(options.inactive) });
  if (options.json) {
    const report = inactive ? { ...told(diff), inactive: told(inactive) } : told(diff);
    sayJson(report);
  } else say(`${lines(diff, "")}${inactive ? lines(inactive, "inactive: ") : ""}`);
  return diff.changes.length + (inactive?.changes.length ?? 0) === 0 ? 0 : 2;
}

function diffBatch(file: string, options: DiffOptions): number {
  if (options.desired ?? options.actual ?? options.inactive ?? options.recorded) {
    throw new Error("--batch takes its files from its lines; leave the other files away");
  }
  let [code, number] = [0, 0];
  for (const row of readText(file).split("\n")) {
    number++;
    if (row.trim() === "") continue;
    const [desired = "", actual = "", before = "", ...more] = row.replace(/\r$/, "").split("\t");
    let report: object;
    try {
      if (actual === "" || more.length > 0) {
        throw new Error(`${file}, line ${number}: wants two files, or three, with tabs between them`);
      }
      const recorded = before === "" ? null : readDomain(before);
      const diff = diffTrees(domainSchema, {
        recorded,
        desired: readDomain(desired),
        actual: readDomain(actual),
      });
      report = told(diff);
      if (diff.changes.length > 0 && code === 0) code = 2;
    } catch (cause) {
      report = { error: messageOf(cause) };
      code = 1;
    }
    sayJson({ desired, actual, ...report });
  }
  return code;
}

function told(diff: TreeDiff): object {
  const changes = diff.changes.map(({ path, before, after }) => ({ path, before, after }));
  return { changes, dropped: diff.dropped };
}

function lines(diff: TreeDiff, prefix: string): string {
  const changes = diff.changes.map((change) => `${prefix}${lineOf(change)}\n`);
  const dropped = diff.dropped.map(
    ({ path, value, reason }) => `${prefix}dropped ${path}: ${value} (${reason})\n`,
  );
  return [...changes, ...dropped].join("");
}

function lineOf({ kind, path, before, after }: Change): string {
  return `${kind} ${path}: ${before ?? "(none)"} → ${after ?? "(none)"}`;
}

const messageOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause));

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new Error(`${file}: cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}

function readDomain(file: string): XmlElement {
  const text = readText(file);
  try {
    return parseDomainXml(text);
  } catch (cause) {
    throw new Error(`${file}: ${messageOf(cause)}`, { cause });
  }
}
