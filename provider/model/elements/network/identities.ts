import { table } from "../../table.ts";
import { canonicalIp } from "../../values/ip.ts";
import { canonicalMac } from "../../values/mac.ts";
import { decimal, number } from "../../values/number.ts";
import type { Identity } from "../schema.ts";

const by = (...places: string[]): Identity => ({ places });
const byAddress = (...places: string[]): Identity => ({ places, canonical: canonicalIp });

/**
 * Path from `<network>` → identity.
 *
 * libvirt regards two DHCP hosts as the same when their MAC address, name or IP address is equal. We use the MAC
 * address, for IPv6 the id, and the name only for a host that has neither.
 *
 * A missing part of a key counts as a value of its own: a forwarder without a domain serves all domains, so it is
 * not the same as a forwarder with a domain.
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
