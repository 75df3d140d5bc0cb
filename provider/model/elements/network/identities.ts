import { table } from "../../table.ts";
import { canonicalIp } from "../../values/ip.ts";
import { canonicalMac } from "../../values/mac.ts";
import { decimal, number } from "../../values/number.ts";
import type { Identity } from "../schema.ts";

const by = (...places: string[]): Identity => ({ places });
const byAddress = (...places: string[]): Identity => ({ places, canonical: canonicalIp });

/**
 * Of DHCP hosts libvirt takes one for another when any of MAC address, name and address is the same; ours is the one
 * of the same MAC address, for IPv6 of the same id, and by its name only where it has neither. What says less of
 * itself is another one than what says more: a forwarder without a domain is for all of them.
 */
export const identities: Readonly<Record<string, Identity>> = table({
  ip: byAddress("@address"),
  "ip/dhcp/range": byAddress("@start", "@end"),
  "ip/dhcp/host": {
    places: ["@mac"],
    canonical: canonicalMac,
    otherwise: { ...by("@id"), otherwise: by("@name") },
  },
  "dns/forwarder": { ...byAddress("@domain", "@addr"), absent: "" },
  "dns/txt": by("@name"),
  "dns/host": byAddress("@ip"),
  "dns/host/hostname": by("."),
  "dns/srv": {
    places: ["@service", "@protocol", "@domain", "@target", "@port"],
    canonical: decimal,
    absent: "",
  },
  route: { ...byAddress("@address", "@prefix"), absent: "" },
  portgroup: by("@name"),
  "forward/interface": by("@dev"),
  "forward/address": { places: ["@domain", "@bus", "@slot", "@function"], canonical: number, absent: "0" },
  "vlan/tag": { places: ["@id"], canonical: decimal },
  "portgroup/vlan/tag": { places: ["@id"], canonical: decimal },
  "dnsmasq:options/dnsmasq:option": by("@value"),
});
