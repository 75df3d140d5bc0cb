/** Lines of the plan file for pools and volumes. */
import { HostError } from "../../errors.ts";
import { connectionTo } from "../../host/connections.ts";
import type { Arguments } from "../../model/arguments/field.ts";
import type { StorageKind } from "../../model/arguments/kinds.ts";
import { visible } from "../../model/values/visible.ts";
import { recordedChange, recordedCreation, storageError, storageRecord } from "../../plan/record/storage.ts";
import type { StorageChange } from "../../plan/storage/facts.ts";
import { notPossible } from "../findings/obstacles.ts";
import { lookAtHost } from "../look.ts";
import type { ResourcePreview } from "../preview.ts";
import { append, planFile, recordHost } from "../record/planFile.ts";
import { isPlaced, nameOf } from "./place.ts";

/** The part of a comparison or preview that goes into the plan file. */
interface Told {
  readonly obstacles: readonly string[];
  readonly unreachable: HostError | null;
}

/** Writes one line for a comparison and returns it. @param changes "made" for an object that is not on the host yet */
export async function recorded<T extends Told>(
  kind: StorageKind,
  args: Arguments,
  told: T,
  changes: readonly StorageChange[] | "made" = [],
): Promise<T> {
  await recordStorage(kind, args, told, changes);
  return told;
}

async function recordStorage(
  kind: StorageKind,
  args: Arguments,
  { obstacles, unreachable }: Told,
  changes: readonly StorageChange[] | "made",
): Promise<void> {
  if (planFile() === null) return;
  const name = nameOf(kind, args);
  const about = { kind, host: connectionTo(String(args.host)).host, name };
  const look = await lookAtHost(args);
  if (!(look instanceof HostError)) await recordHost(look);
  if (unreachable) return append(storageError(about, unreachable.message));
  const prefix = visible(notPossible(name, "")).length;
  append(
    storageRecord(about, {
      changes: changes === "made" ? [recordedCreation(about)] : changes.map(recordedChange),
      obstacles: obstacles.map((each) => each.slice(prefix)),
    }),
  );
}

/**
 * Writes one line for a new resource; nothing while its place is not known.
 * @param changesOf Finds what changes of an object that is there already and is taken over
 */
export async function recordCreation(
  kind: StorageKind,
  args: Arguments,
  preview: ResourcePreview,
  changesOf: () => Promise<readonly StorageChange[]>,
): Promise<void> {
  if (planFile() === null || !isPlaced(kind, args)) return;
  const { isOurs } = preview.outputs;
  const changes = isOurs === true ? "made" : preview.unreachable ? [] : await changesOf();
  await recordStorage(kind, args, preview, changes);
}
