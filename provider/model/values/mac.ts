/**
 * A MAC address in libvirt's own range (52:54:00), derived from a text. The same text gives the same address, so that a
 * preview can show it. As in libvirt, 24 bits distinguish guests; here they are a folded FNV-1a hash.
 */
export function newMac(text: string): string {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  const folded = ((hash >>> 24) ^ hash) & 0xffffff;
  const bytes = [folded >>> 16, (folded >>> 8) & 0xff, folded & 0xff];
  return ["52", "54", "00", ...bytes.map((byte) => byte.toString(16).padStart(2, "0"))].join(":");
}

/** Six pairs of lower-case digits, from forms such as `52:54:0:A:b:c`. */
export const canonicalMac = (value: string) =>
  value
    .toLowerCase()
    .split(":")
    .map((part) => part.padStart(2, "0"))
    .join(":");
