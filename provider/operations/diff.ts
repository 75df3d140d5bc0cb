import { HostError } from "../errors.ts";
import type { Lifecycle } from "../host/apply/runState.ts";
import { diffLifecycle } from "../host/apply/runState.ts";
import { connectionTo } from "../host/connections.ts";
import { snapshotOf, snapshotOrFailure } from "../host/read/snapshot.ts";
import type { Arguments } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import { visible } from "../model/values/visible.ts";
import { declare, domainNameOf } from "../plan/arguments/declaration.ts";
import { driftedArguments } from "../plan/arguments/drift.ts";
import type { LabelledChange, Tried } from "../plan/plan.ts";
import { planDomain } from "../plan/plan.ts";
import { situationOf } from "../plan/situation/situation.ts";
import { lintsOf, tellOnce } from "./findings.ts";
import { identified } from "./id.ts";
import { comingSituation } from "./otherDeclarations.ts";
import { impossibilities, printLines } from "./previewLines.ts";
import { recordHost, recordNewDomain, recordResource, recordUnreachable } from "./record/planFile.ts";
import type { State } from "./state.ts";
import { allowedOf, factsOf, isThere, renamedTo } from "./state.ts";

export interface Difference {
  /** Whether anything has to be done on the host. */
  readonly isNeeded: boolean;
  readonly changes: readonly LabelledChange[];
  /** Arguments of the run state that differ. */
  readonly runState: readonly string[];
  /** One line per change, with its label; then what waits for a power cycle already. */
  readonly lines: readonly string[];
  /** What is impossible, and what is unwise about the domain; the latter is told once per process. */
  readonly lints: readonly string[];
  /** Why the host could not be asked; null when it was. */
  readonly unreachable: HostError | null;
}

/** What is known of a resource beside its arguments. */
export interface Known {
  /** UUID of the domain as it was last seen. Absent: it was not, or is of no interest. */
  readonly uuid?: string | undefined;
  /** Names of arguments whose values are not to be shown. Absent: none. */
  readonly secrets?: ReadonlySet<string>;
  /** What the last measurement found, for the plan file. Absent: none was made. */
  readonly measured?: unknown;
  /** What the guest was power-cycled for in vain. Absent: nothing. */
  readonly tried?: readonly Tried[];
}

/**
 * What the host lacks of a declaration, from the snapshot. A host that can't be read is told, not thrown.
 */
export async function diffResource(
  kind: Kind,
  recorded: Arguments,
  args: Arguments,
  known: Known = {},
): Promise<Difference> {
  const connection = connectionTo(String(args.host));
  const snapshot = await snapshotOrFailure(connection);
  if (snapshot instanceof HostError) {
    recordUnreachable(connection, snapshot);
    return { isNeeded: false, changes: [], runState: [], lines: [], lints: [], unreachable: snapshot };
  }
  await recordHost(connection, snapshot);
  const name = domainNameOf(kind, args);
  const domain = snapshot.domains.get(name);
  if (!domain) {
    const renamed = [...snapshot.domains.values()].find((each) => each.uuid === known.uuid);
    const lines = [visible(`${name}: ${renamed ? renamedTo(name, renamed.name) : "is not on the host"}`)];
    if (kind.name === "Domain") recordNewDomain(connection, kind, args, name, declare(kind, args));
    return { isNeeded: true, changes: [], runState: [], lines, lints: [], unreachable: null };
  }
  const situation = comingSituation(connection, snapshot.host, domain);
  const desired = declare(kind, args);
  const isUnedited = JSON.stringify(recorded) === JSON.stringify(args);
  const before = isUnedited ? desired : declare(kind, recorded);
  const plan = planDomain(before, desired, situation, allowedOf(args), known.tried);
  const runState = kind.name === "Domain" ? diffLifecycle(args as Lifecycle, domain) : [];
  const lints = lintsOf(name, situation, plan, snapshot);
  recordResource({
    connection,
    kind,
    args,
    domain: name,
    plan,
    situation,
    lints,
    runState,
    measured: known.measured,
  });
  const due = plan.changes.filter(({ isDue }) => isDue);
  return {
    isNeeded: plan.define !== null || due.length > 0 || runState.length > 0,
    changes: due,
    runState: runState.map(({ path }) => path),
    lines: printLines({ kind, recorded, args, domain, plan, runState, secrets: known.secrets }),
    lints: [
      ...impossibilities(kind, args, domain, plan).map((obstacle) => `not possible: ${obstacle}`),
      ...tellOnce(`${connection.host}#${name}`, lints),
    ].map((line) => visible(`${name}: ${line}`)),
    unreachable: null,
  };
}

export interface Found extends State {
  /** The arguments as they would have to be written for the host as it is. */
  readonly inputs: Arguments;
}

/** What is there now; null when it is gone. @throws HostError when the host can't be read: never "gone". */
export async function readResource(kind: Kind, state: State): Promise<Found | null> {
  const args = identified(kind, state.id, state.outputs);
  const connection = connectionTo(String(args.host));
  const { host, domains } = await snapshotOf(connection);
  const domain = domains.get(domainNameOf(kind, args));
  if (!domain) return null;
  const situation = situationOf(host, domain);
  const plan = planDomain(null, declare(kind, args), situation);
  if (!isThere(kind, args, host, domain)) return null;
  const due = plan.changes.filter(({ isDue }) => isDue).map(({ change }) => change);
  const drifted = driftedArguments(kind, args, due, situation.live ?? situation.inactive);
  const inputs = {
    ...drifted,
    ...(args.running === undefined ? {} : { running: domain.liveXml !== null }),
    ...(args.autostart === undefined ? {} : { autostart: domain.autostart }),
  };
  return { id: state.id, inputs, outputs: { ...inputs, ...factsOf(kind, inputs, domain, plan) } };
}
