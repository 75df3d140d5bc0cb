import { domainSchema } from "./elements/domain/schema.ts";
import { networkSchema } from "./elements/network/schema.ts";
import type { Schema } from "./elements/schema.ts";
import { storagePoolSchema, volumeSchema } from "./elements/storage/schema.ts";

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
  readonly name: "domain" | "network" | "storagePool" | "volume";
  /** Root element of its XML. */
  readonly root: string;
  /** How its XML is compared. */
  readonly schema: Schema;
}

/** One that has a persistent definition beside the running object. */
export interface DefinedObject extends LibvirtObject {
  readonly verbs: Verbs;
}

/** One that exists as soon as it is created, inside another object. */
interface ContainedObject extends LibvirtObject {
  readonly livesIn: LibvirtObject["name"];
  readonly verbs: {
    readonly dump: string;
    readonly create: string;
    readonly createFrom: string;
    readonly resize: string;
    readonly delete: string;
  };
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
  storagePool: {
    name: "storagePool",
    root: "pool",
    schema: storagePoolSchema,
    verbs: {
      list: "pool-list",
      dumpInactive: ["pool-dumpxml", "--inactive"],
      dumpLive: ["pool-dumpxml"],
      define: "pool-define",
      undefine: "pool-undefine",
      start: "pool-start",
      stop: "pool-destroy",
      autostart: "pool-autostart",
    },
  },
  volume: {
    name: "volume",
    root: "volume",
    livesIn: "storagePool",
    schema: volumeSchema,
    verbs: {
      dump: "vol-dumpxml",
      create: "vol-create",
      createFrom: "vol-create-from",
      resize: "vol-resize",
      delete: "vol-delete",
    },
  },
} as const satisfies Readonly<Record<LibvirtObject["name"], DefinedObject | ContainedObject>>;

export const definedObjects: readonly DefinedObject[] = [
  objects.domain,
  objects.network,
  objects.storagePool,
];
