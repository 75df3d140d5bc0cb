/** One word for a POSIX shell, whatever the text holds. The only place that quotes. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
