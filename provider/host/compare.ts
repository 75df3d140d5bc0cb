import { HostError } from "../errors.ts";
import type { Arguments } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import { redacted, redactedText } from "../model/elements/secrets.ts";
import { declare, domainNameOf } from "../plan/declaration.ts";
import { driftedArguments } from "../plan/drift.ts";
import type { LabelledChange, Plan } from "../plan/plan.ts";
import { planDomain } from "../plan/plan.ts";
import { propertyFinder } from "../plan/propertyChanges.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { diffLifecycle } from "./lifecycle.ts";
import { connectionTo } from "./session.ts";
import { situationOf } from "./situation.ts";
import { snapshotOf } from "./snapshot.ts";
import type { State } from "./state.ts";
import { allowedOf, factsOf } from "./state.ts";

export interface Difference {
  /** Whether anything has to be done on the host. */
  readonly isNeeded: boolean;
  readonly changes: readonly LabelledChange[];
  /** Arguments of the run state that differ. */
  readonly runState: readonly string[];
  /** One line per change, with its label; then what waits for a power cycle already. */
  readonly lines: readonly string[];
  /** Why the host could not be asked; null when it was. */
  readonly unreachable: HostError | null;
}

/**
 * What the host lacks of a declaration, from the snapshot. A host that can't be read is told, not thrown. Values
 * that belong to arguments named in `secrets` are not shown.
 */
export async function diffResource(
  kind: Kind,
  recorded: Arguments,
  args: Arguments,
  secrets: ReadonlySet<string> = new Set(),
): Promise<Difference> {
  const connection = connectionTo(String(args.host));
  const snapshot = await snapshotOf(connection).catch((error: unknown) => {
    if (error instanceof HostError) return error;
    throw error;
  });
  if (snapshot instanceof HostError)
    return { isNeeded: false, changes: [], runState: [], lines: [], unreachable: snapshot };
  const name = domainNameOf(kind, args);
  const domain = snapshot.domains.get(name);
  if (!domain) {
    const lines = [`${name}: is not on the host${kind.name === "Domain" ? ": define" : ""}`];
    return { isNeeded: true, changes: [], runState: [], lines, unreachable: null };
  }
  const situation = situationOf(snapshot.host, domain);
  const plan = planDomain(declare(kind, recorded), declare(kind, args), situation, allowedOf(args));
  const lifecycle = kind.name === "Domain" ? diffLifecycle(args as Lifecycle, domain) : [];
  const due = plan.changes.filter(({ isDue }) => isDue);
  const property = propertyFinder(kind, recorded, args);
  const isSecret = ({ change }: LabelledChange) => secrets.has(property(change).replace(/[.[].*$/, ""));
  const told = plan.changes.map((each) => describe(each, secrets.size > 0 && isSecret(each)));
  return {
    isNeeded: due.length > 0 || lifecycle.length > 0,
    changes: due,
    runState: ["running", "autostart"].filter((word) => lifecycle.some((line) => line.startsWith(word))),
    lines: [...told, ...lifecycle].map((line) => `${name}: ${line}`),
    unreachable: null,
  };
}

function describe({ change, label }: LabelledChange, isSecret: boolean): string {
  if (isSecret) return `${change.path} ${redactedText} → ${redactedText} (${label})`;
  const { path, before, after } = redacted(change);
  return `${path} ${before ?? "absent"} → ${after ?? "absent"} (${label})`;
}

export interface Found extends State {
  /** The arguments as they would have to be written for the host as it is. */
  readonly inputs: Arguments;
}

/** What is there now; null when it is gone. @throws HostError when the host can't be read: never "gone". */
export async function readResource(kind: Kind, state: State): Promise<Found | null> {
  const args = state.outputs;
  const connection = connectionTo(String(args.host));
  const { host, domains } = await snapshotOf(connection);
  const domain = domains.get(domainNameOf(kind, args));
  if (!domain) return null;
  const situation = situationOf(host, domain);
  const plan = planDomain(null, declare(kind, args), situation);
  if (isGone(kind, plan)) return null;
  const due = plan.changes.filter(({ isDue }) => isDue).map(({ change }) => change);
  const drifted = driftedArguments(kind, args, due, situation.live ?? situation.inactive);
  const inputs = {
    ...drifted,
    ...(args.running === undefined ? {} : { running: domain.liveXml !== null }),
    ...(args.autostart === undefined ? {} : { autostart: domain.autostart }),
  };
  return { id: state.id, inputs, outputs: { ...inputs, ...factsOf(kind, inputs, domain, plan) } };
}

/** Whether the element itself is missing from the definition. */
function isGone(kind: Kind, plan: Plan): boolean {
  const depth = kind.place.split("/").length;
  return (
    kind.key !== null &&
    plan.changes.some(
      ({ change: { kind: how, steps }, isDue }) => isDue && how === "add" && steps.length <= depth,
    )
  );
}
