import type { StorageKind } from "../../model/arguments/kinds.ts";
import { dearestLabel } from "../live/labels.ts";
import type { StorageChange } from "../storage/facts.ts";
import { errorRecord } from "./record.ts";
import type { ErrorRecord, RecordedChange, ResourceRecord } from "./types.ts";
import { recordFormat } from "./types.ts";

/** The pool or volume that a record is about. */
interface About {
  readonly kind: StorageKind;
  /** Canonical libvirt URI. */
  readonly host: string;
  /** `images` for a pool, `images/data.qcow2` for a volume. */
  readonly name: string;
}

/** Records what would be done to a pool or volume. */
export function storageRecord(
  { kind, host, name }: About,
  told: { readonly changes: readonly RecordedChange[]; readonly obstacles: readonly string[] },
): ResourceRecord {
  return {
    format: recordFormat,
    kind: "resource",
    host,
    object: { kind: kind.object.name, name },
    domain: name,
    resource: { kind: kind.name, key: null },
    isRunning: null,
    label: dearestLabel(told.changes.map(({ label }) => label)),
    changes: told.changes,
    steps: [],
    obstacles: told.obstacles,
    lints: [],
    xml: null,
    cpus: null,
  };
}

/** Records why a pool or volume could not be compared. */
export function storageError({ kind, host, name }: About, message: string): ErrorRecord {
  const object = { kind: kind.object.name, name };
  const resource = { kind: kind.name, key: null };
  return errorRecord({ host, object, domain: name, resource, isUnreachable: false, message });
}

/** A change of an argument. What waits for the pool's next start is only defined now. */
export function recordedChange({ property, before, after, label }: StorageChange): RecordedChange {
  return { kind: "change", path: property, before, after, label: label === "live" ? "live" : "define" };
}

/** The creation of an object. */
export function recordedCreation({ kind, name }: Pick<About, "kind" | "name">): RecordedChange {
  return { kind: "add", path: kind.object.name, before: null, after: name, label: "define" };
}
