import type { AnyKind, Kind } from "../model/arguments/kinds.ts";
import { kinds } from "../model/arguments/kinds.ts";
import { withTruth } from "./afterInterrupt.ts";
import { findInvalid, findRefused } from "./check.ts";
import { noteLeaving } from "./declarations/leaving.ts";
import { findDuplicate } from "./declarations/sameThing.ts";
import { deleteResource } from "./delete.ts";
import { diffResource } from "./diff.ts";
import { findUnknownOfEdit } from "./findings/unknownParts.ts";
import { identified } from "./id.ts";
import { importResource } from "./import.ts";
import type { Operations } from "./operations.ts";
import { previewResource } from "./preview.ts";
import { readResource } from "./read.ts";
import { recordCreation } from "./record/creation.ts";
import { findReplaced } from "./replaced.ts";
import { createResource, updateResource } from "./resource.ts";
import { poolOperations } from "./storage/pool.ts";
import { volumeOperations } from "./storage/volume.ts";

/** What a domain and its parts are asked. */
function domainOperations(kind: Kind): Operations {
  return {
    findInvalid: (args) => findInvalid(kind, args),
    findRefused: (args, by) => findRefused(kind, args, by),
    findDuplicate: (args, by) => findDuplicate(kind, args, by),
    findUnknown: (before, args) => findUnknownOfEdit(kind, before, args),
    findReplaced: (recorded, args, uuid) => findReplaced(kind, recorded, args, uuid),
    noteLeaving: (recorded) => noteLeaving(kind, recorded),
    diff: (recorded, args, known) => diffResource(kind, recorded, args, known),
    preview: (recorded, args, secrets, tried) => previewResource(kind, recorded, args, secrets, tried),
    recordCreation: (args, preview, secrets) => recordCreation(kind, args, preview, secrets),
    create: (args) => createResource(kind, args),
    update: (recorded, args, last) => updateResource(kind, recorded, args, last),
    remove: (recorded, { uuid }) => deleteResource(kind, recorded, uuid),
    read: (state, { uuid, ignored }) => readResource(kind, state, uuid, ignored),
    import: (id, defaults) => importResource(kind, id, defaults),
    identified: (id, args) => identified(kind, id, args),
    withTruth: (args, error) => withTruth(kind, args, error),
  };
}

const all: Readonly<Record<AnyKind["name"], Operations>> = {
  Domain: domainOperations(kinds.Domain),
  IoThread: domainOperations(kinds.IoThread),
  IoThreadPin: domainOperations(kinds.IoThreadPin),
  VirtioDisk: domainOperations(kinds.VirtioDisk),
  VirtioScsiController: domainOperations(kinds.VirtioScsiController),
  StoragePool: poolOperations,
  Volume: volumeOperations,
};

/** What a resource of this kind can be asked. */
export function operationsOf({ name }: AnyKind): Operations {
  return all[name];
}
