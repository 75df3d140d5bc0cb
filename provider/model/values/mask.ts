import { printXml } from "../xml/print.ts";

/** Minimum length of a value to search for. Shorter ones would hide half of every text; `redact` hides them by place. */
const shortest = 4;
/** These bound the size of a pattern: values over 500 characters are searched for one by one, others 500 at a time. */
const longest = 500;
const together = 500;

/** Hides the values in a text. */
export type Mask = (text: string) => string;

/**
 * Makes a mask that hides values anywhere in a text, also in the forms that XML and JSON give them. A value of digits
 * is hidden only where it is a whole number, and each line of a value with several lines is hidden too.
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
