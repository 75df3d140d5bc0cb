import { printXml } from "../xml/print.ts";

/** Shorter ones would hide half of every text; they are hidden by their place alone. */
const shortest = 4;
/** A pattern must not grow without bound: longer values are looked for one by one, the others so many at once. */
const longest = 500;
const together = 500;

/** What a text with one of these values in it looks like once they are hidden. */
export type Mask = (text: string) => string;

/**
 * Hides values wherever they stand in a text: as they are, and as XML and JSON write them. A number counts as a word of
 * its own, and of several lines each.
 */
export function maskOf(
  values: Iterable<string>,
  isHarmless: (text: string) => boolean,
  hidden: string,
): Mask {
  const forms = new Set([...values].flatMap((value) => formsOf(value, isHarmless)));
  if (forms.size === 0) return (text) => text;
  const sorted = [...forms].toSorted((a, b) => b.length - a.length);
  const long = sorted.filter((form) => form.length > longest);
  const patterns: RegExp[] = [];
  for (let at = long.length; at < sorted.length; at += together)
    patterns.push(
      new RegExp(
        sorted
          .slice(at, at + together)
          .map(patternOf)
          .join("|"),
        "g",
      ),
    );
  return (text) => {
    const rest = long.reduce((left, form) => left.replaceAll(form, () => hidden), text);
    return patterns.reduce((left, pattern) => left.replace(pattern, () => hidden), rest);
  };
}

function formsOf(value: string, isHarmless: (text: string) => boolean): string[] {
  const texts = [value, ...(value.includes("\n") ? value.split("\n") : [])].map((text) => text.trim());
  return texts
    .filter((text) => text.length >= shortest && !isHarmless(text))
    .flatMap((text) => [
      text,
      printXml({ kind: "text", text }),
      printXml({ kind: "element", name: "a", attributes: [{ name: "b", value: text }], children: [] }).slice(
        6,
        -3,
      ),
      JSON.stringify(text).slice(1, -1),
    ]);
}

function patternOf(form: string): string {
  const escaped = form.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  return /^\d+$/.test(form) ? `(?<![\\d.])${escaped}(?![\\d.])` : escaped;
}
