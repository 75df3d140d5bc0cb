import { attributeOf, childrenOf } from "../../../xml/read.ts";
import { deviceFactOf, type Omission, type Site, saysNothing } from "../../omission.ts";

const isVirtio = (site: Site) => {
  const model = deviceFactOf(site, "model/@type");
  if (model !== undefined) return model.startsWith("virtio");
  return /^(?:vhostuser|vdpa)$/.test(deviceFactOf(site, "@type") ?? "");
};
const reason = "only a virtio interface has driver options";

/** Network interfaces. libvirt 11.3. */
export const interfaces: readonly Omission[] = [
  {
    id: "driver-not-virtio",
    place: "devices/interface/driver",
    kind: "dropped",
    when: (site) => !isVirtio(site) && deviceFactOf(site, "@type") !== "hostdev",
    reason,
  },
  {
    id: "not-managed",
    place: "devices/interface/@managed",
    kind: "default",
    values: ["no"],
    reason: "no is what silence says",
  },
  {
    id: "vhost-not-virtio",
    place: "devices/interface/backend/@vhost",
    kind: "dropped",
    when: (site) => !isVirtio(site),
    reason: "only a virtio interface has a vhost device",
  },
  {
    id: "one-queue",
    place: "devices/interface/driver/@queues",
    kind: "default",
    values: ["0", "1"],
    reason: "one queue is what silence says",
  },
  {
    id: "filter-of-no-tap",
    place: "devices/interface/filterref",
    kind: "dropped",
    when: (site) => !/^(?:network|bridge|ethernet)$/.test(deviceFactOf(site, "@type") ?? "network"),
    reason: "the host filters packets of its own tap devices only (9.0.0)",
  },
  {
    id: "dev-without-passt",
    place: "devices/interface/source/@dev",
    kind: "dropped",
    when: (site) => deviceFactOf(site, "@type") === "user" && deviceFactOf(site, "backend/@type") !== "passt",
    reason: "only passt has a device on the host (9.0.0)",
  },
  ...["coalesce", "coalesce/rx", "coalesce/rx/frames"].map(
    (place): Omission => ({
      id: "empty-coalesce",
      place: `devices/interface/${place}`,
      kind: "default",
      when: ({ element }) => saysNothing(element),
      reason: "no frames means no coalescing",
    }),
  ),
  {
    id: "zero-coalesce",
    place: "devices/interface/coalesce/rx/frames/@max",
    kind: "default",
    values: ["0"],
    reason: "no frames means no coalescing",
  },
  ...["inbound", "outbound"].flatMap((side) =>
    ["peak", "burst", "floor"].map(
      (name): Omission => ({
        id: "zero-bandwidth",
        place: `devices/interface/bandwidth/${side}/@${name}`,
        kind: "default",
        values: ["0"],
        reason: "zero is what silence says",
      }),
    ),
  ),
  ...["inbound", "outbound"].map(
    (side): Omission => ({
      id: "zero-bandwidth-side",
      place: `devices/interface/bandwidth/${side}`,
      kind: "default",
      when: ({ element }) => element.attributes.every(({ value }) => /^0+$/.test(value)),
      reason: "zero is what silence says",
    }),
  ),
  ...["inbound", "outbound"].map(
    (side): Omission => ({
      id: "bandwidth-without-average",
      place: `devices/interface/bandwidth/${side}`,
      kind: "dropped",
      when: ({ element }) =>
        /^0+$/.test(attributeOf(element, "average") ?? "") &&
        /^0*$/.test(attributeOf(element, "floor") ?? ""),
      reason: "an average of zero limits nothing, whatever its peak (9.0.0)",
    }),
  ),
  ...["queues", "txmode", "ioeventfd", "event_idx", "rx_queue_size", "tx_queue_size", "rss"].map(
    (name): Omission => ({
      id: "driver-of-hostdev",
      place: `devices/interface/driver/@${name}`,
      kind: "dropped",
      when: (site) => deviceFactOf(site, "@type") === "hostdev",
      reason,
    }),
  ),
  {
    id: "one-vlan",
    place: "devices/interface/vlan/@trunk",
    kind: "default",
    values: ["no"],
    when: ({ element }) => childrenOf(element, "tag").length === 1,
    reason: "one tag is no trunk",
  },
];
