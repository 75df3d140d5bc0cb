import { parseMemoryKiB } from "../../units.ts";
import { attributeOf, childrenOf, elementsAt, valueAt } from "../../xml/read.ts";
import type { XmlElement } from "../../xml/tree.ts";
import { deviceOf, factOf, type Omission, type Site } from "./row.ts";

const noTcp = (element: XmlElement | undefined) => attributeOf(element, "type") !== "tcp";

const hasOnly = (element: XmlElement, values: Readonly<Record<string, string>>) =>
  childrenOf(element).length === 0 && element.attributes.every(({ name, value }) => values[name] === value);

/** Paths that `qemuDomainChrDefDropDefaultPath` takes for its own. */
function isOwnPath(path: string, channel: XmlElement | undefined): boolean {
  const name = channel ? valueAt(channel, "target/@name") : undefined;
  if (name === undefined || !path.endsWith(name)) return false;
  return /\/(?:domain-[^/]+\/|[^/]+\.)$/.test(path.slice(0, -name.length));
}

function isSerialConsole(site: Site): boolean {
  const [domain, all, console] = site.trail;
  const serial = domain && elementsAt(domain, "devices/serial")[0];
  if (!domain || !all || !serial || (console && childrenOf(all, "console")[0] !== console)) return false;
  const kind = console ? valueAt(console, "target/@type") : undefined;
  if (kind !== undefined && kind !== "serial") return false;
  const name = site.place.split("/@")[1];
  const theirs = name && valueAt(serial, site.place.includes("/source") ? `source/@${name}` : `@${name}`);
  return site.there === null ? true : theirs === site.there;
}

/** Character devices and all the smaller ones. libvirt 11.3 unless the reason names another version. */
export const devices: readonly Omission[] = [
  ...["serial", "parallel", "console", "channel", "smartcard", "redirdev", "rng/backend"].map(
    (name): Omission => ({
      id: "raw-protocol",
      place: `devices/${name}/protocol`,
      kind: "default",
      when: ({ trail, element }) => noTcp(trail.at(-1)) && hasOnly(element, { type: "raw" }),
      reason: "only TCP has other protocols than raw",
    }),
  ),
  {
    id: "channel-bind",
    place: "devices/channel/source",
    kind: "default",
    when: ({ element }) => hasOnly(element, { mode: "bind" }),
    reason: "a path is made at each start",
  },
  {
    id: "channel-connects-nowhere",
    place: "devices/channel/source",
    kind: "dropped",
    when: ({ element }) => hasOnly(element, { mode: "connect" }),
    reason: "without a path libvirt makes a socket and listens there (qemu_postparse.c)",
  },
  {
    id: "lease-from-start",
    place: "devices/lease/target/@offset",
    kind: "default",
    values: ["0"],
    reason: "the default",
  },
  {
    id: "channel-own-path",
    place: "devices/channel/source/@path",
    kind: "dropped",
    when: (site) => isOwnPath(site.value, deviceOf(site)),
    reason: "a path that libvirt would make itself is made at each start (qemu_domain.c)",
  },
  {
    id: "channel-own-path",
    place: "devices/channel/source",
    kind: "dropped",
    when: (site) => isOwnPath(attributeOf(site.element, "path") ?? "", deviceOf(site)),
    reason: "a path that libvirt would make itself is made at each start (qemu_domain.c)",
  },
  {
    id: "console-port",
    place: "devices/console/target/@port",
    kind: "dropped",
    evenOver: true,
    when: ({ trail, there }) => {
      const [, all, console] = trail;
      if (!all || !console || there === null) return false;
      const [serial] = childrenOf(all, "serial");
      const position = childrenOf(all, "console").indexOf(console);
      return there === String(position) || (position === 0 && !!serial && /^\d+$/.test(there));
    },
    reason: "libvirt numbers consoles as they come",
  },
  ...["devices/console/@type", "devices/console/source/@path", "devices/console/source"].map(
    (place): Omission => ({
      id: "console-is-serial",
      place,
      kind: "dropped",
      evenOver: true,
      when: isSerialConsole,
      reason: "the first console is the first serial port, whatever it says itself (domain_conf.c)",
    }),
  ),
  {
    id: "serial-isa",
    place: "devices/serial/target/@type",
    kind: "default",
    values: ["isa-serial"],
    evenOver: true,
    when: (site) => !/^(?:i686|x86_64)$/.test(factOf(site, "os/type/@arch") ?? "x86_64"),
    reason: "means the machine's own kind of port where there is no ISA bus (qemu_postparse.c)",
  },
  {
    id: "vsock-automatic",
    place: "devices/vsock/cid/@address",
    kind: "dropped",
    when: ({ element }) => attributeOf(element, "auto") === "yes",
    reason: "an automatic address is chosen at each start",
  },
  ...["channel", "console"].flatMap((name) =>
    ["bus", "port"].map(
      (part): Omission => ({
        id: "virtio-serial-port",
        place: `devices/${name}/address/@${part}`,
        kind: "dropped",
        evenOver: true,
        when: ({ element, there }) =>
          attributeOf(element, "type") === "virtio-serial" &&
          Number(attributeOf(element, "port") ?? 0) === 0 &&
          (part === "port" || there === "0"),
        reason: "without a port libvirt takes the next free one, on bus 0 (domain_addr.c)",
      }),
    ),
  ),
  ...["class", "vendor", "product", "version"].map(
    (name): Omission => ({
      id: `redirect-any-${name}`,
      place: `devices/redirfilter/usbdev/@${name}`,
      kind: "default",
      values: ["-1"],
      reason: "any is what silence says",
    }),
  ),
  {
    id: "zero-space-limit",
    place: "devices/filesystem/space_hard_limit",
    kind: "default",
    when: ({ element }) => valueAt(element, ".") === "0",
    reason: "zero is no limit, as silence",
  },
  {
    id: "balloon-never",
    place: "devices/memballoon/stats/@period",
    kind: "default",
    values: ["0"],
    reason: "never is what silence says",
  },
  {
    id: "balloon-never",
    place: "devices/memballoon/stats",
    kind: "default",
    when: ({ element }) => attributeOf(element, "period") === "0",
    reason: "never is what silence says",
  },
  {
    id: "memory-ppc64-blocks",
    place: "devices/memory/target/size",
    kind: "default",
    evenOver: true,
    when: (site) => {
      const isPpc64 = factOf(site, "os/type/@arch")?.startsWith("ppc64") ?? false;
      const block = 256 * 1024;
      const size = parseMemoryKiB(site.value, attributeOf(site.element, "unit"));
      return isPpc64 && size !== null && Math.ceil(size / block) * block === Number(site.there);
    },
    reason: "memory comes in blocks of 256 MiB on ppc64 (qemu_postparse.c)",
  },
  {
    id: "zero-rate-period",
    place: "devices/rng/rate/@period",
    kind: "default",
    values: ["0"],
    reason: "the default",
  },
];
