/** Reads a file with checksums, as distributions publish them beside their images. */

/** Lengths of the digests in hexadecimal digits. */
const algorithms: Readonly<Record<number, string>> = { 64: "sha256", 128: "sha512" };

/**
 * Finds the digest of a file: `DIGEST  FILE` and `DIGEST *FILE` as sha256sum prints them, `SHA256 (FILE) = DIGEST` of the
 * BSDs, and a digest alone, which is then that of the only file there is.
 * @returns `sha256:…` or `sha512:…`, or why there is none
 */
export function findChecksum(
  text: string,
  file: string,
): { readonly checksum: string } | { readonly why: string } {
  const lines = text.split(/\r?\n/).flatMap((line) => readLine(line.trim()) ?? []);
  const named = lines.filter(({ name }) => name !== null && baseName(name) === file);
  const alone = lines.filter(({ name }) => name === null);
  const fitting = named.length > 0 ? named : lines.length === 1 ? alone : [];
  const found = [...new Set(fitting.map(({ checksum }) => checksum))];
  if (found[0] === undefined) return { why: `it has no SHA-256 or SHA-512 digest of "${file}"` };
  const strongest = found.filter((each) => each.length === Math.max(...found.map(({ length }) => length)));
  if (strongest[0] === undefined || strongest.length > 1)
    return { why: `it has several digests of "${file}"` };
  return { checksum: strongest[0] };
}

interface Line {
  readonly checksum: string;
  /** `null` for a digest alone. */
  readonly name: string | null;
}

function readLine(line: string): Line | null {
  const match =
    /^(?<digest>[0-9a-f]+)(?:\s+\*?(?<name>\S.*))?$/i.exec(line) ??
    /^SHA(?:256|512) ?\((?<name>.+)\) ?= ?(?<digest>[0-9a-f]+)$/i.exec(line);
  const { digest = "", name = null } = match?.groups ?? {};
  const algorithm = algorithms[digest.length];
  return algorithm ? { checksum: `${algorithm}:${digest.toLowerCase()}`, name } : null;
}

const baseName = (path: string) => path.slice(path.lastIndexOf("/") + 1);
