import type { Arguments } from "../../model/arguments/field.ts";
import type { AdoptedGuest, AdoptedResource } from "./adopted.ts";
import { listOf } from "./threads.ts";

/** Where the data of a disk is: the argument `source`. */
export interface Source {
  readonly file?: unknown;
  readonly block?: unknown;
  readonly volume?: { readonly pool: unknown; readonly volume: unknown };
}

/** Sources of all disks of a guest. */
export function sourcesOf({ resources }: AdoptedGuest): Source[] {
  return resources.flatMap(({ args }) => [args, ...listOf(args.disks)]).flatMap(({ source }) => source ?? []);
}

/** The guest with other sources of its disks. */
export function withSources(guest: AdoptedGuest, change: (source: Source) => Source): AdoptedGuest {
  const changed = (disk: Arguments): Arguments =>
    disk.source === undefined ? disk : { ...disk, source: change(disk.source as Source) };
  const resources = guest.resources.map((resource): AdoptedResource => {
    const { disks } = resource.args;
    const args = changed(resource.args);
    return { ...resource, args: disks === undefined ? args : { ...args, disks: listOf(disks).map(changed) } };
  });
  return { ...guest, resources };
}
