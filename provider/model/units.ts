/** Bytes per unit, as libvirt's `virScaleInteger` reads them: KB is 1000, K and KiB are 1024. */
const units: Readonly<Record<string, number>> = {
  b: 1,
  bytes: 1,
  kb: 1e3,
  k: 1024,
  kib: 1024,
  mb: 1e6,
  m: 1024 ** 2,
  mib: 1024 ** 2,
  gb: 1e9,
  g: 1024 ** 3,
  gib: 1024 ** 3,
  tb: 1e12,
  t: 1024 ** 4,
  tib: 1024 ** 4,
};

/** Reads `256 MiB`; a bare number is KiB. Rounded up to KiB as libvirt does. Null when it is no size. */
export function parseMemoryKiB(text: string, unit?: string): number | null {
  const match = /^\s*(\d+)\s*([A-Za-z]*)\s*$/.exec(text);
  if (!match) return null;
  const bytes = units[(match[2] || unit || "KiB").toLowerCase()];
  return bytes === undefined ? null : Math.ceil((Number(match[1]) * bytes) / 1024);
}

/** Writes KiB in the largest unit that says it exactly: `4 GiB`. */
export function printMemory(kib: number): string {
  if (kib % (1024 * 1024) === 0) return `${kib / (1024 * 1024)} GiB`;
  return kib % 1024 === 0 ? `${kib / 1024} MiB` : `${kib} KiB`;
}
