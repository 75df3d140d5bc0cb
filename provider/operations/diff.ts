import { HostError } from "../errors.ts";
import type { Lifecycle } from "../host/apply/runState.ts";
import { diffLifecycle } from "../host/apply/runState.ts";
import type { Connection } from "../host/connection/connection.ts";
import { connectionTo } from "../host/connections.ts";
import { snapshotOf, snapshotOrFailure } from "../host/read/snapshot.ts";
import type { Arguments } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import { visible } from "../model/values/visible.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import { declare, domainNameOf } from "../plan/arguments/declaration.ts";
import { driftedArguments } from "../plan/arguments/drift.ts";
import type { LabelledChange, Plan, Situation, Tried } from "../plan/plan.ts";
import { planDomain } from "../plan/plan.ts";
import { situationOf } from "../plan/situation/situation.ts";
import { lintsOf, tellOnce } from "./findings.ts";
import { identified } from "./id.ts";
import { notPossible, obstaclesOfChange, obstaclesOfNew } from "./obstacles.ts";
import { comingSituation, noteDeclaration } from "./otherDeclarations.ts";
import { printLines } from "./previewLines.ts";
import { recordHost, recordNewDomain, recordResource, recordUnreachable } from "./record/planFile.ts";
import type { State } from "./state.ts";
import { allowedOf, factsOf, isThere, renamedTo } from "./state.ts";
import type { Unknown } from "./unknownParts.ts";
import { findUnknown } from "./unknownParts.ts";

export interface Difference {
  /** Whether anything has to be done on the host. */
  readonly isNeeded: boolean;
  readonly changes: readonly LabelledChange[];
  /** Arguments of the run state that differ. */
  readonly runState: readonly string[];
  /** One line per change, with its label; then what waits for a power cycle already. */
  readonly lines: readonly string[];
  /** What `up` would refuse. */
  readonly obstacles: readonly string[];
  /** What is unwise about the domain, told once per process. */
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

const nothing: Difference = {
  isNeeded: true,
  changes: [],
  runState: [],
  lines: [],
  obstacles: [],
  lints: [],
  unreachable: null,
};

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
    return { ...nothing, isNeeded: false, unreachable: snapshot };
  }
  await recordHost(connection, snapshot);
  const name = domainNameOf(kind, args);
  const domain = snapshot.domains.get(name);
  if (!domain) {
    const renamed = [...snapshot.domains.values()].find((each) => each.uuid === known.uuid);
    const lines = [visible(`${name}: ${renamed ? renamedTo(name, renamed.name) : "is not on the host"}`)];
    if (kind.name === "Domain") recordNewDomain(connection, kind, args, name, declare(kind, args));
    const asked = { connection, snapshot, kind, args, name, declared: declare(kind, args) };
    const obstacles = (await obstaclesOfNew(asked)).map((obstacle) => notPossible(name, obstacle));
    return { ...nothing, lines, obstacles };
  }
  const situation = comingSituation(connection, snapshot.host, domain);
  const declared = declare(kind, args);
  noteDeclaration(kind, args, declared);
  const { plan, unknown } = await planKnown(connection, kind, recorded, args, situation, known.tried);
  const runState = kind.name === "Domain" ? diffLifecycle(args as Lifecycle, domain) : [];
  const lints = lintsOf({ host: connection.host, domain: name, declared, situation, plan, snapshot });
  const asked = { connection, snapshot, kind, args, name, declared };
  const obstacles = [
    ...(unknown?.failures.map(({ property, reason }) => `${property} ${reason}`) ?? []),
    ...(await obstaclesOfChange(asked, domain, plan)),
  ];
  recordResource({
    connection,
    kind,
    args,
    domain: name,
    plan: { ...plan, obstacles },
    situation,
    lints,
    runState,
    recorded,
    secrets: known.secrets,
    measured: known.measured,
  });
  const due = plan.changes.filter(({ isDue }) => isDue);
  return {
    isNeeded: plan.define !== null || due.length > 0 || runState.length > 0,
    changes: due,
    runState: runState.map(({ path }) => path),
    lines: printLines({ kind, recorded, args, domain, plan, runState, secrets: known.secrets }),
    obstacles: obstacles.map((obstacle) => visible(notPossible(name, obstacle))),
    lints: [
      ...(unknown?.warnings ?? []).map((line) => `${name}: ${line}`),
      ...tellOnce(connection.host, name, lints),
    ].map(visible),
    unreachable: null,
  };
}

/** The plan for what the host's libvirt knows: what it would only ignore is no change, and is told. */
async function planKnown(
  connection: Connection,
  kind: Kind,
  recorded: Arguments,
  args: Arguments,
  situation: Situation,
  tried: readonly Tried[] | undefined,
): Promise<{ readonly plan: Plan; readonly unknown: Unknown | null }> {
  const isUnedited = JSON.stringify(recorded) === JSON.stringify(args);
  const planOf = (desired: XmlElement) =>
    planDomain(isUnedited ? desired : declare(kind, recorded), desired, situation, allowedOf(args), tried);
  const plan = planOf(declare(kind, args));
  const isXml = kind.name === "Domain" && args.xml !== undefined;
  // Unedited and not there: either somebody took it away, or libvirt has ignored it.
  if (!isXml || (recorded.xml === args.xml && !isLacking(plan))) return { plan, unknown: null };
  const unknown = await findUnknown(connection, kind, args, situation.inactive, situation).catch(
    (error: unknown) => {
      // It is about words alone: the host was read already.
      if (error instanceof HostError) return null;
      throw error;
    },
  );
  return { plan: unknown && unknown.warnings.length > 0 ? planOf(unknown.known) : plan, unknown };
}

/** Whether something declared is missing from the definition. */
function isLacking({ changes }: Plan): boolean {
  return changes.some(
    ({ change, label, isDue }) => isDue && change.kind === "add" && label !== "live" && label !== "detach",
  );
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
