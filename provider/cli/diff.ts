import { readFileSync } from "node:fs";
import type { Command } from "commander";
import type { LibvirtObject } from "../model/objects.ts";
import { objects } from "../model/objects.ts";
import { bounded } from "../model/values/visible.ts";
import { parseXml } from "../model/xml/parse.ts";
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
  pulumi-virsh diff --desired net.xml --actual <(virsh net-dumpxml default)
  pulumi-virsh diff --desired new.xml --recorded old.xml --actual dump.xml --json
  pulumi-virsh diff --batch pairs.tsv
`;

/** Adds `pulumi-virsh diff`, which needs no host. Exits 0 without changes, 2 with changes, 1 on an error. */
export function addDiff(program: Command): void {
  program
    .command("diff")
    .description("what would change to make a domain or a network as declared, from XML files alone")
    .option("--desired <file>", "the domain or network as declared, whole or in part")
    .option("--actual <file>", "the same as `virsh dumpxml` or `virsh net-dumpxml` prints it")
    .option("--inactive <file>", "its definition, as --inactive prints it; what it lacks counts too")
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
  // Read each file only once: it may be a pipe.
  const desired = readXml(options.desired);
  const recorded = options.recorded === undefined ? null : readXml(options.recorded);
  const diff = diffFiles(desired, readXml(options.actual), recorded);
  const inactive =
    options.inactive === undefined ? null : diffFiles(desired, readXml(options.inactive), recorded);
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
      const recorded = before === "" ? null : readXml(before);
      const diff = diffFiles(readXml(desired), readXml(actual), recorded);
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

/** A parsed file. */
interface Read {
  readonly file: string;
  readonly tree: XmlElement;
}

/** Compares files by the schema of the declared kind of object. The other files must be of the same kind. */
function diffFiles(desired: Read, actual: Read, recorded: Read | null): TreeDiff {
  const object = objectOf(desired, Object.values(objects));
  for (const each of recorded ? [recorded, actual] : [actual]) objectOf(each, [object]);
  const sides = { desired: desired.tree, recorded: recorded?.tree ?? null, actual: actual.tree };
  return diffTrees(object.schema, sides);
}

/** Finds a file's kind of object by its root element. */
function objectOf({ file, tree: { name } }: Read, allowed: readonly LibvirtObject[]): LibvirtObject {
  const object = allowed.find(({ root }) => root === name);
  if (object) return object;
  const roots = allowed.map(({ root }) => `<${root}>`).join(" or ");
  throw new Error(`${file}: has the root <${bounded(name)}>; it must be ${roots}`);
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

function readXml(file: string): Read {
  const text = readText(file);
  try {
    return { file, tree: parseXml(text) };
  } catch (cause) {
    throw new Error(`${file}: ${messageOf(cause)}`, { cause });
  }
}
