/**
 * A MAC address of libvirt's own range (52:54:00) from a text: the same text gives the same address, so that a preview
 * can tell it. As in libvirt, 24 bits tell guests apart; here they are FNV-1a's, folded.
 */
export function newMac(text: string): string {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  const folded = ((hash >>> 24) ^ hash) & 0xffffff;
  const bytes = [folded >>> 16, (folded >>> 8) & 0xff, folded & 0xff];
  return ["52", "54", "00", ...bytes.map((byte) => byte.toString(16).padStart(2, "0"))].join(":");
}

/** Six pairs of digits, however they are written: `52:54:0:A:b:c`. */
export const canonicalMac = (value: string) =>
  value
    .toLowerCase()
    .split(":")
    .map((part) => part.padStart(2, "0"))
    .join(":");
