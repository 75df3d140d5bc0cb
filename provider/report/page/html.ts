import { counted } from "../../model/values/counted.ts";
import { labelRows } from "../../plan/live/labels.ts";
import { attentionOf } from "../attention.ts";
import { htmlText } from "../comment/markdownText.ts";
import type { Report } from "../report.ts";
import { hostRows } from "./htmlHost.ts";
import { pageScript } from "./pageScript.ts";
import { pageStyle } from "./pageStyle.ts";

/** Only content of the page itself may load or run. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

const columns: readonly { readonly key: string; readonly title: string; readonly number?: true }[] = [
  { key: "name", title: "Host" },
  { key: "cost", title: "What changes cost" },
  { key: "changes", title: "Changes", number: true },
  { key: "problems", title: "Errors and warnings" },
  { key: "ratio", title: "vCPUs per CPU", number: true },
  { key: "io", title: "IO threads", number: true },
  { key: "overlaps", title: "Overlaps", number: true },
];

/** Prints the report as one self-contained page: it needs no request, no server and no library. */
export function printHtml(report: Report): string {
  const { totals } = report;
  const title =
    totals.changes === 0
      ? "No changes"
      : `${counted(totals.changes, "change")} to ${counted(totals.guests, "guest")}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title} · pulumi-virsh</title>
<style>${pageStyle}</style>
</head>
<body>
<svg class="defs" aria-hidden="true"><defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V6"/></pattern></defs></svg>
<header><h1>${title} on ${counted(totals.hosts, "host")}</h1><button id="scheme" type="button">light / dark</button></header>
<p class="totals">${totalsText(report)}</p>
${attention(report)}
<div class="tools">
<input id="query" type="search" placeholder="host or guest" aria-label="Filter by host or guest">
${marks(report)}
<button id="all" type="button" aria-pressed="false">open all shown</button>
<output id="shown" aria-live="polite"></output>
</div>
<table class="fleet">
<thead><tr>${columns.map(head).join("")}<th>CPUs</th></tr></thead>
${report.hosts.map(hostRows).join("\n")}
</table>
<script>${pageScript}</script>
</body>
</html>
`;
}

function head({ key, title, number }: (typeof columns)[number]): string {
  const sorted = key === "name" ? ' aria-sort="ascending"' : "";
  return `<th data-key="${key}"${number ? ' class="number"' : ""}${sorted}><button type="button">${title}</button></th>`;
}

function totalsText({ totals, operations }: Report): string {
  const parts = [
    ...labelRows.flatMap(({ label, meaning }) => {
      const count = totals.guestsByLabel[label];
      return count
        ? [`<span class="label ${label.replace(" ", "-")}" title="${meaning}">${count} ${label}</span>`]
        : [];
    }),
    `${counted(totals.lints.error, "lint error")}, ${counted(totals.lints.warning, "warning")}, ${counted(totals.lints.info, "note")}`,
    `${counted(totals.unchangedResources, "resource")} unchanged`,
    ...(operations
      ? [
          `Pulumi: ${htmlText(
            Object.entries(operations)
              .map(([op, count]) => `${count} ${op}`)
              .join(", ") || "nothing",
          )}`,
        ]
      : []),
  ];
  return parts.join(" · ").replaceAll("</span> · <span", "</span> <span");
}

function attention(report: Report): string {
  const lines = attentionOf(report).map(({ kind, where, unknownResources, message }) => {
    const unknown = unknownResources > 0 ? ` (${counted(unknownResources, "resource")} not looked at)` : "";
    return `<li><b>${kind}</b> ${htmlText(where.join(" "))}${unknown} <code>${htmlText(message)}</code></li>`;
  });
  if (lines.length === 0) return "";
  const rest = lines.slice(10);
  const more =
    rest.length > 0
      ? `<details><summary>and ${rest.length} more</summary><ul>${rest.join("")}</ul></details>`
      : "";
  return `<section class="attention"><h2>Look at this first</h2><ul>${lines.slice(0, 10).join("")}</ul>${more}</section>`;
}

/** Buttons that filter hosts by label or problem. Only labels and problems that occur get a button. */
function marks({ totals, hosts }: Report): string {
  const overlaps = hosts.some(({ cpus }) => cpus?.ledger.findings.some(({ kind }) => kind === "overlap"));
  const names = [
    ...labelRows.flatMap(({ label }) => (totals.changesByLabel[label] ? [label] : [])),
    ...(totals.errors + totals.lints.error > 0 ? ["error"] : []),
    ...(totals.lints.warning > 0 ? ["warning"] : []),
    ...(overlaps ? ["overlap"] : []),
    ...(totals.unreachableHosts > 0 ? ["unreachable"] : []),
  ];
  return names
    .map((name) => `<button type="button" data-mark="${name}" aria-pressed="false">${name}</button>`)
    .join("\n");
}
