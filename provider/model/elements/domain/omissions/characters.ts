import { table } from "../../../table.ts";
import { deviceFactOf, deviceOf, type Omission, type Site } from "../../omission.ts";

/** Devices that have the source of a character device, which connects them to something on the host. */
const characters: ReadonlySet<string> = new Set([
  ...["serial", "parallel", "console", "channel", "smartcard", "redirdev", "rng"],
]);

/** Type of the character device → parts that its source has. A type that is not listed has none of these parts. */
const sources: Readonly<Record<string, RegExp>> = table({
  pty: /^path$/,
  dev: /^(?:path|seclabel)$/,
  pipe: /^(?:path|seclabel)$/,
  file: /^(?:path|append|seclabel)$/,
  nmdm: /^(?:master|slave)$/,
  udp: /^(?:mode|host|service)$/,
  tcp: /^(?:mode|host|service|tls|reconnect)$/,
  unix: /^(?:mode|path|seclabel|reconnect)$/,
  spiceport: /^channel$/,
  dbus: /^channel$/,
  "qemu-vdagent": /^(?:clipboard|mouse)$/,
});
const ofSources = [
  "@path",
  "@append",
  "@mode",
  "@host",
  "@service",
  "@tls",
  "@channel",
  "@master",
  "@slave",
  "clipboard",
  "mouse",
  "seclabel",
  "reconnect",
];

function isForeign(site: Site, name: string): boolean {
  const device = deviceOf(site);
  if (!device || !characters.has(device.name)) return false;
  const type = deviceFactOf(site, device.name === "rng" ? "backend/@type" : "@type");
  if (type === undefined) return false;
  if (type === "unix" && name === "mode" && deviceFactOf(site, "source/@path") === undefined) return true;
  return !(sources[type]?.test(name) ?? false);
}

/** Parts of sources that the type of the character device does not use. libvirt 9.0.0 and 11.3. */
export const sourcesOfOthers: readonly Omission[] = [
  ...ofSources.map(
    (part): Omission => ({
      id: "not-for-this-source",
      place: `**/source/${part}`,
      kind: "dropped",
      when: (site) => isForeign(site, part.replace("@", "")),
      reason: "such a character device has no use for it",
    }),
  ),
];
