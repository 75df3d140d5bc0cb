import { counted } from "../../model/values/counted.ts";
import { printVersion } from "../../model/values/version.ts";
import { labelRows } from "../../plan/live/labels.ts";
import { htmlText } from "../comment/markdownText.ts";
import type { HostCpus, HostReport } from "../report.ts";
import { domainCard } from "./htmlDomain.ts";
import { drawHost, drawStrip } from "./picture.ts";

/**
 * Prints a host as two table rows: one with figures, one that opens. Data attributes hold the numbers to sort by and
 * the words to filter by. The second row's content is inert text until it opens, which halves the load time of a page
 * with 100 hosts. No value can end that text, since all are escaped.
 */
export function hostRows(host: HostReport, order: number): string {
  const { cpus, domains } = host;
  const changes = domains.reduce((sum, domain) => sum + domain.changes.length, 0);
  const count = (level: string) =>
    domains.reduce((sum, domain) => sum + domain.lints.filter((lint) => lint.level === level).length, 0);
  const obstacles = domains.reduce((sum, domain) => sum + domain.errors.length + domain.obstacles.length, 0);
  const errors = host.errors.length + obstacles + count("error");
  const overlaps = cpus?.ledger.findings.filter(({ kind }) => kind === "overlap").length ?? 0;
  const ratio = cpus && cpus.ledger.cpus > 0 ? cpus.ledger.vcpus / cpus.ledger.cpus : 0;
  const labels = labelRows
    .map(({ label }) => label)
    .filter((label) => domains.some((each) => each.changes.some((change) => change.label === label)));
  const marks = [
    ...labels,
    ...(errors > 0 && !host.isUnreachable ? ["error"] : []),
    ...(count("warning") > 0 ? ["warning"] : []),
    ...(overlaps > 0 ? ["overlap"] : []),
    ...(host.isUnreachable ? ["unreachable"] : []),
  ];
  const names = [
    host.host,
    host.name,
    ...(cpus?.guests ?? []).map(({ name }) => name),
    ...domains.map(({ name }) => name),
  ];
  const data = {
    name: String(order),
    host: `${host.host} ${host.name}`.toLowerCase(),
    text: [...new Set(names)].join(" ").toLowerCase(),
    marks: marks.join(","),
    cost: String(costOf(host)),
    changes: String(changes),
    problems: String(errors * 1e6 + count("warning") * 1e3 + count("info")),
    ratio: String(ratio),
    io: String(cpus?.ledger.ioThreads ?? -1),
    overlaps: String(overlaps),
  };
  const attributes = Object.entries(data)
    .map(([name, value]) => ` data-${name}="${htmlText(value)}"`)
    .join("");
  const after = cpus?.guestsAfter ?? cpus?.guests ?? [];
  return `<tbody${attributes}${host.isUnreachable ? ' class="unreachable"' : ""}>
<tr><td><button class="open" type="button" aria-expanded="false">${htmlText(host.name)}</button></td>
<td>${labelCounts(host)}</td><td class="number">${changes || ""}</td><td class="problems">${problems(host.isUnreachable, errors, count("warning"), count("info"))}</td>
<td class="number">${cpus ? `${ratio.toFixed(2)} <span class="soft">${cpus.ledger.vcpus}/${cpus.ledger.cpus}</span>` : ""}</td><td class="number">${cpus?.ledger.ioThreads ?? ""}</td><td class="number${overlaps > 0 ? " bad" : ""}">${overlaps || ""}</td><td>${cpus ? drawStrip(cpus.topology, after) : ""}</td></tr>
<tr class="panel" hidden><td colspan="8"><div class="inner"></div><script type="text/plain">${panel(host)}</script></td></tr>
</tbody>`;
}

/** Sort key: the most expensive label first, then the number of guests that have it. */
function costOf({ isUnreachable, domains }: HostReport): number {
  const ranks = domains.flatMap(({ label }) =>
    label ? [labelRows.findIndex((row) => row.label === label)] : [],
  );
  if (ranks.length === 0) return isUnreachable ? 0.5 : 0;
  const dearest = Math.min(...ranks);
  return (labelRows.length - dearest) * 1e4 + ranks.filter((rank) => rank === dearest).length;
}

function labelCounts({ domains }: HostReport): string {
  return labelRows
    .flatMap(({ label, meaning }) => {
      const count = domains.filter((domain) => domain.label === label).length;
      return count > 0
        ? [`<span class="label ${label.replace(" ", "-")}" title="${meaning}">${count} ${label}</span>`]
        : [];
    })
    .join("");
}

function problems(isUnreachable: boolean, errors: number, warnings: number, infos: number): string {
  return [
    ...(isUnreachable ? ['<span class="bad">unreachable</span>'] : []),
    ...(errors > 0 && !isUnreachable ? [`<span class="bad">${counted(errors, "error")}</span>`] : []),
    ...(warnings > 0 ? [`<span class="warn">${counted(warnings, "warning")}</span>`] : []),
    ...(infos > 0 ? [`<span class="soft">${counted(infos, "note")}</span>`] : []),
  ].join(", ");
}

function panel(host: HostReport): string {
  const { cpus, domains } = host;
  const versions = cpus
    ? `libvirt ${printVersion(host.libvirtVersion)}${host.qemuVersion > 0 ? `, QEMU ${printVersion(host.qemuVersion)}` : ""} · ${counted(cpus.guests.length, "guest")}`
    : "not read: nothing is known of its guests";
  return `<p class="soft"><code>${htmlText(host.host)}</code> · ${versions}</p>${cpus ? picture(host.name, cpus) : ""}${
    domains.length > 0
      ? `<h3>Guests with changes or findings</h3><div class="guests">${domains.map(domainCard).join("")}</div>`
      : ""
  }`;
}

function picture(name: string, cpus: HostCpus): string {
  const { topology, guests, guestsAfter, ledger } = cpus;
  const shown = ledger.findings.map(({ kind, message }) => `<li><b>${kind}</b> ${htmlText(message)}</li>`);
  const findings =
    shown.length === 0
      ? ""
      : `<details${shown.length > 6 ? "" : " open"}><summary>${counted(shown.length, "finding")} on these CPUs${guestsAfter ? ", after the change" : ""}</summary><ul>${shown.join("")}</ul></details>`;
  const both = guestsAfter
    ? `<span>shown: <button class="after-switch" type="button" aria-pressed="true">after the change</button></span>`
    : "";
  const now = drawHost(topology, guests, `CPUs of ${name}${guestsAfter ? ", now" : ""}`);
  const later = guestsAfter ? drawHost(topology, guestsAfter, `CPUs of ${name}, after the change`) : "";
  return `<div class="key"><span><i class="k-vcpu"></i>vCPU</span><span><i class="k-io"></i>IO thread</span><span><i class="k-float"></i>pale: floats over these</span><span><i class="k-emulator"></i>emulator</span><span><i class="k-bad"></i>pinned to a vCPU's CPU</span>${both}</div>
<div class="picture${guestsAfter ? " show-after" : ""}"><div class="now">${now}</div>${guestsAfter ? `<div class="after">${later}</div>` : ""}</div>${findings}`;
}
