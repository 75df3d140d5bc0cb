import type { Arguments, Failure } from "../model/arguments/field.ts";
import type { Tried } from "../plan/plan.ts";
import type { Show } from "../plan/storage/progress.ts";
import type { Declarer } from "./declarations/otherDeclarations.ts";
import type { Difference, Known } from "./diff.ts";
import type { Unknown } from "./findings/unknownParts.ts";
import type { ResourcePreview } from "./preview.ts";
import type { Found } from "./read.ts";
import type { LastApplied } from "./remembered.ts";
import type { Replacement } from "./replaced.ts";
import type { Made } from "./resource.ts";
import type { State } from "./state.ts";

/** Everything that the front ends ask about a resource of one kind. `all.ts` has them for each kind of object. */
export interface Operations {
  /** Finds arguments that can't be parsed. */
  findInvalid(args: Arguments): Failure[];
  /** Finds valid arguments that contradict each other or another resource, or that libvirt is known to refuse. */
  findRefused(args: Arguments, by: Declarer | null): Failure[];
  /** Finds another resource of the program that is the same thing. */
  findDuplicate(args: Arguments, by: Declarer | null): Promise<Failure[]>;
  /** Finds parts of `xml` that the host's libvirt does not know. `before`: `null` for a new resource. */
  findUnknown(before: Arguments | null, args: Arguments): Promise<Unknown | null>;
  findReplaced(recorded: Arguments, args: Arguments, uuid: string | undefined): Promise<Replacement>;
  /** Notes that this run deletes the resource before it makes its replacement. */
  noteLeaving(recorded: Arguments): void;
  /** Compares a declaration with the host. */
  diff(recorded: Arguments, args: Arguments, known: Known): Promise<Difference>;
  /** Predicts what a resource will be; `recorded` is `null` for a new one. */
  preview(
    recorded: Arguments | null,
    args: Arguments,
    secrets?: ReadonlySet<string>,
    tried?: readonly Tried[],
  ): Promise<ResourcePreview>;
  /** Writes a new resource into the plan file. */
  recordCreation(args: Arguments, preview: ResourcePreview, secrets?: ReadonlySet<string>): Promise<void>;
  /** @throws HostError when nothing was done; PartialFailure when something was created and stays */
  create(args: Arguments, show: Show): Promise<Made>;
  /** @throws HostError or PartialFailure */
  update(recorded: Arguments, args: Arguments, last: LastApplied, show: Show): Promise<Made>;
  /** Removes the resource, and lists what stays. @throws HostError when something prevents that */
  remove(recorded: Arguments, last: LastApplied): Promise<readonly string[]>;
  /** Reads what is there now; `null` when the resource is gone. @throws HostError */
  read(state: State, last: LastApplied): Promise<Found | null>;
  /** Reads a resource that no program declared yet; `null` when it does not exist. @throws HostError */
  import(id: string, defaults: Arguments): Promise<Found | null>;
  /** Fills in what a state lacks of the arguments that identify the resource. @throws HostError */
  identified(id: string, args: Arguments): Arguments;
  /** Adds to an interrupt's error what is true of the resource now. */
  withTruth(args: Arguments, error: unknown): Promise<unknown>;
}
