import type { Arguments } from "../../model/arguments/field.ts";
import { kinds } from "../../model/arguments/kinds.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import { argumentsWithout } from "../arguments/adopted.ts";
import { declare } from "../arguments/declaration.ts";
import type { Change } from "../merge/change.ts";
import { planDomain } from "../plan.ts";
import type { Situation } from "../situation/situation.ts";
import type { AdoptedGuest, AdoptedResource } from "./adopted.ts";
import { splitGuest } from "./split.ts";

/** State of a domain that its XML does not hold. */
export interface GuestState {
  readonly name: string;
  readonly isPersistent: boolean;
  readonly autostart: boolean;
  readonly managedSave: boolean;
  /** libvirt's name of the state: running, paused, shut off … */
  readonly state: string;
}

/** Returns why a domain can't be adopted; `null` when it can. */
export function reasonToLeave({ isPersistent }: GuestState): string | null {
  return isPersistent
    ? null
    : "is transient: it has no definition, and taking it over would make one; define it first (virsh define), then adopt again";
}

/** Describes a guest as resources that match it already, the running side included: applying them does nothing. */
export function adoptGuest(state: GuestState, situation: Situation): AdoptedGuest {
  const differing: string[] = [];
  const changesOf = (desired: XmlElement): readonly Change[] =>
    planDomain(null, desired, situation)
      .changes.filter(({ label }) => label !== "next boot")
      .map(({ change }) => change);
  const resources = splitGuest(situation.inactive).flatMap((resource): AdoptedResource[] => {
    const kind = kinds[resource.kind];
    const due = changesOf(declare(kind, resource.args));
    differing.push(
      ...due.map(
        ({ path, before, after }) =>
          `${path} is ${before ?? "absent"} in the running guest and ${after ?? "absent"} in its definition`,
      ),
    );
    const args = argumentsWithout(kind, resource.args, changesOf);
    // A resource that still differs without the argument is left out as a whole.
    return changesOf(declare(kind, args)).length === 0 ? [{ ...resource, args }] : [];
  });
  const [domain, ...others] = resources;
  const run = runArguments(state);
  return {
    name: state.name,
    resources: domain ? [{ ...domain, args: { ...domain.args, ...run } }, ...others] : [],
    notes: [
      ...notesOf(state),
      ...differing.map((text) => `${text}: left out; declare the value that you want`),
    ],
  };
}

/** Declares only what is "on". A guest that is off, paused or not started by its host stays free to change. */
function runArguments({ state, autostart }: GuestState): Arguments {
  return { ...(state === "running" ? { running: true } : {}), ...(autostart ? { autostart: true } : {}) };
}

function notesOf({ state, managedSave }: GuestState): string[] {
  return [
    ...(managedSave
      ? ["has a managed save image: its next start resumes the definition that is saved in it"]
      : []),
    ...(state === "running" ? [] : [`is ${state}, and stays so: running is not declared`]),
  ];
}
