/**
 * Codes and secrets within a text, between control characters: no XML can hold these, so nothing that a host says can
 * pass for one.
 */

/** An expression of the program. */
export interface Code {
  readonly text: string;
  /** Pulumi knows it only when it runs. */
  readonly isOutput?: true;
}

const [codeStart, codeEnd, secretStart, secretEnd] = ["\u0001", "\u0002", "\u0003", "\u0004"];
const secrets = new RegExp(`${secretStart}(xml|text) (.*?)${secretEnd}`, "gs");
const codes = new RegExp(`${codeStart}(.*?)${codeEnd}`, "s");
const all = new RegExp(`(${codeStart}.*?${codeEnd}|${secretStart}.*?${secretEnd})`, "s");

/** Text that stands for a code within a string. */
export function markOf({ text, isOutput }: Code): string {
  return `${codeStart}${isOutput ? "?" : " "}${text}${codeEnd}`;
}

/** Stands for the secret of that key until it is known how the program names the guest. `use`: what it becomes a part of. */
export function secretMarkOf(key: string, use: "xml" | "text"): string {
  return `${secretStart}${use} ${key}${secretEnd}`;
}

/** The marks of secrets as codes; `guest` is the guest's resource name, as an expression or a text. */
export function withSecretCodes(text: string, guest: { readonly code: string } | string): string {
  return text.replace(secrets, (_, use: string, key: string) => {
    const name = typeof guest === "string" ? `"${guest}-${key}"` : `\`\${${guest.code}}-${key}\``;
    const args = use === "text" ? `${name}, "text"` : name;
    return markOf({ text: `secret(${args})`, isOutput: true });
  });
}

/** Texts and codes in turn, a text first. */
export function splitCodes(text: string): (string | Code)[] {
  return text
    .split(codes)
    .map((part, index) =>
      index % 2 === 0
        ? part
        : { text: part.slice(1), ...(part.startsWith("?") ? { isOutput: true as const } : {}) },
    );
}

/** The texts between the marks, changed. */
export function mapUnmarked(text: string, change: (piece: string) => string): string {
  return text
    .split(all)
    .map((piece, index) => (index % 2 === 0 ? change(piece) : piece))
    .join("");
}
