import { number } from "./number.ts";

/** An IP address as libvirt prints it: `FD00:0:0::1` is fd00::1. C's rules apply to the parts of an IPv4 address. */
export function canonicalIp(text: string): string {
  const value = text.trim().toLowerCase();
  if (/^(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){3}$/.test(value))
    return value.split(".").map(number).join(".");
  return /^[0-9a-f:]*:[0-9a-f:]*$/.test(value) ? (canonicalIpv6(value) ?? text) : text;
}

function canonicalIpv6(value: string): string | null {
  const [head = "", tail, more] = value.split("::");
  const groupsOf = (part: string) => (part === "" ? [] : part.split(":"));
  const [before, after] = [groupsOf(head), groupsOf(tail ?? "")];
  const missing = 8 - before.length - after.length;
  if (more !== undefined || (tail === undefined ? missing !== 0 : missing < 1)) return null;
  const groups = [...before, ...new Array<string>(missing).fill("0"), ...after];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/.test(group))) return null;
  const text = `:${groups.map((group) => group.replace(/^0+(?=.)/, "")).join(":")}:`;
  const [longest = ""] = (text.match(/:(?:0:){2,}/g) ?? []).toSorted((a, b) => b.length - a.length);
  const short = longest === "" ? text : text.replace(longest, "::");
  return short.replace(/^:(?!:)|(?<!:):$/g, "");
}

/** The prefix that means the same as a netmask: 24 for 255.255.255.0. Null when the text is no netmask. */
export function prefixOf(netmask: string): string | null {
  const parts = canonicalIp(netmask).split(".").map(Number);
  if (parts.length !== 4 || !parts.every((part) => part >= 0 && part <= 255)) return null;
  const bits = parts.map((part) => part.toString(2).padStart(8, "0")).join("");
  return /^1*0*$/.test(bits) ? String(bits.indexOf("0") < 0 ? 32 : bits.indexOf("0")) : null;
}
