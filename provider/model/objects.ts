import { domainSchema } from "./elements/domain/schema.ts";
import type { Schema } from "./elements/schema.ts";

/** A kind of object that libvirt keeps on a host. */
export interface LibvirtObject {
  readonly name: "domain";
  /** How its XML is compared. */
  readonly schema: Schema;
}

export const objects = {
  domain: { name: "domain", schema: domainSchema },
} as const satisfies Readonly<Record<LibvirtObject["name"], LibvirtObject>>;
