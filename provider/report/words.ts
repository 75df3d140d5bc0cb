import type { RecordedStep } from "../plan/record/types.ts";

/** Prints a command as a person would type it. It is for reading only; nothing runs it. */
export function commandText({ argv, stdin }: RecordedStep): string {
  const words = argv.map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`,
  );
  return stdin === undefined ? words.join(" ") : `${words.join(" ")} <<'XML'\n${stdin.trimEnd()}\nXML`;
}

/** Cuts text to `limit` characters and says how much is missing. */
export function clipped(text: string, limit: number): string {
  const characters = [...text];
  if (characters.length <= limit) return text;
  return `${characters.slice(0, limit).join("")}… (${characters.length - limit} more characters)`;
}

/** Cuts text to `limit` characters, without saying how much is missing. */
export function shortened(text: string, limit: number): string {
  const characters = [...text];
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join("")}…`;
}
