import Anser from "anser";

const [charWidth, lineHeight, padding, bar] = [8.4, 20, 16, 30];
const [background, foreground] = ["#16181d", "#d8dbe2"];
/** Terminal colours that are legible on the background, by Anser's names. */
const colours: Readonly<Record<string, string>> = {
  "ansi-black": "#7d828c",
  "ansi-red": "#f07178",
  "ansi-green": "#a5d46a",
  "ansi-yellow": "#ffcb6b",
  "ansi-blue": "#7aa2f7",
  "ansi-magenta": "#c792ea",
  "ansi-cyan": "#7fdbca",
  "ansi-white": "#d8dbe2",
  "ansi-bright-black": "#8b919c",
  "ansi-bright-red": "#ff8b92",
  "ansi-bright-green": "#b9e77f",
  "ansi-bright-yellow": "#ffd98a",
  "ansi-bright-blue": "#93b4ff",
  "ansi-bright-magenta": "#d7a9f3",
  "ansi-bright-cyan": "#9be8da",
  "ansi-bright-white": "#ffffff",
};

/** Draws a command's coloured output as a terminal window in SVG. */
export function printPicture(title: string, printed: string): string {
  const lines = printed.replace(/\r/g, "").trimEnd().split("\n");
  const longest = Math.max(...lines.map((line) => Anser.ansiToText(line).length), title.length);
  const width = Math.ceil(longest * charWidth + 2 * padding);
  const height = lines.length * lineHeight + bar + padding;
  const rows = lines.map((line, index) => {
    const y = bar + lineHeight * (index + 0.75);
    return `<text x="${padding}" y="${y}" xml:space="preserve">${printSpans(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" fill="${foreground}">
<title>${Anser.escapeForHtml(title)}</title>
<rect width="${width}" height="${height}" rx="8" fill="${background}"/>
<text x="${padding}" y="20" fill="#8b919c">$ ${Anser.escapeForHtml(title)}</text>
${rows.join("\n")}
</svg>
`;
}

function printSpans(line: string): string {
  return Anser.ansiToJson(line, { use_classes: true, remove_empty: true })
    .map(({ content, fg, decorations }) => {
      const fill = fg ? ` fill="${colours[fg] ?? foreground}"` : "";
      const weight = decorations.includes("bold") ? ' font-weight="bold"' : "";
      return `<tspan${fill}${weight}>${Anser.escapeForHtml(content)}</tspan>`;
    })
    .join("");
}
