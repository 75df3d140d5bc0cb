/** Makes names for a program from any names on a host. */

/** Reserved words, and names that the written program uses itself. */
const taken = `
  abstract any arguments as await boolean break case catch class config const constructor continue debugger
  declare default delete do else enum eval existing export extends false finally for from function get guest hosts if
  implements import in instanceof interface let name namespace never new null number object of options package private
  process protected public pulumi require return secret set static string super switch symbol this throw true try type
  typeof undefined unknown var virsh void while with yield Infinity NaN`
  .trim()
  .split(/\s+/);

/** Gives each text a unique name. The same texts in the same order get the same names. */
export type Namer = (text: string) => string;

/** Names variables: camelCase, letters and digits only. */
export function variableNamer(fallback: string, isClass = false): Namer {
  return unique(taken, "", (text) => {
    const words = wordsOf(text);
    const joined = words
      .map((word, index) => (index === 0 && !isClass ? lower(word) : capital(word)))
      .join(" ")
      .replace(/(?<=\d) (?=\d)/g, "_")
      .replaceAll(" ", "");
    const name = joined.slice(0, 28);
    return /^[A-Za-z]/.test(name) ? name : `${isClass ? capital(fallback) : fallback}${name}`;
  });
}

/** Names resources: a domain's own name if it is plain. */
export function resourceNamer(fallback: string): Namer {
  return unique([], "-", (text) => {
    const plain = plainText(text).replace(/[^A-Za-z0-9._]+/g, "-");
    return plain.replace(/^[-.]+|[-.]+$/g, "").slice(0, 80) || fallback;
  });
}

const lower = (word: string) => word.charAt(0).toLowerCase() + word.slice(1);
export const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

function wordsOf(text: string): string[] {
  return plainText(text).match(/[A-Za-z0-9]+/g) ?? [];
}

/** Removes accents but keeps their letters. */
const plainText = (text: string) => text.normalize("NFKD").replace(/\p{M}/gu, "");

function unique(reserved: readonly string[], separator: string, name: Namer): Namer {
  const used = new Set(reserved);
  return (text) => {
    const wanted = name(text);
    let free = wanted;
    for (let number = 2; used.has(free); number++) free = `${wanted}${separator}${number}`;
    used.add(free);
    return free;
  };
}
