import type { Connection } from "../host/connection/connection.ts";
import type { HostSnapshot } from "../host/read/read.ts";
import type { Arguments } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import type { XmlElement } from "../model/xml/tree.ts";

/** A resource of a preview, and what is known of its domain. */
export interface Asked {
  readonly connection: Connection;
  readonly snapshot: HostSnapshot;
  readonly kind: Kind;
  readonly args: Arguments;
  readonly name: string;
  readonly declared: XmlElement;
}
