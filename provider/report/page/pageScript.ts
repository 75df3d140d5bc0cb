/** The page's script: filters, sorts, opens rows, switches the colour scheme. It works from a file, without requests. */
export const pageScript = `
const $ = (selector, from = document) => [...from.querySelectorAll(selector)];
const table = document.querySelector("table.fleet"), query = document.querySelector("#query"), shown = document.querySelector("#shown");
const hosts = $("tbody", table), pressed = new Set();
function filter() {
  const words = query.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let count = 0;
  for (const host of hosts) {
    const marks = host.dataset.marks.split(",");
    const visible = words.every((word) => host.dataset.text.includes(word)) && (pressed.size === 0 || marks.some((mark) => pressed.has(mark)));
    host.hidden = !visible;
    if (visible) count++;
    if (visible && !host.rows[1].hidden) dim(host, words);
  }
  shown.textContent = count === hosts.length ? hosts.length + " hosts" : count + " of " + hosts.length + " hosts";
}
function dim(host, words) {
  const own = words.filter((word) => !host.dataset.host.includes(word));
  for (const guest of $("[data-guest]", host)) guest.classList.toggle("dim", !own.every((word) => guest.dataset.guest.includes(word)));
}
function open(host, wanted) {
  host.rows[1].hidden = !wanted;
  host.querySelector(".open").setAttribute("aria-expanded", String(wanted));
  const inner = host.querySelector(".inner");
  if (wanted && !inner.hasChildNodes()) inner.innerHTML = inner.nextElementSibling.textContent;
  if (wanted) dim(host, query.value.toLowerCase().split(/\\s+/).filter(Boolean));
}
function sort(head) {
  const key = head.dataset.key, up = head.getAttribute("aria-sort") === "descending" || (!head.hasAttribute("aria-sort") && key === "name");
  for (const other of $("th", table)) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  const order = (a, b) => a.dataset[key] - b.dataset[key];
  hosts.sort((a, b) => (up ? order(a, b) : order(b, a)) || a.dataset.name - b.dataset.name);
  table.append(...hosts);
}
query.addEventListener("input", filter);
for (const head of $("th[data-key]", table)) head.querySelector("button").addEventListener("click", () => sort(head));
for (const button of $(".tools button[data-mark]")) button.addEventListener("click", () => {
  const on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(on));
  if (on) pressed.add(button.dataset.mark); else pressed.delete(button.dataset.mark);
  filter();
});
table.addEventListener("click", (event) => {
  const host = event.target.closest("tbody"), button = event.target.closest("button.open"), after = event.target.closest("button.after-switch");
  if (button) open(host, host.rows[1].hidden);
  if (after) {
    const on = after.getAttribute("aria-pressed") !== "true";
    after.setAttribute("aria-pressed", String(on));
    after.textContent = on ? "after the change" : "now";
    host.querySelector(".picture").classList.toggle("show-after", on);
  }
});
document.querySelector("#all").addEventListener("click", (event) => {
  const on = event.target.getAttribute("aria-pressed") !== "true";
  event.target.setAttribute("aria-pressed", String(on));
  for (const host of hosts) if (!host.hidden) open(host, on);
});
document.querySelector("#scheme").addEventListener("click", () => {
  const root = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const now = root.dataset.scheme ?? (dark ? "dark" : "light");
  root.dataset.scheme = now === "dark" ? "light" : "dark";
});
document.addEventListener("toggle", (event) => {
  const pre = event.target.querySelector?.("pre.diff:not(.done)");
  if (!pre) return;
  pre.classList.add("done");
  const kinds = { "+": "plus", "-": "minus", "@": "hunk", "#": "hunk" };
  pre.replaceChildren(...pre.textContent.split("\\n").flatMap((line) => {
    const span = document.createElement("span");
    span.className = kinds[line[0]] ?? "";
    span.textContent = line;
    return [span, "\\n"];
  }));
}, true);
filter();
`;
