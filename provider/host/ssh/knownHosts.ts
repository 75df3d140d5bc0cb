import { createHash, createHmac } from "node:crypto";

export type Verdict =
  | { readonly kind: "known" }
  | { readonly kind: "unknown" }
  | { readonly kind: "changed"; readonly line: number }
  /** The file has only a certificate authority for the host. */
  | { readonly kind: "authority"; readonly line: number }
  | { readonly kind: "revoked"; readonly line: number };

export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

/** Prints a host as known_hosts writes it: the name in lower case, with the port unless it is 22. */
export function printKnownName(hostName: string, port: number): string {
  return (port === 22 ? hostName : `[${hostName}]:${port}`).toLowerCase();
}

/**
 * Lists the key types that the file has for a host. We ask for them first, so that the server offers a key we can
 * check.
 */
export function knownKeyTypes(file: string, name: string): string[] {
  return entries(file)
    .filter((entry) => entry.marker === undefined && matches(entry.hosts, name))
    .map((entry) => entry.type);
}

/** Looks up a server's key in a known_hosts file. `name` is in the form of `printKnownName`. */
export function judgeKey(file: string, name: string, key: Buffer): Verdict {
  const encoded = key.toString("base64");
  let verdict: Verdict = { kind: "unknown" };
  for (const entry of entries(file)) {
    if (!matches(entry.hosts, name)) continue;
    if (entry.marker === "@revoked" && entry.key === encoded) return { kind: "revoked", line: entry.line };
    if (entry.marker === "@cert-authority" && verdict.kind === "unknown") {
      verdict = { kind: "authority", line: entry.line };
    }
    if (entry.marker !== undefined) continue;
    if (entry.key === encoded) verdict = { kind: "known" };
    else if (verdict.kind === "unknown" || verdict.kind === "authority")
      verdict = { kind: "changed", line: entry.line };
  }
  return verdict;
}

interface Entry {
  readonly marker: string | undefined;
  readonly hosts: string;
  readonly type: string;
  readonly key: string;
  readonly line: number;
}

function entries(file: string): Entry[] {
  return file.split("\n").flatMap((text, index): Entry[] => {
    const match = /^\s*(?:(@\S+)\s+)?([^#\s]\S*)\s+(\S+)\s+(\S+)/.exec(text);
    const [, marker, hosts = "", type = "", key = ""] = match ?? [];
    return match ? [{ marker, hosts, type, key, line: index + 1 }] : [];
  });
}

function matches(hosts: string, name: string): boolean {
  const hashed = /^\|1\|([^|]+)\|(.+)$/.exec(hosts);
  if (hashed) {
    return (
      createHmac("sha1", Buffer.from(hashed[1] ?? "", "base64"))
        .update(name)
        .digest("base64") === hashed[2]
    );
  }
  const patterns = hosts.split(",");
  const fits = (pattern: string) =>
    new RegExp(
      `^${pattern
        .replace(/[.+^${}()|[\]\\]/g, "\\$&")
        .replaceAll("*", ".*")
        .replaceAll("?", ".")}$`,
      "i",
    ).test(name);
  return (
    patterns.some((each) => !each.startsWith("!") && fits(each)) &&
    !patterns.some((each) => each.startsWith("!") && fits(each.slice(1)))
  );
}
