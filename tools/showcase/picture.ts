import type { Look } from "./look.ts";

const [labelWidth, plotWidth, rowHeight, top] = [250, 560, 22, 58];
const [least, most] = [10, 20_000];

/**
 * Draws latencies by the guest's clock as SVG: a bar from p50 to p99 with a mark at p90, on a logarithmic
 * scale.
 */
export function printPicture(title: string, looks: readonly Look[]): string {
  const rows = looks.flatMap(({ state, disks }) =>
    disks.map((disk, index) => ({ state: index === 0 ? state : "", disk })),
  );
  const height = top + rows.length * rowHeight + looks.length * 8 + 26;
  const width = labelWidth + plotWidth + 40;
  const lines: string[] = [];
  for (const tick of [10, 100, 1000, 10_000]) {
    const x = place(tick);
    const name = tick < 1000 ? `${tick} µs` : `${tick / 1000} ms`;
    lines.push(
      `<line x1="${x}" y1="${top - 12}" x2="${x}" y2="${height - 24}" stroke="#8884"/>`,
      `<text x="${x}" y="${top - 18}" text-anchor="middle">${name}</text>`,
    );
  }
  let y = top;
  for (const { state, disk } of rows) {
    if (state !== "") y += 8;
    const colour = disk.disk === "quiet" ? "#2a7de1" : "#e18a2a";
    const [p50, p90, p99] = [place(disk.p50Us), place(disk.p90Us), place(disk.p99Us)];
    lines.push(
      `<text x="8" y="${y + 14}">${state}</text>`,
      `<text x="${labelWidth - 8}" y="${y + 14}" text-anchor="end" fill="${colour}">${disk.disk}</text>`,
      `<rect x="${p50}" y="${y + 4}" width="${Math.max(2, p99 - p50)}" height="12" rx="2" fill="${colour}" fill-opacity="0.45"/>`,
      `<rect x="${p50}" y="${y + 2}" width="3" height="16" fill="${colour}"/>`,
      `<rect x="${p90}" y="${y + 4}" width="2" height="12" fill="${colour}"/>`,
    );
    y += rowHeight;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#777">
<title>${title}</title>
<text x="8" y="20" font-size="14">${title}</text>
${lines.join("\n")}
<text x="8" y="${height - 8}">thick mark p50, thin mark p90, end p99, by the guest's own clock; polled: the monitor is asked without a pause</text>
</svg>
`;
}

function place(us: number): number {
  const share = Math.log(Math.min(most, Math.max(least, us)) / least) / Math.log(most / least);
  return Math.round(labelWidth + share * plotWidth);
}
