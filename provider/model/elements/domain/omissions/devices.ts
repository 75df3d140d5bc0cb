import { attributeOf, childrenOf, elementsAt, valueAt } from "../../../xml/read.ts";
import type { XmlElement } from "../../../xml/tree.ts";
import { deviceOf, factOf, type Omission, type Site } from "../../omission.ts";

const noTcp = (element: XmlElement | undefined) => attributeOf(element, "type") !== "tcp";

const hasOnly = (element: XmlElement, values: Readonly<Record<string, string>>) =>
  childrenOf(element).length === 0 && element.attributes.every(({ name, value }) => values[name] === value);

/** Whether `qemuDomainChrDefDropDefaultPath` regards the path as one that libvirt generated. */
function isOwnPath(path: string, channel: XmlElement | undefined): boolean {
  const name = channel ? valueAt(channel, "target/@name") : undefined;
  if (name === undefined || !path.endsWith(name)) return false;
  return /\/(?:domain-[^/]+\/|[^/]+\.)$/.test(path.slice(0, -name.length));
}

const isNoPciAddress = (address: XmlElement) =>
  attributeOf(address, "type") === "pci" &&
  ["domain", "bus", "slot"].every((name) => /^(?:0x)?0*$/.test(attributeOf(address, name) ?? ""));

/** Whether the console is a copy of a serial port, so that libvirt ignores the console's own settings. */
function isSerialConsole(site: Site): boolean {
  const [domain, all, console] = site.trail;
  const position = all && console ? childrenOf(all, "console").indexOf(console) : -1;
  const serial = domain && elementsAt(domain, "devices/serial")[position];
  if (!serial || !console || !/^(?:serial)?$/.test(valueAt(console, "target/@type") ?? "")) return false;
  const inside = site.place.slice("devices/console/".length);
  if (inside.startsWith("target")) return false;
  return site.there === null || valueAt(serial, inside) === site.there;
}

/** Character devices and the smaller devices. libvirt 11.3 unless the reason names another version. */
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
    id: "protocol-without-tcp",
    place: "**/protocol",
    kind: "dropped",
    when: (site) => site.place.startsWith("devices/") && noTcp(site.trail.at(-1)),
    reason: "only TCP has a protocol",
  },
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
  {
    id: "console-is-serial",
    place: "devices/console/**",
    kind: "dropped",
    evenOver: true,
    when: isSerialConsole,
    reason: "a console is the serial port at its position, whatever it says itself (domain_conf.c)",
  },
  {
    id: "serial-isa",
    place: "devices/serial/target/@type",
    kind: "default",
    values: ["isa-serial"],
    evenOver: true,
    when: (site) => !/^(?:i686|x86_64)$/.test(factOf(site, "os/type/@arch") ?? "x86_64"),
    reason: "means the machine's own kind of port where there is no ISA bus (qemu_postparse.c)",
  },
  ...["domain", "bus", "slot", "function"].map(
    (name): Omission => ({
      id: "pci-address-zero",
      place: `**/address/@${name}`,
      kind: "dropped",
      evenOver: true,
      when: ({ element, trail }) => trail.length === 4 && isNoPciAddress(element),
      reason: "an address of zeros is none: libvirt gives one (virpci.c)",
    }),
  ),
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
    id: "zero-rate-period",
    place: "devices/rng/rate/@period",
    kind: "default",
    values: ["0"],
    reason: "the default",
  },
];
