import { prefixOf } from "../../values/ip.ts";
import { decimal } from "../../values/number.ts";
import { attributeOf } from "../../xml/read.ts";
import type { Omission } from "../omission.ts";
import { isEmpty, ownFactOf } from "../omission.ts";

/** A netmask and a prefix mean the same, and libvirt prints the one that the definition has. */
const sameMask: readonly Omission[] = [
  {
    id: "network-prefix-as-netmask",
    place: "ip/@prefix",
    kind: "default",
    when: (site) => prefixOf(attributeOf(site.actual, "netmask") ?? "") === decimal(site.value),
    reason: "the netmask that is there says the same",
  },
  {
    id: "network-netmask-as-prefix",
    place: "ip/@netmask",
    kind: "default",
    when: (site) => prefixOf(site.value) === decimal(attributeOf(site.actual, "prefix") ?? ""),
    reason: "the prefix that is there says the same",
  },
];

export const omissions: readonly Omission[] = [
  ...sameMask,
  ...["ip/@family", "route/@family"].map(
    (place): Omission => ({
      id: "network-ipv4",
      place,
      kind: "default",
      values: ["ipv4"],
      when: (site) => !(ownFactOf(site, "@address") ?? "").includes(":"),
      reason: "an address is of IPv4 where nothing else is said",
    }),
  ),
  ...["portgroup/@default", "@ipv6"].map(
    (place): Omission => ({
      id: "network-no",
      place,
      kind: "default",
      values: ["no"],
      reason: "libvirt prints yes only",
    }),
  ),
  {
    id: "network-nat",
    place: "forward/@mode",
    kind: "default",
    values: ["nat"],
    reason: "libvirt takes nat where no mode is said",
  },
  ...["range", "host"].map(
    (name): Omission => ({
      id: "network-minutes",
      place: `ip/dhcp/${name}/lease/@unit`,
      kind: "default",
      values: ["minutes"],
      reason: "a lease is of minutes where no unit is said",
    }),
  ),
  ...["dns", "ip/dhcp"].map(
    (place): Omission => ({
      id: "network-says-nothing",
      place,
      kind: "dropped",
      when: ({ element }) => isEmpty(element),
      reason: "an empty element says nothing",
    }),
  ),
];
