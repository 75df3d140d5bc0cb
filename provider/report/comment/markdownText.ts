import { visible, visibleLine } from "../../model/values/visible.ts";

/** Prints untrusted text as code on one line. Nothing in it is interpreted, not even `@name`. */
export function codeText(text: string): string {
  const line = visibleLine(text);
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = line.startsWith("`") || line.endsWith("`") || line === "" ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** Prints a fenced block. No line in it can close its fence. */
export function codeBlock(language: string, lines: readonly string[]): string {
  const longest = Math.max(
    2,
    ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)),
  );
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${lines.map(visible).join("\n")}\n${fence}\n`;
}

/** Prints a folded section. `title` is HTML. */
export function folded(title: string, inner: string): string {
  return `<details><summary>${title}</summary>\n\n${inner}\n</details>\n`;
}

/** Escapes text for HTML. */
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

/** Size in UTF-8 bytes, which are never fewer than characters, however these are counted. */
export function sizeBytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
