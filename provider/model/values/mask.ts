import { printXml } from "../xml/print.ts";

/** Shorter ones would hide half of every text; they are hidden by their place alone. */
const shortest = 4;

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
  const words = [...forms].toSorted((a, b) => b.length - a.length).map(patternOf);
  const pattern = new RegExp(words.join("|"), "g");
  return (text) => text.replace(pattern, hidden);
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
