import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDomainXml } from "../provider/model/xml/parse.ts";
import { printXml } from "../provider/model/xml/print.ts";
import type { XmlElement } from "../provider/model/xml/tree.ts";
import { diffDomain } from "../provider/plan/diff.ts";
import { mergeDomain } from "../provider/plan/merge.ts";
import { acceptedByLibvirt } from "./corpus/libvirt.ts";
import { mutations, names } from "./corpus/mutate.ts";

/**
 * Measures the diff on pairs of libvirt's own test data: `NAME.desired.xml`, `NAME.dumpxml.xml`.
 * `--all` tries every mutation, not one of 23; `--misses` lists every mutation that is not named exactly; `--libvirt` asks the local daemon too.
 */
const folder = process.env.PULUMI_VIRSH_CORPUS ?? "../shared/corpus/libvirt-11.3";
if (!existsSync(folder)) {
  process.stderr.write(`No corpus at ${folder}: set PULUMI_VIRSH_CORPUS to a folder of pairs.\n`);
  process.exit(1);
}

interface Pair {
  readonly name: string;
  readonly texts: readonly string[];
  readonly desired: XmlElement;
  readonly actual: XmlElement;
}

// One mutation of every so many: all of them take minutes.
const every = process.argv.includes("--all") ? 1 : 23;
const suffix = ".desired.xml";
const pairs = readdirSync(folder)
  .filter((file) => file.endsWith(suffix))
  .map((file): Pair => {
    const name = file.slice(0, -suffix.length);
    const texts = [file, `${name}.dumpxml.xml`].map((each) => readFileSync(join(folder, each), "utf8"));
    const [desired = "", actual = ""] = texts;
    return { name, texts, desired: parseDomainXml(desired), actual: parseDomainXml(actual) };
  });
const say = (text: string) => process.stdout.write(`${text}\n`);
const share = (part: number, all: number) => `${part} of ${all} (${((100 * part) / all).toFixed(2)} %)`;

let empty = 0;
for (const { name, desired, actual } of pairs) {
  const { changes, dropped } = diffDomain({ recorded: null, desired, actual });
  if (changes.length === 0) empty++;
  for (const { kind, path } of changes) say(`  false: ${name} ${kind} ${path}`);
  for (const { path, rule } of dropped) say(`  dropped: ${name} ${path} by ${rule}`);
}
say(`1. no false changes: ${share(empty, pairs.length)}`);

const tally = new Map<string, { all: number; exact: number }>();
let surgical = 0;
let merges = 0;
for (const { name, desired, actual } of pairs) {
  for (const mutation of mutations(desired).filter((_, i) => i % every === 0)) {
    const sides = { recorded: mutation.recorded, desired: mutation.desired, actual };
    const { tree, diff } = mergeDomain(sides);
    const count = tally.get(mutation.kind) ?? { all: 0, exact: 0 };
    tally.set(mutation.kind, count);
    count.all++;
    if (names(diff.changes, mutation)) count.exact++;
    else if (process.argv.includes("--misses")) {
      say(`  missed: ${name} ${mutation.kind} ${mutation.path}: ${diff.changes.map((c) => c.path)}`);
    }
    merges++;
    if (mergeDomain({ ...sides, actual: tree }).diff.changes.length === 0) surgical++;
  }
}
const counts = [...tally.values()];
const sum = (of: "all" | "exact") => counts.reduce((total, count) => total + count[of], 0);
const kinds = [...tally].map(([kind, { all, exact }]) => `${kind} ${exact}/${all}`).join(", ");
say(`2. mutations named exactly: ${share(sum("exact"), sum("all"))}: ${kinds}`);

const canonical = (text: string) =>
  execFileSync("xmllint", ["--c14n", "-"], { input: text, encoding: "utf8" });
let lossless = 0;
for (const { texts } of pairs) {
  // Comments outside the root belong to the file, not to the domain.
  const roots = texts.map((text) =>
    text.slice(text.search(/<domain[\s>]/), text.lastIndexOf("</domain>") + 9),
  );
  if (roots.every((text) => canonical(text) === canonical(printXml(parseDomainXml(text))))) lossless++;
}
say(`3. nothing lost: ${share(lossless, pairs.length)}`);
say(`4. edits that leave no difference: ${share(surgical, merges)}`);

let lawful = 0;
for (const { actual } of pairs) {
  const itself = mergeDomain({ recorded: actual, desired: actual, actual });
  if (itself.diff.changes.length === 0 && printXml(itself.tree) === printXml(actual)) lawful++;
}
say(`5. diff(x, x) empty, x untouched: ${share(lawful, pairs.length)}`);
if (process.argv.includes("--libvirt")) {
  const { accepted, empty: agreed } = acceptedByLibvirt(
    pairs.map(({ texts }) => texts[0] ?? ""),
    say,
  );
  say(`6. the local libvirt accepts ${accepted}; after define and dump no change in ${agreed}`);
} else say("6. not asked; --libvirt defines every pair on the local daemon");
