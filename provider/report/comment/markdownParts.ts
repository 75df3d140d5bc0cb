import { counted } from "../../model/values/counted.ts";
import type { Lint } from "../../plan/checks/lint.ts";
import { lintRows } from "../../plan/checks/lintTable.ts";
import type { LintId } from "../../plan/checks/lintTypes.ts";
import { wordsOf } from "../../plan/record/words.ts";
import { attentionOf, domainsOf } from "../attention.ts";
import { measuredLines, measuredTitle } from "../measured.ts";
import type { DomainReport, Report, ReportedChange } from "../report.ts";
import { clipped, commandText } from "../words.ts";
import { codeBlock, codeText, folded } from "./markdownText.ts";

/** Most items shown of one guest. The rest is counted. */
const limits = { changes: 40, diffLines: 150, commands: 30, commandCharacters: 1000 };

const name = (text: string) => codeText(clipped(text, 80));
const value = (text: string) => codeText(clipped(text, 120));

/** Problems that the reader must see first, as list items. */
export function attentionLines(report: Report): string[] {
  return attentionOf(report).map(({ kind, where, unknownResources, message }) => {
    const unknown = unknownResources > 0 ? ` (${counted(unknownResources, "resource")} not looked at)` : "";
    return `- **${kind}** ${where.map(name).join(" ")}${unknown}${where.length > 0 ? ": " : ""}${said(message)}`;
  });
}

/** Findings of these levels, grouped by lint, with the first few of each. */
export function lintLines(report: Report, levels: readonly Lint["level"][]): string[] {
  const found = domainsOf(report).flatMap(([host, domain]) =>
    domain.lints.filter((lint) => levels.includes(lint.level)).map((lint) => ({ host, domain, lint })),
  );
  return lintRows.flatMap((row) => {
    const own = found.filter(({ lint }) => lint.id === row.id);
    if (own.length === 0) return [];
    const shown = own.slice(0, 5).map(({ host, domain, lint }) => {
      return `  - ${name(host.name)} ${name(domain.name)}: ${said(lint.message)}`;
    });
    const more = own.length > shown.length ? [`  - and ${own.length - shown.length} more`] : [];
    return [
      [
        `- ${lintTitle(row.id, own[0]?.lint.level ?? row.level)} (${own.length}) — ${row.remedy}`,
        ...shown,
        ...more,
      ].join("\n"),
    ];
  });
}

function lintTitle(id: LintId, level: Lint["level"]): string {
  return `**${level}** ${id} ${lintRows.find((row) => row.id === id)?.title ?? ""}`;
}

/** Effects of the last updates, as list items. */
export function measurementLines(report: Report): string[] {
  return domainsOf(report).flatMap(([host, domain]) =>
    domain.measured.map((measured) =>
      [
        `- ${name(host.name)} ${name(domain.name)}: ${said(measuredTitle(measured))}`,
        ...measuredLines(measured).map((line) => `  - ${said(line)}`),
      ].join("\n"),
    ),
  );
}

/** Title of a guest or a group of guests, with the cost of the changes. */
export function domainTitle(who: string, domain: DomainReport): string {
  return `**${who}** · ${domain.label ?? "unchanged"}${domain.isRunning === false ? " · not running" : ""}${domain.obstacles.length > 0 ? " · **not possible**, see above" : ""}`;
}

/** A guest's changes in words, as list items. */
export function domainWords(domain: DomainReport): string {
  const lines = domain.changes.slice(0, limits.changes).map(changeLine);
  const left = domain.changes.length - lines.length;
  if (left > 0) lines.push(`- and ${counted(left, "more change")}`);
  return lines.join("\n");
}

/** A folded section with a guest's diff and commands; empty when there are none. */
export function domainFold(domain: DomainReport, whose = ""): string {
  const lines = domain.diffs.flatMap(({ resource, lines: own }) => [
    ...(domain.diffs.length > 1 ? [`# ${[resource.kind, resource.key].filter(Boolean).join(" ")}`] : []),
    ...own,
  ]);
  const shown = lines.slice(0, limits.diffLines);
  if (lines.length > shown.length) shown.push(`# ${lines.length - shown.length} more lines`);
  const commands = domain.steps
    .slice(0, limits.commands)
    .map((step) => clipped(commandText(step), limits.commandCharacters));
  if (domain.steps.length > commands.length) commands.push(`# ${domain.steps.length - commands.length} more`);
  const parts = [
    ...(shown.length > 0 ? [codeBlock("diff", shown)] : []),
    ...(commands.length > 0
      ? [
          codeBlock(
            "sh",
            commands.flatMap((text) => text.split("\n")),
          ),
        ]
      : []),
  ];
  const title = shown.length > 0 ? "XML diff and commands" : "commands";
  return parts.length > 0 ? folded(`${title}${whose}`, parts.join("\n")) : "";
}

function changeLine(change: ReportedChange): string {
  const { verb, subject, before, after } = wordsOf(change);
  const [from, to] = [before === null ? null : value(before), after === null ? null : value(after)];
  const what = codeIfPath(clipped(subject, 120));
  const text =
    verb === "change"
      ? `${what}: ${from ?? "none"} → ${to ?? "none"}`
      : `${verb} ${what}${(to ?? from) === null ? "" : `: ${to ?? from}`}`;
  return `- ${text} *(${change.label})*`;
}

/** Prints a subject: plain words as they are, a path of the XML as code. */
function codeIfPath(subject: string): string {
  return /^[A-Za-z0-9 ,()]+$/.test(subject) ? subject : codeText(subject);
}

function said(text: string): string {
  return codeText(clipped(text, 300));
}
