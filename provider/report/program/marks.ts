/**
 * Marks code and secrets within text by control characters. XML can't contain these, so no text of a host can imitate
 * a mark.
 */

/** An expression of the program. */
export interface Code {
  readonly text: string;
  /** The value is known only while Pulumi runs the program. */
  readonly isOutput?: true;
}

const [codeStart, codeEnd, secretStart, secretEnd] = ["\u0001", "\u0002", "\u0003", "\u0004"];
const secrets = new RegExp(`${secretStart}(xml|text) (.*?)${secretEnd}`, "gs");
const codes = new RegExp(`${codeStart}(.*?)${codeEnd}`, "s");
const all = new RegExp(`(${codeStart}.*?${codeEnd}|${secretStart}.*?${secretEnd})`, "s");

/** Text that represents code within a string. */
export function markOf({ text, isOutput }: Code): string {
  return `${codeStart}${isOutput ? "?" : " "}${text}${codeEnd}`;
}

/**
 * Represents a secret by its key, until the program's name for the guest is known. `use`: where the secret is
 * inserted.
 */
export function secretMarkOf(key: string, use: "xml" | "text"): string {
  return `${secretStart}${use} ${key}${secretEnd}`;
}

/** Replaces marks of secrets by code. `guest` is the guest's resource name, as an expression or as text. */
export function withSecretCodes(text: string, guest: { readonly code: string } | string): string {
  return text.replace(secrets, (_, use: string, key: string) => {
    const name = typeof guest === "string" ? `"${guest}-${key}"` : `\`\${${guest.code}}-${key}\``;
    const args = use === "text" ? `${name}, "text"` : name;
    return markOf({ text: `secret(${args})`, isOutput: true });
  });
}

/** Whether a text is code whose value only Pulumi knows. */
export const isOutput = (text: string | number) => String(text).startsWith(`${codeStart}?`);

/** Splits text at the code in it: text and code alternate, text first. */
export function splitCodes(text: string): (string | Code)[] {
  return text
    .split(codes)
    .map((part, index) =>
      index % 2 === 0
        ? part
        : { text: part.slice(1), ...(part.startsWith("?") ? { isOutput: true as const } : {}) },
    );
}

/** Changes the text between the marks. */
export function mapUnmarked(text: string, change: (piece: string) => string): string {
  return text
    .split(all)
    .map((piece, index) => (index % 2 === 0 ? change(piece) : piece))
    .join("");
}
