/** Powers of 1024 or 1000 by first letter, as libvirt's `virScaleInteger` reads them: KB is 1000, K and KiB 1024. */
const powers = "kmgtpe";

/** Bytes of one unit; null when there is no such unit. */
export function bytesPerUnit(unit: string): number | null {
  const match = /^(?:b|bytes?|([kmgtpe])(ib|b)?)$/i.exec(unit);
  if (!match) return null;
  const power = powers.indexOf((match[1] ?? "").toLowerCase()) + 1;
  return match[1] ? (match[2]?.toLowerCase() === "b" ? 1000 : 1024) ** power : 1;
}

/** Reads `20 GiB` as bytes; `bare` is the unit of a number without one. Null when the text is no size. */
export function parseBytes(text: string, bare = "b"): number | null {
  const match = /^\s*(\d+)\s*([A-Za-z]*)\s*$/.exec(text);
  const unit = match && bytesPerUnit(match[2] || bare);
  return match && unit ? Number(match[1]) * unit : null;
}

/** Reads `256 MiB`, rounded up to KiB as in libvirt; a bare number is KiB. Null when the text is no size. */
export function parseMemoryKiB(text: string, unit?: string): number | null {
  const bytes = parseBytes(text, unit || "KiB");
  return bytes === null ? null : Math.ceil(bytes / 1024);
}

/** Prints bytes in the largest unit that is exact: `20 GiB`. */
export function printBytes(bytes: number): string {
  return printSizes([bytes])[0] ?? "";
}

/** Prints KiB in the largest unit that is exact: `4 GiB`. */
export function printMemory(kib: number): string {
  if (kib % (1024 * 1024) === 0) return `${kib / (1024 * 1024)} GiB`;
  return kib % 1024 === 0 ? `${kib / 1024} MiB` : `${kib} KiB`;
}

const shownUnits = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/** Prints sizes in bytes, all in the largest unit that is exact for each of them: `128 MiB`, `1024 MiB`. */
export function printSizes(sizes: readonly number[]): string[] {
  let [unit, factor] = [0, 1];
  const fits = (next: number) => sizes.every((size) => size % next === 0);
  const isNothing = sizes.every((size) => size === 0);
  for (; !isNothing && unit < shownUnits.length - 1 && fits(factor * 1024); unit++) factor *= 1024;
  return sizes.map((size) => `${size / factor} ${shownUnits[unit]}`);
}
