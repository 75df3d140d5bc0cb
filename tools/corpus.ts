import { parseArgs } from "node:util";
import { measureAdoption } from "./corpus/adopt.ts";
import {
  type Figure,
  measureFalseChanges,
  measureLaws,
  measureLoss,
  measureMutations,
} from "./corpus/measure.ts";
import { readPairs } from "./corpus/pairs.ts";
import { measureParsers } from "./corpus/parsers.ts";
import { askLibvirt } from "./corpus/real.ts";

/** Texts of libvirt's own tests, and texts that people wrote. */
const defaultFolders = "../shared/corpus/libvirt-11.3:../shared/corpus/people";

/** Measures the diff on pairs of what was declared and what libvirt printed. Exits 1 when a figure does not hold. */
const help = `Usage: npm run corpus -- [--json] [--every N] [--no-libvirt]

Measures the diff on pairs NAME.desired.xml and NAME.dumpxml.xml in the folders PULUMI_VIRSH_CORPUS, with a
colon between them (${defaultFolders} when that is not set).

  --every N     try every Nth mutation, 1 to try all (default 7; all take minutes)
  --no-libvirt  do not ask the local libvirt (qemu:///system)
  --json        print JSON
`;

function main(): number {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      every: { type: "string", default: "7" },
      "no-libvirt": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const every = Number(values.every);
  const folders = (process.env.PULUMI_VIRSH_CORPUS ?? defaultFolders).split(":");
  const empty = folders.find((folder) => (readPairs(folder)?.length ?? 0) === 0);
  const pairs = folders.flatMap((folder) => readPairs(folder) ?? []);
  if (empty !== undefined || !(every >= 1)) {
    process.stderr.write(
      every >= 1
        ? `No pairs in ${empty}: set PULUMI_VIRSH_CORPUS to folders that have some.\n`
        : "--every needs a number of at least 1.\n",
    );
    return 1;
  }
  const [named, surgical] = measureMutations(pairs, every);
  const figures: Figure[] = [
    measureFalseChanges(pairs),
    named,
    measureLoss(pairs),
    surgical,
    measureLaws(pairs),
    measureParsers(pairs),
  ];
  if (!values["no-libvirt"]) {
    const { accepted, edited, exceptions } = askLibvirt(pairs);
    const bad = new Set(exceptions.map((text) => text.split(":")[0])).size;
    const notes = [`${accepted} of ${pairs.length} pairs accepted, ${edited} of their edits`];
    const all = accepted + edited;
    figures.push({ name: "libvirt itself agrees", good: all - bad, all, wanted: 1, notes, exceptions });
    figures.push(measureAdoption(pairs));
  }
  const holds = ({ good, all, wanted }: Figure) => all > 0 && good >= wanted * all;
  if (values.json)
    process.stdout.write(`${JSON.stringify(figures.map((each) => ({ ...each, holds: holds(each) })))}\n`);
  else for (const [i, figure] of figures.entries()) print(figure, i + 1, holds(figure));
  return figures.every(holds) ? 0 : 1;
}

function print({ name, good, all, wanted, notes, exceptions }: Figure, number: number, holds: boolean): void {
  const share = `${good} of ${all} (${((100 * good) / all).toFixed(2)} %)`;
  process.stdout.write(
    `${number}. ${name}: ${share}, ${holds ? "holds" : `does not hold (${100 * wanted} %)`}\n`,
  );
  for (const text of notes) process.stdout.write(`   ${text}\n`);
  for (const text of exceptions) process.stdout.write(`   not exact: ${text}\n`);
}

process.exitCode = main();
