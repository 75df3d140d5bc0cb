import { wordsOf } from "../../plan/record/words.ts";
import { htmlText } from "../comment/markdownText.ts";
import { measuredLines, measuredTitle } from "../measured.ts";
import type { DomainReport, ReportedChange } from "../report.ts";
import { commandText } from "../words.ts";

/** Prints a guest: changes with their cost, findings, and a folded section with the diff and the commands. */
export function domainCard(domain: DomainReport): string {
  const { name, label, isRunning, changes, lints, obstacles, errors, diffs, steps, measured } = domain;
  const problems = [
    ...errors.map((text) => `<li class="bad">${htmlText(text)}</li>`),
    ...obstacles.map((text) => `<li class="bad">not possible: ${htmlText(text)}</li>`),
    ...lints.map(({ id, level, message, remedy }) => {
      const kind = level === "error" ? "bad" : level === "warning" ? "warn" : "soft";
      return `<li title="${htmlText(remedy)}"><span class="${kind}">${id}</span> ${htmlText(message)}</li>`;
    }),
  ];
  const lines = diffs.flatMap(({ resource, lines: own }) => [
    ...(diffs.length > 1 ? [`# ${[resource.kind, resource.key].filter(Boolean).join(" ")}`] : []),
    ...own,
  ]);
  return `<article class="guest-card" data-guest="${htmlText(name.toLowerCase())}"><h4>${htmlText(name)} ${label ? badge(label) : ""}${isRunning === false ? '<span class="soft"> not running</span>' : ""}</h4>${list(changes.map(changeItem))}${list(problems)}${measured.map((each) => folded(`measured: ${htmlText(measuredTitle(each))}`, list(measuredLines(each).map((line) => `<li>${htmlText(line)}</li>`)))).join("")}${folded("XML diff", lines.length > 0 ? `<pre class="diff">${htmlText(lines.join("\n"))}</pre>` : "")}${folded("commands", steps.length > 0 ? `<pre>${htmlText(steps.map(commandText).join("\n"))}</pre>` : "")}</article>`;
}

function changeItem(change: ReportedChange): string {
  const { verb, subject, before, after } = wordsOf(change);
  const value = (text: string | null) => (text === null ? "none" : `<code>${htmlText(text)}</code>`);
  const only = after ?? before;
  const text =
    verb === "change"
      ? `${htmlText(subject)}: ${value(before)} → ${value(after)}`
      : `${verb} ${htmlText(subject)}${only === null ? "" : `: ${value(only)}`}`;
  return `<li>${badge(change.label)}${text}</li>`;
}

function badge(label: string): string {
  return `<span class="label ${label.replace(" ", "-")}">${label}</span>`;
}

function list(items: readonly string[]): string {
  return items.length > 0 ? `<ul>${items.join("")}</ul>` : "";
}

function folded(title: string, inner: string): string {
  return inner === "" ? "" : `<details><summary>${title}</summary>${inner}</details>`;
}
