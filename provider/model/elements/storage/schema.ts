/** How `<pool>` and `<volume>` are compared. Measured on libvirt 9.0.0, by defining pools and dumping them. */
import { table } from "../../table.ts";
import { number } from "../../values/number.ts";
import { attributeOf, valueAt } from "../../xml/read.ts";
import type { XmlElement } from "../../xml/tree.ts";
import { neutral } from "../neutral.ts";
import type { Filled, Meaning, Tables } from "../schema.ts";
import { schemaOf } from "../schema.ts";
import { poolTypeOf } from "./poolTypes.ts";

const meanings: readonly Meaning[] = [
  {
    // libvirt prints a path with single slashes, of which two at the beginning stay, and with none at its end.
    ends: /(?:^|\/)(?:target\/path|source\/dir\/@path)$/,
    canonical: (path) => path.replace(/(.)\/+$/, "$1").replace(/(?<=[^/])\/{2,}|^\/{3,}/g, "/"),
  },
  { ends: /\/permissions\/mode$/, canonical: (mode) => number(mode.replace(/^0*/, "0")) },
  { ends: /\/parentaddr\/address\/@\w+$/, canonical: number },
  { ends: /\/secret\/@uuid$/, canonical: (uuid) => uuid.toLowerCase() },
];

const identities: Tables["identities"] = table({
  "source/device": { places: ["@path"] },
  "source/host": { places: ["@name", "@port"], absent: "" },
});

/** libvirt makes up a new UUID when a definition lacks it, and refuses such a definition for a name that exists. */
const uuid = { place: "uuid" };

const isDerived = (pool: XmlElement) => poolTypeOf(attributeOf(pool, "type") ?? "")?.target === "derived";

const filled: readonly Filled[] = [
  uuid,
  ...["capacity", "allocation", "available"].map((place) => ({ place })),
  { place: "@type", when: { "@type": /^dir$/ } },
  // As libvirt found them when it looked at the folder, whatever was declared.
  { place: "target/permissions" },
  { place: "target/path", given: isDerived },
  { place: "source/device/freeExtent" },
  { place: "source/format", when: { "@type": /^(?:auto|unknown|lvm2)$/ } },
  { place: "source/name", given: (pool) => valueAt(pool, "source/name") === valueAt(pool, "name") },
];

export const storagePoolSchema = schemaOf({ ...neutral, identities, meanings, filled, restored: [uuid] });

export const volumeSchema = schemaOf(neutral);
