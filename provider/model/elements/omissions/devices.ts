import { parseMemoryKiB } from "../../units.ts";
import { attributeOf, valueAt } from "../../xml/read.ts";
import type { XmlElement } from "../../xml/tree.ts";
import { domainOf, type Omission } from "./row.ts";

const noTcp = (element: XmlElement | undefined) => attributeOf(element, "type") !== "tcp";

/** Character devices and all the smaller ones. libvirt 11.3 unless the reason names another version. */
export const devices: readonly Omission[] = [
  ...["serial", "parallel", "console", "channel", "smartcard", "redirdev", "rng/backend"].map(
    (name): Omission => ({
      id: "raw-protocol",
      place: `devices/${name}/protocol`,
      kind: "default",
      when: ({ trail }) => noTcp(trail.at(-1)),
      reason: "only TCP has other protocols than raw",
    }),
  ),
  {
    id: "channel-bind",
    place: "devices/channel/source",
    kind: "default",
    when: ({ element }) => attributeOf(element, "path") === undefined,
    reason: "a path is made at each start",
  },
  {
    id: "channel-own-path",
    place: "devices/channel/source/@path",
    kind: "dropped",
    values: /\/libvirt\/qemu\/(?:channel\/|run\/channel\/)/,
    reason: "a path in libvirt's own folder is made at each start (qemu_domain.c)",
  },
  {
    id: "channel-own-path",
    place: "devices/channel/source",
    kind: "dropped",
    when: ({ element }) => /\/libvirt\/qemu\/(?:run\/)?channel\//.test(attributeOf(element, "path") ?? ""),
    reason: "a path in libvirt's own folder is made at each start (qemu_domain.c)",
  },
  {
    id: "console-port",
    place: "devices/console/target/@port",
    kind: "dropped",
    evenOver: true,
    reason: "libvirt numbers consoles as they come",
  },
  {
    id: "virtio-serial-bus",
    place: "devices/channel/address/@bus",
    kind: "dropped",
    evenOver: true,
    when: ({ element, there }) => attributeOf(element, "type") === "virtio-serial" && there === "0",
    reason: "a virtio-serial controller has one bus, number 0",
  },
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
      const domain = domainOf(site);
      const isPpc64 = (domain && valueAt(domain, "os/type/@arch"))?.startsWith("ppc64") ?? false;
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
