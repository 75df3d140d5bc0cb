import { HostError } from "../errors.ts";
import type { Lifecycle } from "../host/apply/runState.ts";
import { diffLifecycle } from "../host/apply/runState.ts";
import { connectionTo } from "../host/connections.ts";
import type { Located } from "../host/read/locate.ts";
import { locateIn } from "../host/read/locate.ts";
import { snapshotOrFailure } from "../host/read/snapshot.ts";
import type { Arguments } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import { visible } from "../model/values/visible.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import { declare, domainNameOf } from "../plan/arguments/declaration.ts";
import type { LabelledChange, Plan, Tried } from "../plan/plan.ts";
import { planDomain } from "../plan/plan.ts";
import type { DomainFacts } from "../plan/situation/facts.ts";
import type { Situation } from "../plan/situation/situation.ts";
import type { Asked } from "./asked.ts";
import {
  barDomain,
  foreignRemedy,
  foreignWords,
  mayUseForeign,
  renamedTo,
  vouchFor,
} from "./declarations/foreign.ts";
import { noteDeclaration } from "./declarations/otherDeclarations.ts";
import { comingSituation } from "./declarations/together.ts";
import { lintsOf, lintsOfNew, tellOnce } from "./findings.ts";
import { notPossible, obstaclesOfChange, obstaclesOfNew } from "./obstacles.ts";
import { printLines } from "./previewLines.ts";
import { recordHost, recordNewDomain, recordResource, recordUnreachable } from "./record/planFile.ts";
import { allowedOf } from "./state.ts";
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
  /** UUID of the domain that it is or belongs to, as last seen. Absent: whatever has the name is it. */
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
  const declared = declare(kind, args);
  noteDeclaration(kind, args, declared);
  const located = locateIn(snapshot.domains, name, known.uuid);
  const domain = usableOf(kind, args, name, located);
  const asked = { connection, snapshot, kind, args, name, declared };
  if (!domain) return diffMissing(asked, located, known.uuid);
  if (kind.name === "Domain") vouchFor(args, domain);
  const situation = comingSituation(connection, snapshot.host, domain);
  const isForeign = domain === located.foreign;
  const { plan, unknown } = await planKnown(asked, recorded, situation, known.tried, isForeign);
  const runState = kind.name === "Domain" ? diffLifecycle(args as Lifecycle, domain) : [];
  const lints = lintsOf({ host: connection.host, domain: name, declared, situation, plan, snapshot });
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
    isNeeded: isForeign || plan.define !== null || due.length > 0 || runState.length > 0,
    changes: due,
    runState: runState.map(({ path }) => path),
    lines: [
      ...(isForeign ? [`${name}: ${foreignWords(domain, known.uuid)}; that domain is taken over`] : []),
      ...printLines({ kind, recorded, args, domain, plan, runState, secrets: known.secrets }),
    ],
    obstacles: obstacles.map((obstacle) => visible(notPossible(name, obstacle))),
    lints: [
      ...(unknown?.warnings ?? []).map((line) => `${name}: ${line}`),
      ...tellOnce(connection.host, name, lints),
    ].map(visible),
    unreachable: null,
  };
}

/** A resource whose domain is not there under its name. */
async function diffMissing(asked: Asked, located: Located, uuid: string | undefined): Promise<Difference> {
  const { connection, snapshot, kind, args, name, declared } = asked;
  const why = whyNot(name, located, uuid);
  if (why !== null) {
    barDomain(kind, args, why);
    return { ...nothing, obstacles: [visible(notPossible(name, why))] };
  }
  const lines = [visible(`${name}: is not on the host`)];
  const lints = lintsOfNew({ host: connection.host, domain: name, declared, snapshot }, null);
  if (kind.name === "Domain") recordNewDomain(connection, kind, args, name, declared, lints);
  const obstacles = (await obstaclesOfNew(asked)).map((obstacle) => notPossible(name, obstacle));
  return { ...nothing, lines, obstacles, lints: tellOnce(connection.host, name, lints).map(visible) };
}

/** The plan for what the host's libvirt knows. What it would only ignore is no change, but a warning. */
async function planKnown(
  { connection, kind, args, declared }: Asked,
  recorded: Arguments,
  situation: Situation,
  tried: readonly Tried[] | undefined,
  isForeign: boolean,
): Promise<{ readonly plan: Plan; readonly unknown: Unknown | null }> {
  const isUnedited = JSON.stringify(recorded) === JSON.stringify(args);
  const planOf = (desired: XmlElement) => {
    // What was declared of another domain must not be removed from this one.
    const before = isForeign ? null : isUnedited ? desired : declare(kind, recorded);
    return planDomain(before, desired, situation, allowedOf(args), tried);
  };
  const plan = planOf(declared);
  const isXml = kind.name === "Domain" && args.xml !== undefined;
  // Unedited and not there: either somebody took it away, or libvirt has ignored it.
  if (!isXml || (recorded.xml === args.xml && !isLacking(plan))) return { plan, unknown: null };
  const unknown = await findUnknown(connection, kind, args, situation.inactive, situation).catch(
    (error: unknown) => {
      // The host was read already: without its schema only these warnings are missing.
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

/** The domain that the resource may work on under its own name; null: there is none. */
function usableOf(kind: Kind, args: Arguments, name: string, located: Located): DomainFacts | null {
  const { domain, foreign } = located;
  if (domain) return domain.name === name ? domain : null;
  return foreign && mayUseForeign(kind, args, foreign) ? foreign : null;
}

/** Why the domain of the name, or the resource's own, is not to be worked on; null: there is none of them. */
function whyNot(name: string, { domain, foreign }: Located, uuid: string | undefined): string | null {
  if (domain) return renamedTo(name, domain.name, foreign);
  return foreign ? `${foreignWords(foreign, uuid)}; ${foreignRemedy}` : null;
}
