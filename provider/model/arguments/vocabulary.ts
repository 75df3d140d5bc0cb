import { isPlain } from "./check.ts";
import type { Fields, ValueType } from "./field.ts";
import { allKinds } from "./kinds.ts";

/** Whether a value is too plain to be a secret: a number, a size, a set of CPUs, or a word that some argument takes. */
export function isHarmless(value: unknown): boolean {
  if (typeof value === "string") return isPlain(value) || isWord(value);
  return typeof value === "number" || typeof value === "boolean";
}

export function isWord(text: string): boolean {
  return vocabulary.has(text);
}

/** All words that some argument takes as its value (`virtio`, `qcow2`, `yes`), and other common words. */
const vocabulary: ReadonlySet<string> = new Set([
  ...["true", "false", "auto", "default", "enabled", "disabled", "localhost"],
  ...Object.values(allKinds).flatMap(({ fields }) => wordsOfFields(fields)),
]);

function wordsOfFields(fields: Fields): string[] {
  return Object.values(fields).flatMap(({ type, implies = {} }) => [
    ...wordsOf(type),
    ...Object.values(implies),
  ]);
}

function wordsOf(type: ValueType): readonly string[] {
  switch (type.kind) {
    case "enum":
      return type.values;
    case "boolean":
      return [type.yes, type.no];
    case "object":
      return wordsOfFields(type.fields);
    case "textOrObject":
      return wordsOf(type.object);
    case "list":
    case "countOrList":
      return wordsOf(type.of);
    default:
      return [];
  }
}
