/** The version in what libvirt or QEMU says of itself, as a number: `daemon: 9.4.0` → 9004000; `null` where there is none. */
export function parseVersion(text: string, word: string): number | null {
  const found = new RegExp(`${word}: (?:\\S+ )?(\\d+)\\.(\\d+)\\.(\\d+)`).exec(text);
  return found ? Number(found[1]) * 1e6 + Number(found[2]) * 1e3 + Number(found[3]) : null;
}

/** 9004000 → `9.4.0`. */
export function printVersion(version: number): string {
  return `${Math.floor(version / 1e6)}.${Math.floor(version / 1e3) % 1e3}.${version % 1e3}`;
}
