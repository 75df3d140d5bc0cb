import { visible, visibleLine } from "../../model/values/visible.ts";

/** Text from anywhere on one line, as code: nothing in it is interpreted, not even `@name`. */
export function codeText(text: string): string {
  const line = visibleLine(text);
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = line.startsWith("`") || line.endsWith("`") || line === "" ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** A fenced block whose fence no line of it can close. */
export function codeBlock(language: string, lines: readonly string[]): string {
  const longest = Math.max(
    2,
    ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)),
  );
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${lines.map(visible).join("\n")}\n${fence}\n`;
}

/** What can be opened; the title is HTML. */
export function folded(title: string, inner: string): string {
  return `<details><summary>${title}</summary>\n\n${inner}\n</details>\n`;
}

/** Text as HTML. */
export function htmlText(text: string): string {
  const names: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return visible(text).replace(/[&<>"']/g, (character) => names[character] ?? character);
}

/** Bytes in UTF-8: never fewer than characters, however those are counted. */
export function sizeBytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
