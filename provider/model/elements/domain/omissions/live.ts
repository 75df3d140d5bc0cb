import { attributeOf, childrenOf, valueAt } from "../../../xml/read.ts";
import { deviceOf, type Omission } from "../../omission.ts";
import { isRunning } from "./running.ts";

const reason = "belongs to a running guest; a definition has none";

/** Nodes that `dumpxml` prints for a running guest and that a definition does not keep. libvirt 11.3. */
export const live: readonly Omission[] = [
  { id: "live-domain-id", place: "@id", kind: "dropped", evenOver: true, reason },
  { id: "live-source-index", place: "**/source/@index", kind: "dropped", evenOver: true, reason },
  { id: "live-chain-index", place: "**/backingStore/@index", kind: "dropped", evenOver: true, reason },
  { id: "live-mirror", place: "devices/disk/mirror", kind: "dropped", reason },
  { id: "live-label", place: "seclabel/imagelabel", kind: "dropped", reason },
  {
    id: "live-dynamic-label",
    place: "seclabel/label",
    kind: "dropped",
    when: ({ trail }) => attributeOf(trail.at(-1), "type") === "dynamic",
    reason,
  },
  {
    id: "live-alias",
    place: "**/alias",
    kind: "dropped",
    when: ({ element }) => !/^ua-[\w-]*$/.test(attributeOf(element, "name") ?? ""),
    reason: "libvirt names devices at each start; it keeps only names of ua- and letters, digits, _ and -",
  },
  {
    id: "live-alias",
    place: "**/alias/@name",
    kind: "dropped",
    values: /^(?!ua-)/,
    evenOver: true,
    when: (site) => isRunning(site) && !site.there?.startsWith("ua-"),
    reason: "libvirt names devices at each start",
  },
  {
    id: "live-labelskip",
    place: "**/source/seclabel",
    kind: "dropped",
    when: ({ element }) => attributeOf(element, "labelskip") === "yes",
    reason: "whether labelling was skipped is state of a running guest",
  },
  {
    id: "live-port",
    place: "devices/interface/source/@portid",
    kind: "dropped",
    evenOver: true,
    when: ({ trail }) => attributeOf(trail[2], "type") === "network",
    reason: "a network gives the port at each start",
  },
  { id: "live-actual-nic", place: "devices/interface/actual", kind: "dropped", reason },
  {
    id: "live-tap-name",
    place: "devices/interface/target/@dev",
    kind: "dropped",
    evenOver: true,
    values: /^(?:vnet|macvtap|macvlan)\d/,
    when: (site) =>
      valueAt(deviceOf(site) ?? site.element, "target/@managed") !== "no" &&
      (site.there === null || isRunning(site)),
    reason: "names with libvirt's own prefixes are given at each start",
  },
  {
    id: "live-tap",
    place: "devices/interface/target",
    kind: "dropped",
    when: ({ element }) => /^(?:vnet|macvtap|macvlan)\d/.test(attributeOf(element, "dev") ?? ""),
    reason: "names with libvirt's own prefixes are given at each start",
  },
  {
    id: "live-pty",
    place: "**/source/@path",
    kind: "dropped",
    evenOver: true,
    when: (site) => attributeOf(deviceOf(site), "type") === "pty",
    reason: "the host gives a pty at each start",
  },
  {
    id: "live-pty",
    place: "**/source",
    kind: "dropped",
    when: ({ trail, element }) =>
      attributeOf(trail.at(-1), "type") === "pty" && element.attributes.every(({ name }) => name === "path"),
    reason: "the host gives a pty at each start",
  },
  ...["console", "serial", "parallel", "channel"].map(
    (name): Omission => ({
      id: "live-tty",
      place: `devices/${name}/@tty`,
      kind: "dropped",
      evenOver: true,
      reason: "the host gives a pty at each start",
    }),
  ),
  {
    id: "live-channel-state",
    place: "devices/channel/target/@state",
    kind: "dropped",
    evenOver: true,
    reason,
  },
  { id: "live-pci-origin", place: "devices/hostdev/origstates", kind: "dropped", reason },
  { id: "live-memory", place: "devices/memory/target/current", kind: "dropped", reason },
  {
    id: "live-usb-address",
    place: "devices/hostdev/source/address",
    kind: "dropped",
    when: ({ trail }) => {
      const source = trail.at(-1);
      return attributeOf(trail[2], "type") === "usb" && !!source && childrenOf(source, "vendor").length > 0;
    },
    reason: "a USB device that is named by vendor and product is looked for at each start",
  },
];
