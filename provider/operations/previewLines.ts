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
 * Prints one line per change, with its label; then other facts that the author of the declaration should
 * know.
 * @param secrets Names of arguments whose values must not be shown. Default: none.
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
    // Print the path only: the value may be a secret.
    ...plan.dropped.map(({ path, reason }) => `${path} is declared, and libvirt ignores it: ${reason}`),
  ].map((line) => visible(`${domain.name}: ${line}`));
}

/** Lists why the plan can't be carried out on the domain as it is. */
export function impossibilities(kind: Kind, args: Arguments, domain: DomainFacts, plan: Plan): string[] {
  const wanted = args as Lifecycle;
  const isOff = kind.name === "Domain" && wanted.running === false;
  const why = whyNotOff(wanted, domain, plan.restarts || isOff);
  return [...plan.obstacles, ...(why === null ? [] : [why])];
}

/**
 * Tells whether a change belongs to an argument whose value must not be shown. `secrets`: names of these
 * arguments. Default: none.
 */
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

/** Facts about a domain that its XML does not show and the author of the declaration should know. */
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
