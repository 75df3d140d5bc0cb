/**
 * The one place that makes text from a host safe to print. A host chooses its error messages, titles and names, and a
 * terminal obeys some characters in them: an escape sequence moves the cursor or fills the clipboard (OSC 52), a C1
 * character does the same in one byte, and a bidi override shows a line in another order.
 */

/** Control, format, surrogate and private characters, line and paragraph separators. */
const acting = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

/** The zero width joiner, which only joins the parts of an emoji. */
const joiner = "\u200d";

/** Text in which every character is visible: an escape becomes `\u{1b}`. Line breaks and tabs stay. */
export function visible(text: string): string {
  return text.replace(acting, (character) =>
    character === "\n" || character === "\t" || character === joiner ? character : escaped(character),
  );
}

/** The same on one line. */
export function visibleLine(text: string): string {
  return visible(text.replace(/\s+/gu, " "));
}

/** A character by its number, in TypeScript's notation: `\u{1b}`. */
function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** Like `JSON.stringify`, without characters that a terminal obeys; it parses to the same value. */
export function visibleJson(
  value: unknown,
  replacer?: ((key: string, value: unknown) => unknown) | null,
  indent?: number,
): string {
  return JSON.stringify(value, replacer ?? undefined, indent).replace(acting, (character) =>
    character === "\n" ? character : character.replace(/[\s\S]/g, jsonEscape),
  );
}

const jsonEscape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** At most `limit` characters of the first line, with a note of how much is left out. */
export function bounded(text: string, limit = 200): string {
  const line = text.split(/[\r\n]/, 1)[0] ?? "";
  if (line === text && text.length <= limit) return text;
  const shown = line.slice(0, limit).replace(/[\ud800-\udbff]$/, "");
  return `${shown}… (${text.length - shown.length} more characters)`;
}
