import { visibleLine } from "../../model/values/visible.ts";
import type { Comparison, ComparisonRow, Verdict } from "../../plan/activity/compare.ts";
import type { Profile } from "../../plan/activity/profile.ts";
import { printCount, printTable } from "./table.ts";
import type { Paint, Style } from "./top.ts";

const styles: Readonly<Record<Verdict, Style>> = {
  better: "note",
  worse: "warning",
  more: "quiet",
  less: "quiet",
  "within the noise": "quiet",
  "too few windows": "quiet",
};

/** Prints the output of `pulumi-virsh compare`: a line per figure with before, after and their ratio. */
export function printComparison(
  before: Profile,
  after: Profile,
  { rows, notes }: Comparison,
  paint: Paint,
): string[] {
  const head = (when: string, { domain, host, begun, seconds, windows }: Profile): string =>
    visibleLine(`${when}: ${domain} on ${host}, ${begun}, ${seconds.toFixed(0)} s in ${windows} windows`);
  const [titles = "", ...lines] = printTable<ComparisonRow>(
    [
      { title: "SUBJECT", value: ({ subject }) => subject },
      { title: "WHAT", value: ({ what }) => what },
      { title: "BEFORE", isNumber: true, value: (row) => printCount(row.before) },
      { title: "AFTER", isNumber: true, value: (row) => printCount(row.after) },
      {
        title: "RATIO",
        isNumber: true,
        value: ({ ratio }) => (ratio === null ? "-" : `×${ratio.toFixed(2)}`),
      },
      { title: "VERDICT", value: ({ verdict }) => verdict },
    ],
    rows,
  );
  return [
    paint("quiet", head("before", before)),
    paint("quiet", head("after ", after)),
    ...notes.map((note) => paint("warning", `note: ${visibleLine(note)}`)),
    paint("titles", titles),
    ...lines.map((line, index) => paint(styles[rows[index]?.verdict ?? "within the noise"], line)),
  ];
}
