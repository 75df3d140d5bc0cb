import { counted } from "../../model/values/counted.ts";
import type { Label } from "../../plan/live/labels.ts";
import { compareLabels, labelRows } from "../../plan/live/labels.ts";
import type { Report } from "../report.ts";
import type { Block } from "./markdownBlocks.ts";
import { blocksOf } from "./markdownBlocks.ts";
import { attentionLines, lintLines, measurementLines } from "./markdownParts.ts";
import { folded, sizeBytes } from "./markdownText.ts";

/** GitHub's limit for a comment, in characters. We count UTF-8 bytes, which are never fewer. */
export const commentLimit = 65_536;
/** Lines of a list that are shown without folding. */
const shownAtOnce = 12;
const reserves = { footer: 2_000, attention: 20_000, lints: 12_000, notes: 4_000, measured: 6_000 };

/**
 * First line of a comment, by which a bot finds the comment to update. `name` distinguishes several reports in one
 * place.
 */
function markerOf(name = ""): string {
  const safe = name.replace(/[^\w./ -]/g, "_");
  return `<!-- pulumi-virsh report${safe === "" ? "" : `: ${safe}`} -->`;
}

/**
 * Prints a comment for a pull request, always below `commentLimit`. The most expensive changes are kept in words
 * first, then diffs while there is room. The end of the comment counts what is left out.
 */
export function printMarkdown(report: Report, name = ""): string {
  const head = [
    markerOf(name),
    `## ${headline(report)}`,
    "",
    totalsLine(report),
    "",
    section("Look at this first", attentionLines(report), reserves.attention),
    section("Warnings", lintLines(report, ["error", "warning"]), reserves.lints),
    notes(report),
    measurements(report),
  ]
    .filter((part, index) => part !== "" || index === 2 || index === 4)
    .join("\n");
  const blocks = blocksOf(report);
  const { shown, unfolded } = choose(blocks, commentLimit - 1 - reserves.footer - sizeBytes(head));
  return `${head}\n${body(blocks, shown, unfolded)}${footer(blocks, shown, unfolded)}`;
}

function headline({ totals, hosts }: Report): string {
  if (totals.changes === 0) return "No changes";
  const touched = hosts.filter((host) => host.domains.some(({ changes }) => changes.length > 0)).length;
  const verb = totals.guests === 1 ? "changes" : "change";
  return `${counted(totals.guests, "guest")} ${verb} on ${touched} of ${counted(totals.hosts, "host")}`;
}

function totalsLine({ totals, operations }: Report): string {
  const guests = byLabel(totals.guestsByLabel);
  const told = [
    guests === ""
      ? "no guest changes"
      : `${guests} (guests, by their dearest of ${counted(totals.changes, "change")})`,
    ...(totals.errors > 0 ? [`**${counted(totals.errors, "error")}**`] : []),
    ...(totals.unreachableHosts > 0 ? [`**${counted(totals.unreachableHosts, "host")} unreachable**`] : []),
    ...(operations
      ? [
          `Pulumi: ${
            Object.entries(operations)
              .map(([op, count]) => `${count} ${op}`)
              .join(", ") || "nothing"
          }`,
        ]
      : []),
  ];
  return told.join(" · ");
}

function byLabel(counts: Readonly<Partial<Record<Label, number>>>): string {
  return labelRows
    .flatMap(({ label }) => (counts[label] ? [`**${counts[label]} ${label}**`] : []))
    .join(" · ");
}

function section(title: string, lines: readonly string[], limitBytes: number): string {
  if (lines.length === 0) return "";
  const { taken, left } = take(lines, limitBytes);
  const more = left > 0 ? [`- and ${left} more`] : [];
  const rest = [...taken.slice(shownAtOnce), ...more];
  const fold =
    rest.length > 0
      ? `\n${folded(`and ${lines.length - Math.min(taken.length, shownAtOnce)} more`, `${rest.join("\n")}\n`)}`
      : "";
  return `### ${title}\n\n${taken.slice(0, shownAtOnce).join("\n")}\n${fold}`;
}

function notes(report: Report): string {
  const { taken, left } = take(lintLines(report, ["info"]), reserves.notes);
  if (taken.length + left === 0) return "";
  const more = left > 0 ? [`- and ${left} more`] : [];
  return folded(`Notes (${report.totals.lints.info})`, `${[...taken, ...more].join("\n")}\n`);
}

function measurements(report: Report): string {
  const lines = measurementLines(report);
  const { taken, left } = take(lines, reserves.measured);
  if (lines.length === 0) return "";
  const more = left > 0 ? [`- and ${left} more`] : [];
  return folded(`Measured at the last update (${lines.length})`, `${[...taken, ...more].join("\n")}\n`);
}

function take(lines: readonly string[], limitBytes: number): { taken: string[]; left: number } {
  const taken: string[] = [];
  let size = 0;
  for (const line of lines) {
    size += sizeBytes(line) + 1;
    if (size > limitBytes) break;
    taken.push(line);
  }
  return { taken, left: lines.length - taken.length };
}

/** Chooses the guests to describe in words, and which of these lose their fold to stay within the limit. */
function choose(blocks: readonly Block[], limitBytes: number): { shown: Set<Block>; unfolded: Set<Block> } {
  const dearest = blocks.toSorted((a, b) => (a.label && b.label ? compareLabels(a.label, b.label) : 0));
  const [shown, unfolded, headings] = [new Set<Block>(), new Set<Block>(), new Set<string>()];
  let left = limitBytes;
  for (const block of dearest) {
    const heading = headings.has(block.heading) ? 0 : sizeBytes(block.heading);
    const size = sizeBytes(block.words) + heading + 1;
    if (size > left) continue;
    left -= size;
    headings.add(block.heading);
    shown.add(block);
  }
  for (const block of dearest) {
    const size = sizeBytes(block.fold) + 1;
    if (!shown.has(block) || block.fold === "") continue;
    if (size > left) unfolded.add(block);
    else left -= size;
  }
  return { shown, unfolded };
}

function body(blocks: readonly Block[], shown: ReadonlySet<Block>, unfolded: ReadonlySet<Block>): string {
  let last = "";
  let text = "";
  for (const block of blocks.filter((each) => shown.has(each))) {
    if (block.heading !== last) text += block.heading;
    last = block.heading;
    text += `${block.words}\n${block.fold === "" || unfolded.has(block) ? "" : `${block.fold}\n`}`;
  }
  return text;
}

function footer(blocks: readonly Block[], shown: ReadonlySet<Block>, unfolded: ReadonlySet<Block>): string {
  const left = blocks.filter((block) => !shown.has(block));
  const sum = (some: Iterable<Block>, of: "guests" | "changes") =>
    [...some].reduce((total, block) => total + block[of], 0);
  const labels = labelRows.flatMap(({ label }) => {
    const own = left.filter((block) => block.label === label);
    return own.length > 0 ? [`${sum(own, "guests")} ${label}`] : [];
  });
  const told = [
    ...(left.length > 0
      ? [
          `${counted(sum(left, "guests"), "guest")} with ${counted(sum(left, "changes"), "change")} (${labels.join(", ")})`,
        ]
      : []),
    ...(unfolded.size > 0 ? [`the XML diffs of ${counted(sum(unfolded, "guests"), "guest")}`] : []),
  ];
  const leftOut =
    told.length > 0 ? `\n**Left out for size:** ${told.join("; ")}. The HTML report has them.\n` : "";
  const used = labelRows.filter(({ label }) => blocks.some(({ labels: own }) => own.has(label)));
  const legend = used.map(({ label, meaning }) => `- **${label}**: ${meaning}`).join("\n");
  return `${leftOut}${used.length > 0 ? `\n${folded("What the labels mean", `${legend}\n`)}` : ""}`;
}
