import type { XmlElement } from "../../model/xml/tree.ts";

/** A storage pool as it was read. */
export interface PoolFacts {
  readonly name: string;
  readonly uuid: string;
  /** Whether it is started. */
  readonly isActive: boolean;
  readonly isAutostarted: boolean;
  /** The persistent definition, as libvirt printed it. */
  readonly inactiveXml: string;
  readonly inactive: XmlElement;
  /** What is in force; `null` while the pool is not active. */
  readonly live: XmlElement | null;
}

/** A volume as it was read. */
export interface VolumeFacts {
  readonly pool: string;
  readonly name: string;
  readonly path: string;
  /** In bytes. */
  readonly capacity: number;
  /** Bytes that it takes on the host. */
  readonly allocation: number;
  readonly format: string;
  /** Whether it is a file; else a device or an image that only a server has. */
  readonly isFile: boolean;
  /** `null` when the image has nothing below it. */
  readonly backing: Backing | null;
  /** How a qcow2 image is laid out; empty where libvirt does not say it, as for other formats. */
  readonly layout: Layout;
}

export interface Layout {
  /** In bytes. */
  readonly clusterSize?: number;
  readonly lazyRefcounts?: boolean;
  readonly extendedL2?: boolean;
}

export interface Backing {
  readonly path: string;
  readonly format: string;
}

/** A reason why `up` fails, or a difference that no update mends. */
export interface Obstacle {
  /** Argument that it is about. */
  readonly property: string;
  readonly reason: string;
}

/** One argument that differs on the host. */
export interface StorageChange {
  readonly property: string;
  readonly before: string;
  readonly after: string;
  /** `live`: nothing notices it. `next start`: it is defined now, and in force when the pool starts next. */
  readonly label: "live" | "next start";
}
