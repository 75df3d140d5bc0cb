/** The page's style sheet. Each colour scheme defines its colours once. */
export const pageStyle = `
:root { color-scheme: light dark;
  --bg: light-dark(#ffffff, #14171c); --panel: light-dark(#f5f6f8, #1c2027); --line: light-dark(#d8dce2, #343a45);
  --text: light-dark(#1b1f26, #e4e7ec); --soft: light-dark(#5a6473, #99a3b3);
  --vcpu: light-dark(#3b6fd4, #6b9bf5); --io: light-dark(#d97a06, #f2a33c); --bad: light-dark(#c4162a, #ff6b78);
  --good: light-dark(#1a7f45, #54c98a); --warn: light-dark(#8a5a00, #f0c04a); --free: light-dark(#e4e7ec, #2a303a); }
:root[data-scheme=light] { color-scheme: light; } :root[data-scheme=dark] { color-scheme: dark; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1680px; padding: 20px 24px 60px; background: var(--bg); color: var(--text);
  font: 14px/1.45 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 20px; margin: 0; } h2 { font-size: 15px; margin: 22px 0 8px; } h3 { font-size: 14px; margin: 16px 0 6px; }
header { display: flex; gap: 12px; align-items: baseline; justify-content: space-between; }
.totals { margin: 6px 0 14px; color: var(--soft); }
button, input { font: inherit; color: inherit; }
button { background: none; border: 1px solid var(--line); border-radius: 6px; padding: 3px 10px; cursor: pointer; }
button:hover { background: var(--panel); }
:focus-visible { outline: 2px solid var(--vcpu); outline-offset: 1px; }
.tools { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; position: sticky; top: 0; z-index: 2;
  background: var(--bg); padding: 10px 0; border-bottom: 1px solid var(--line); }
.tools input { border: 1px solid var(--line); border-radius: 6px; background: var(--panel); padding: 4px 10px; width: 260px; }
.tools output { color: var(--soft); margin-left: auto; }
.tools button[aria-pressed=true] { background: var(--text); color: var(--bg); border-color: var(--text); }
.attention { border-left: 4px solid var(--bad); background: var(--panel); padding: 10px 16px; border-radius: 4px; margin: 12px 0; }
.attention h2 { margin: 0 0 4px; } .attention ul { margin: 4px 0; padding-left: 18px; overflow-wrap: anywhere; }
table.fleet { border-collapse: collapse; width: 100%; margin-top: 8px; }
.fleet th { text-align: left; font-weight: 600; padding: 4px 10px 4px 0; white-space: nowrap; border-bottom: 2px solid var(--line); }
.fleet th button { border: 0; padding: 2px 4px 2px 0; font-weight: 600; }
.fleet th[aria-sort=ascending] button::after { content: " ▲" / ""; font-size: 10px; } .fleet th[aria-sort=descending] button::after { content: " ▼" / ""; font-size: 10px; }
.fleet td { padding: 5px 10px 5px 0; vertical-align: middle; border-bottom: 1px solid var(--line); }
.fleet td.number, .fleet th.number { text-align: right; } .number { font-variant-numeric: tabular-nums; }
.fleet .open { border: 0; padding: 2px 4px 2px 0; text-align: left; font-weight: 600; white-space: nowrap; }
.fleet .open::before { content: "▸ " / ""; color: var(--soft); } .fleet .open[aria-expanded=true]::before { content: "▾ " / ""; }
tbody.unreachable .open { color: var(--bad); }
.soft { color: var(--soft); }
.bad { color: var(--bad); font-weight: 600; } .warn { color: var(--warn); font-weight: 600; }
.label { display: inline-block; border-radius: 10px; padding: 0 8px; margin: 1px 4px 1px 0; border: 1px solid currentColor; white-space: nowrap; font-size: 12px; }
.label.delete, .label.replace, .label.restart, .label.shutdown { color: var(--bad); font-weight: 600; }
.label.detach, .label.next-boot, .label.start { color: var(--warn); } .label.live { color: var(--good); } .label.define { color: var(--soft); }
.panel .inner { contain: inline-size; } .fleet td.problems { white-space: nowrap; }
.panel > td { background: var(--panel); padding: 10px 18px 18px; }
.picture { overflow-x: auto; background: var(--bg); border: 1px solid var(--line); border-radius: 6px; padding: 6px; }
.picture .after { display: none; } .picture.show-after .after { display: inline; } .picture.show-after .now { display: none; }
.key { display: flex; flex-wrap: wrap; gap: 6px 18px; align-items: center; color: var(--soft); margin: 8px 0; }
.key i { display: inline-block; width: 16px; height: 9px; margin-right: 5px; border-radius: 2px; }
.key .k-vcpu { background: var(--vcpu); } .key .k-float { background: var(--vcpu); opacity: .38; } .key .k-io { background: var(--io); } .key .k-emulator { background: var(--soft); height: 3px; }
.key .k-bad { background: repeating-linear-gradient(45deg, var(--bad) 0 2px, transparent 2px 5px); border: 1px solid var(--bad); }
.key span button { margin: 0; }
.guests { display: grid; grid-template-columns: repeat(auto-fill, minmax(430px, 1fr)); gap: 10px; align-items: start; }
.guest-card { background: var(--bg); border: 1px solid var(--line); border-radius: 6px; padding: 8px 14px; min-width: 0; }
.guest-card h4 { margin: 0 0 4px; font-size: 14px; overflow-wrap: anywhere; }
.guest-card ul { margin: 4px 0; padding-left: 18px; overflow-wrap: anywhere; } .guest-card li { margin: 1px 0; }
code, pre { font: 12.5px/1.4 ui-monospace, "DejaVu Sans Mono", monospace; }
code { background: var(--panel); border-radius: 3px; padding: 0 3px; } .panel .guest-card code, .attention code { background: var(--free); }
pre { overflow-x: auto; background: var(--panel); border-radius: 4px; padding: 8px; margin: 6px 0; max-height: 480px; }
pre .plus { color: var(--good); } pre .minus { color: var(--bad); } pre .hunk { color: var(--soft); }
summary { cursor: pointer; color: var(--soft); } [hidden] { display: none !important; }
.dim { opacity: .22; }
svg text { font: 12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--text); }
svg .node { fill: var(--panel); stroke: var(--line); } svg .node-name { fill: var(--soft); font-weight: 600; }
svg .cpu, svg .io-id { font-size: 9px; text-anchor: middle; fill: var(--soft); } svg .io-id { fill: light-dark(#fff, #14171c); font-weight: 700; }
svg .line { stroke: var(--line); stroke-width: .6; } svg .disks { fill: var(--soft); font-size: 11.5px; } svg .off { opacity: .5; }
svg .vcpu { fill: var(--vcpu); } svg .floating { opacity: .38; } svg .io { fill: var(--io); } svg .emulator { fill: var(--soft); } svg .free { fill: var(--free); }
svg .overlap-band { fill: url(#hatch); opacity: .35; } svg .overlap-mark { fill: none; stroke: var(--bad); stroke-width: 1.6; }
svg.strip { vertical-align: middle; } #hatch path { stroke: var(--bad); stroke-width: 1.5; }
svg.defs { position: absolute; width: 0; height: 0; }
@media print { .tools { position: static; } .panel { display: table-row !important; } }
`;
