import type { RecordedStep } from "../plan/record/types.ts";

/** A command as a person would type it: for reading only, nothing runs it. */
export function commandText({ argv, stdin }: RecordedStep): string {
  const words = argv.map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`,
  );
  return stdin === undefined ? words.join(" ") : `${words.join(" ")} <<'XML'\n${stdin.trimEnd()}\nXML`;
}

/** `1 guest`, `2 guests`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** At most `limit` characters, the cut told. */
export function clipped(text: string, limit: number): string {
  const characters = [...text];
  if (characters.length <= limit) return text;
  return `${characters.slice(0, limit).join("")}… (${characters.length - limit} more characters)`;
}

/** The same where there is no room to tell how much. */
export function shortened(text: string, limit: number): string {
  const characters = [...text];
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join("")}…`;
}
