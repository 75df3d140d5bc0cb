import { HostError } from "../errors.ts";
import { noteIgnored } from "../host/apply/notInForce.ts";
import { whyUnread } from "../host/read/busy.ts";
import type { Located } from "../host/read/locate.ts";
import { locateIn } from "../host/read/locate.ts";
import type { Arguments } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import { visible } from "../model/values/visible.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import { declare, domainNameOf } from "../plan/arguments/declaration.ts";
import { stillIgnored, withoutIgnored } from "../plan/checks/causes.ts";
import type { LabelledChange, Plan } from "../plan/plan.ts";
import { planDomain } from "../plan/plan.ts";
import type { DomainFacts } from "../plan/situation/facts.ts";
import {
  barDomain,
  foreignRemedy,
  foreignWords,
  mayUseForeign,
  renamedTo,
  vouchFor,
} from "./declarations/foreign.ts";
import { comingSituation } from "./declarations/together.ts";
import { linesNotYetShown, lintsOf, lintsOfNew } from "./findings/lints.ts";
import { notPossible, obstaclesOfChange, obstaclesOfNew } from "./findings/obstacles.ts";
import { askPools } from "./findings/poolsOff.ts";
import type { Unknown } from "./findings/unknownParts.ts";
import { findUnknown } from "./findings/unknownParts.ts";
import type { Look, PlannedLook } from "./look.ts";
import { lookAt, lookAtHost, withPlan } from "./look.ts";
import { printLines } from "./previewLines.ts";
import {
  recordFailure,
  recordHost,
  recordNewDomain,
  recordResource,
  recordUnread,
} from "./record/planFile.ts";
import type { LastApplied } from "./remembered.ts";
import { allowedOf } from "./state.ts";

export interface Difference {
  /** Whether the host needs any change. */
  readonly isNeeded: boolean;
  readonly changes: readonly LabelledChange[];
  /** Names of the run state arguments that differ. */
  readonly runState: readonly string[];
  /** One line per change, with its label; then one per change that already waits for a power cycle. */
  readonly lines: readonly string[];
  /** Reasons for which `up` would fail. */
  readonly obstacles: readonly string[];
  /** Lint findings for the domain. Each is shown once per process. */
  readonly lints: readonly string[];
  /** Why the host or the domain could not be read; `null` when it was. */
  readonly unreachable: HostError | null;
}

/** What the state knows about a resource besides its arguments. */
export interface Known extends LastApplied {
  /** Names of arguments whose values must not be shown. Default: none. */
  readonly secrets?: ReadonlySet<string>;
}

export const noDifference: Difference = {
  isNeeded: false,
  changes: [],
  runState: [],
  lines: [],
  obstacles: [],
  lints: [],
  unreachable: null,
};

/**
 * Compares a declaration with the host's snapshot. When the host can't be read, the result says so in
 * `unreachable`.
 */
export async function diffResource(
  kind: Kind,
  recorded: Arguments,
  args: Arguments,
  known: Known = {},
): Promise<Difference> {
  const host = await lookAtHost(args);
  if (host instanceof HostError) {
    recordUnread(kind, args, host);
    return { ...noDifference, unreachable: host };
  }
  await recordHost(host);
  const busy = whyUnread(host.connection, host.snapshot, domainNameOf(kind, args), known.uuid);
  if (busy) {
    recordUnread(kind, args, busy);
    return { ...noDifference, unreachable: busy };
  }
  const look = lookAt(host, kind, args);
  const { name } = look;
  const located = locateIn(host.snapshot.domains, name, known.uuid);
  const domain = usableOf(kind, args, name, located);
  if (!domain) return diffMissing(look, located, known.uuid);
  if (kind.name === "Domain") vouchFor(args, domain);
  const isForeign = domain === located.foreign;
  const { planned, unknown, notes } = await planKnown(look, domain, recorded, known, isForeign);
  const { plan, runState } = planned;
  await askPools(look);
  const lints = lintsOf(planned);
  const lacks = await obstaclesOfChange(planned);
  const obstacles = [
    ...(unknown?.failures.map(({ property, reason }) => `${property} ${reason}`) ?? []),
    ...lacks.obstacles,
  ];
  const { secrets, measured } = known;
  recordResource(planned, { obstacles, lints, recorded, secrets, measured });
  const due = plan.changes.filter(({ isDue }) => isDue);
  return {
    isNeeded: isForeign || plan.define !== null || due.length > 0 || runState.length > 0,
    changes: due,
    runState: runState.map(({ path }) => path),
    lines: [
      ...(isForeign ? [`${name}: ${foreignWords(domain, known.uuid)}; that domain is taken over`] : []),
      ...printLines(planned, domain, recorded, secrets),
    ],
    obstacles: obstacles.map((obstacle) => visible(notPossible(name, obstacle))),
    lints: [
      ...[...(unknown?.warnings ?? []), ...lacks.warnings].map((line) => `${name}: ${line}`),
      ...notes,
      ...linesNotYetShown(host.connection.host, name, lints),
    ].map(visible),
    unreachable: null,
  };
}

/** Describes a resource whose domain is not on the host under its name. */
async function diffMissing(look: Look, located: Located, uuid: string | undefined): Promise<Difference> {
  const { connection, kind, args, name } = look;
  const why = whyNot(name, located, uuid);
  if (why !== null) {
    barDomain(kind, args, why);
    recordFailure(kind, args, connection.host, notPossible(name, why));
    return { ...noDifference, isNeeded: true, obstacles: [visible(notPossible(name, why))] };
  }
  const lines = [visible(`${name}: is not on the host`)];
  await askPools(look);
  const lints = lintsOfNew(look, null);
  const { obstacles, warnings } = await obstaclesOfNew(look);
  if (kind.name === "Domain") recordNewDomain(look, lints, obstacles);
  const told = obstacles.map((obstacle) => visible(notPossible(name, obstacle)));
  const said = [
    ...warnings.map((line) => `${name}: ${line}`),
    ...linesNotYetShown(connection.host, name, lints),
  ];
  return { ...noDifference, isNeeded: true, lines, obstacles: told, lints: said.map(visible) };
}

interface KnownPlan {
  readonly planned: PlannedLook;
  readonly unknown: Unknown | null;
  /** Warnings about parts that libvirt is known to ignore. */
  readonly notes: readonly string[];
}

/**
 * Plans only the parts that the host's libvirt knows. Parts that it would ignore become warnings, not
 * changes.
 */
async function planKnown(
  look: Look,
  domain: DomainFacts,
  recorded: Arguments,
  { tried, ignored = [] }: Known,
  isForeign: boolean,
): Promise<KnownPlan> {
  const { connection, kind, args, name, declared } = look;
  const situation = comingSituation(look, domain);
  const isUnedited = JSON.stringify(recorded) === JSON.stringify(args);
  const planOf = (desired: XmlElement) => {
    // The recorded declaration belongs to another domain. Without a record, nothing is removed from this one.
    const before = isForeign ? null : isUnedited ? desired : declare(kind, recorded);
    const plan = planDomain(before, desired, situation, allowedOf(args), tried);
    return withPlan(look, domain, { situation, plan, recorded: before, desired });
  };
  /** Takes out of a plan the parts that libvirt ignored before. */
  const planRest = (planned: PlannedLook, unknown: Unknown | null): KnownPlan => {
    const still = stillIgnored(planned.plan, ignored, situation.libvirtVersion);
    if (still.length === 0) return { planned, unknown, notes: [] };
    const rest = planOf(withoutIgnored(planned.desired, still));
    return { planned: rest, unknown, notes: noteIgnored(situation, name, still) };
  };
  const whole = planOf(declared);
  const isXml = kind.name === "Domain" && args.xml !== undefined;
  // Ask the schema only if `xml` was edited, or if an unedited part is missing: then somebody removed the
  // part, or libvirt ignored it.
  if (!isXml || (recorded.xml === args.xml && !isLacking(whole.plan))) return planRest(whole, null);
  const unknown = await findUnknown(connection, kind, args, situation.inactive, situation).catch(
    (error: unknown) => {
      // The host was read already. Without its schema we lose only these warnings.
      if (error instanceof HostError) return null;
      throw error;
    },
  );
  return planRest(unknown && unknown.warnings.length > 0 ? planOf(unknown.known) : whole, unknown);
}

/** Whether the definition lacks something declared. */
function isLacking({ changes }: Plan): boolean {
  return changes.some(
    ({ change, label, isDue }) => isDue && change.kind === "add" && label !== "live" && label !== "detach",
  );
}

/** Returns the domain that the resource may use under its own name; `null` when there is none. */
function usableOf(kind: Kind, args: Arguments, name: string, located: Located): DomainFacts | null {
  const { domain, foreign } = located;
  if (domain) return domain.name === name ? domain : null;
  return foreign && mayUseForeign(kind, args, foreign) ? foreign : null;
}

/**
 * Says why the resource must not use its own domain or the domain of its name; `null` when neither exists.
 */
function whyNot(name: string, { domain, foreign }: Located, uuid: string | undefined): string | null {
  if (domain) return renamedTo(name, domain.name, foreign);
  return foreign ? `${foreignWords(foreign, uuid)}; ${foreignRemedy}` : null;
}
