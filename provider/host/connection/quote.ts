/** Quotes any text as one word for a POSIX shell. No other code quotes. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
