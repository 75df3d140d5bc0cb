import type { Lifecycle, RunStateChange } from "../host/apply/runState.ts";
import { leftAsItIs, whyNotOff } from "../host/apply/runState.ts";
import type { Arguments } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import { hidden } from "../model/elements/redact.ts";
import type { Schema } from "../model/elements/schema.ts";
import { visible } from "../model/values/visible.ts";
import { propertyFinder } from "../plan/arguments/propertyChanges.ts";
import type { Change } from "../plan/merge/change.ts";
import type { LabelledChange, Plan } from "../plan/plan.ts";
import { recordChange } from "../plan/record/change.ts";
import { foldChanges } from "../plan/record/fold.ts";
import { lineOf } from "../plan/record/words.ts";
import type { DomainFacts } from "../plan/situation/facts.ts";
import type { PlannedLook } from "./look.ts";

/**
 * One line per change, with its label; then what else matters to whoever declares it.
 * @param secrets Names of arguments whose values are not to be shown. Default: none.
 */
export function printLines(
  { kind, args, plan, runState }: PlannedLook,
  domain: DomainFacts,
  recorded: Arguments,
  secrets?: ReadonlySet<string>,
): string[] {
  const isSecret = secretFinder(kind, recorded, args, secrets);
  return [
    ...foldChanges(plan.changes).map((each) => describe(kind.object.schema, each, isSecret(each.change))),
    ...runState.map(describeRunState),
    ...(kind.name === "Domain" ? [...notesOf(domain), ...leftAsItIs(args as Lifecycle, domain)] : []),
    // Its value may be a secret, and says nothing more.
    ...plan.dropped.map(({ path, reason }) => `${path} is declared, and libvirt ignores it: ${reason}`),
  ].map((line) => visible(`${domain.name}: ${line}`));
}

/** Why it can't be done as things are. */
export function impossibilities(kind: Kind, args: Arguments, domain: DomainFacts, plan: Plan): string[] {
  const wanted = args as Lifecycle;
  const isOff = kind.name === "Domain" && wanted.running === false;
  const why = whyNotOff(wanted, domain, plan.restarts || isOff);
  return [...plan.obstacles, ...(why === null ? [] : [why])];
}

/** Whether a change is about an argument whose values are not to be shown. `secrets`: names of those; absent: none. */
export function secretFinder(
  kind: Kind,
  recorded: Arguments,
  args: Arguments,
  secrets?: ReadonlySet<string>,
): (change: Change) => boolean {
  if (!secrets || secrets.size === 0) return () => false;
  const property = propertyFinder(kind, recorded, args);
  return (change) => secrets.has(property(change).replace(/[.[].*$/, ""));
}

/** What is true of a domain beside its XML, and matters to whoever declares it. */
function notesOf(domain: DomainFacts): string[] {
  return [
    ...(domain.persistent
      ? []
      : ["is transient: it has no definition and would vanish when it stops (define)"]),
    ...(domain.managedSave
      ? [
          `has a managed save image: the next start resumes the definition saved in it; to start with this one: virsh managedsave-remove ${domain.name}`,
        ]
      : []),
  ];
}

function describeRunState({ path, before, after, label }: RunStateChange): string {
  return path === "autostart"
    ? `autostart ${before} → ${after} (${label})`
    : `${before} → ${after} (${label})`;
}

function describe(schema: Schema, { change, label, note }: LabelledChange, isSecret: boolean): string {
  if (isSecret) return `${change.path} ${hidden} → ${hidden} (${label})`;
  return `${lineOf(recordChange(schema, change, label))} (${label}${note && `: ${note}`})`;
}
