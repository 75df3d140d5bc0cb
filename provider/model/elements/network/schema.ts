/** How `<network>` is compared. Measured on libvirt 9.0.0, by defining networks and dumping them. */
import { neutral } from "../neutral.ts";
import type { Filled, Restored } from "../schema.ts";
import { schemaOf } from "../schema.ts";
import { metadataSecrets, tellingText } from "../secrets.ts";
import { identities } from "./identities.ts";
import { meanings } from "./meanings.ts";
import { omissions } from "./omissions.ts";
import { rewrites, withOneMask } from "./rewrites.ts";

const filled: readonly Filled[] = [
  { place: "@connections" },
  { place: "uuid" },
  { place: "mac" },
  { place: "bridge/@name", when: { "@name": /^virbr\d+$/ } },
  { place: "bridge/@stp", when: { "@stp": /^on$/ } },
  { place: "bridge/@delay", when: { "@delay": /^0$/ } },
];

/** libvirt makes up new values for these when a definition lacks them; the network's next start uses another bridge. */
const restored: readonly Restored[] = ["uuid", "mac", "bridge"].map((place) => ({ place }));

export const networkSchema = schemaOf({
  ...neutral,
  identities,
  isWhole: (place) => /^metadata\/[^/]+$/.test(place),
  isShared: (place) => place === "ip" || place === "dns/host",
  meanings,
  namespace: { prefix: "dnsmasq", uri: "http://libvirt.org/schemas/network/dnsmasq/1.0" },
  rewrites,
  omissions,
  filled,
  restored,
  secrets: [
    metadataSecrets,
    { place: "options/option", attributes: ["value"], when: tellingText, reason: "options of dnsmasq" },
  ],
  complete: withOneMask,
});
