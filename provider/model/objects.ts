import { domainSchema } from "./elements/domain/schema.ts";
import { networkSchema } from "./elements/network/schema.ts";
import type { Schema } from "./elements/schema.ts";

/** The virsh commands that read and write objects of a kind. */
interface Verbs {
  readonly list: string;
  /** Prints the definition, with everything that `define` needs to write it again. */
  readonly dumpInactive: readonly string[];
  /** Prints the running object. */
  readonly dumpLive: readonly string[];
  readonly define: string;
  readonly undefine: string;
  readonly start: string;
  /** Stops the object at once. */
  readonly stop: string;
  readonly autostart: string;
}

/** A kind of object that libvirt keeps on a host. */
export interface LibvirtObject {
  readonly name: "domain" | "network";
  /** Root element of its XML. */
  readonly root: string;
  /** How its XML is compared. */
  readonly schema: Schema;
  readonly verbs: Verbs;
}

export const objects = {
  domain: {
    name: "domain",
    root: "domain",
    schema: domainSchema,
    verbs: {
      list: "list",
      dumpInactive: ["dumpxml", "--inactive", "--security-info"],
      dumpLive: ["dumpxml", "--security-info"],
      define: "define",
      undefine: "undefine",
      start: "start",
      stop: "destroy",
      autostart: "autostart",
    },
  },
  network: {
    name: "network",
    root: "network",
    schema: networkSchema,
    verbs: {
      list: "net-list",
      dumpInactive: ["net-dumpxml", "--inactive"],
      dumpLive: ["net-dumpxml"],
      define: "net-define",
      undefine: "net-undefine",
      start: "net-start",
      stop: "net-destroy",
      autostart: "net-autostart",
    },
  },
} as const satisfies Readonly<Record<LibvirtObject["name"], LibvirtObject>>;
