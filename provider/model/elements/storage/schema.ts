/** How `<pool>` and `<volume>` are compared. Measured on libvirt 9.0.0, by defining pools and dumping them. */
import { neutral } from "../neutral.ts";
import { schemaOf } from "../schema.ts";

/** A folder with or without a slash at its end is the same one, and libvirt prints it without. */
const folder = { ends: /(?:^|\/)target\/path$/, canonical: (path: string) => path.replace(/(.)\/+$/, "$1") };

/** libvirt makes up a new UUID when a definition lacks it, and refuses such a definition for a name that exists. */
const uuid = { place: "uuid" };

export const storagePoolSchema = schemaOf({
  ...neutral,
  meanings: [folder],
  filled: [uuid, ...["capacity", "allocation", "available"].map((place) => ({ place }))],
  restored: [uuid],
});

export const volumeSchema = schemaOf(neutral);
