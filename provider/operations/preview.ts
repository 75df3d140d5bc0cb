/** Predicts what a resource will be, without changing anything. */

import { HostError } from "../errors.ts";
import type { Connection } from "../host/connection/connection.ts";
import { forRun } from "../host/process/perRun.ts";
import { whyUnread } from "../host/read/busy.ts";
import { uuidsThere } from "../host/read/locate.ts";
import { newUuidOf } from "../host/read/newUuid.ts";
import type { HostSnapshot } from "../host/read/read.ts";
import type { Arguments } from "../model/arguments/field.ts";
import { unknown } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import { kinds, parseXmlArgument } from "../model/arguments/kinds.ts";
import { ioThreadIds, lowestFreeId } from "../model/elements/domain/ioThreads.ts";
import { domainSchema } from "../model/elements/domain/schema.ts";
import { parseCpuset, printCpuset } from "../model/values/cpuset.ts";
import { visible } from "../model/values/visible.ts";
import { valueAt } from "../model/xml/read.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import { emptyDomain } from "../model/xml/tree.ts";
import { declare, domainNameOf } from "../plan/arguments/declaration.ts";
import { mergeTrees } from "../plan/merge/merge.ts";
import type { Plan, Tried } from "../plan/plan.ts";
import type { DomainFacts, HostFacts } from "../plan/situation/facts.ts";
import type { Situation } from "../plan/situation/situation.ts";
import { situationOf } from "../plan/situation/situation.ts";
import { whyBarred } from "./declarations/foreign.ts";
import type { Lacks } from "./findings/lacks.ts";
import { linesNotYetShown, lintsOfNew } from "./findings/lints.ts";
import { notPossible, obstaclesOfChange, obstaclesOfNew } from "./findings/obstacles.ts";
import { askPools } from "./findings/poolsOff.ts";
import type { Look, PlannedLook } from "./look.ts";
import { lookAt, lookAtHost, planLook } from "./look.ts";
import { printLines } from "./previewLines.ts";
import { isThere, tookOver } from "./state.ts";

/** Definitions after everything previewed so far is applied. They decide which thread id is free next. */
const foreseen = forRun(() => new Map<string, XmlElement>());

export interface ResourcePreview {
  /** Arguments and outputs; `unknown` where only the host can decide. */
  readonly outputs: Arguments;
  /** One line per change to an existing domain, with its label. */
  readonly lines: readonly string[];
  /** Reasons for which `up` would fail. */
  readonly obstacles: readonly string[];
  /** Lint findings for a new resource, whatever else the program declares. Each is shown once per process. */
  readonly lints: readonly string[];
  /** Why the host or the domain could not be read; `null` when it was, or when the host is not known yet. */
  readonly unreachable: HostError | null;
  /** The facts for the plan file; `null` when the host or the domain is not known yet. */
  readonly seen: Seen | null;
}

export interface Seen {
  readonly look: Look;
  /** `null` when the domain is not on the host yet. */
  readonly planned: PlannedLook | null;
  /** Reasons for which `up` would fail, without the domain's name. */
  readonly obstacles: readonly string[];
}

/** A preview that has nothing to say. */
export const silent = { lines: [], obstacles: [], lints: [], unreachable: null, seen: null };

/**
 * Predicts what a resource will be. Without access to the host it predicts nothing. Predicts only the outputs of an
 * update (`recorded` is not `null`): the comparison before it has reported the rest. `secrets` names arguments whose
 * values must not be shown.
 */
export async function previewResource(
  kind: Kind,
  recorded: Arguments | null,
  args: Arguments,
  secrets?: ReadonlySet<string>,
  tried: readonly Tried[] = [],
): Promise<ResourcePreview> {
  const nothing = Object.fromEntries(Object.keys(kind.outputs).map((name) => [name, unknown]));
  if (args.host === unknown || args.domain === unknown || args.name === unknown || args.xml === unknown)
    return { ...silent, outputs: { ...nothing, ...args } };
  const host = await lookAtHost(args);
  if (host instanceof HostError) return { ...silent, outputs: { ...nothing, ...args }, unreachable: host };
  const { connection, snapshot } = host;
  const name = domainNameOf(kind, args);
  const busy = whyUnread(connection, snapshot, name);
  if (busy) return { ...silent, outputs: { ...nothing, ...args }, unreachable: busy };
  const why = whyBarred(kind, args);
  if (why !== null)
    return {
      ...silent,
      outputs: { ...nothing, ...args },
      obstacles: [notPossible(name, why)],
    };
  const domain = snapshot.domains.get(name) ?? null;
  const unmeasured = "measured" in kind.outputs && args.measure === undefined ? { measured: null } : {};
  const known = { ...nothing, ...unmeasured, ...(kind.name === "Domain" ? { name } : {}), ...args };
  const actual = domain && situationOf(snapshot.host, domain);
  const full: Arguments =
    kind.name === "IoThread" ? { ...known, ...numbered(connection, name, actual, args) } : known;
  const own = kind.name === "IoThread" ? { ...args, ioThreadId: full.ioThreadId } : args;
  const look = lookAt(host, kind, own);
  remember(connection, name, actual, look.declared);
  await askPools(look);
  const lintsBeside = (planned: PlannedLook | null) =>
    linesNotYetShown(connection.host, name, lintsOfNew(look, planned)).map(visible);
  const tell = ({ obstacles, warnings }: Lacks, lints: readonly string[]) => ({
    obstacles: obstacles.map((obstacle) => visible(notPossible(name, obstacle))),
    lints: [...warnings.map((line) => visible(`${name}: ${line}`)), ...lints],
  });
  if (!domain) {
    const [made, lacks] = await Promise.all([
      kind.name === "Domain" ? newDomain(connection, snapshot, name, args) : {},
      obstaclesOfNew(look),
    ]);
    return {
      ...silent,
      outputs: { ...full, ...made },
      ...tell(lacks, lintsBeside(null)),
      seen: { look, planned: null, obstacles: lacks.obstacles },
    };
  }
  const planned = planLook(look, domain, recorded && declare(kind, recorded), tried);
  const outputs = { ...full, ...previewFacts(kind, full, domain, snapshot.host, planned.plan) };
  if (recorded !== null) return { ...silent, outputs };
  const lacks = await obstaclesOfChange(planned);
  return {
    ...tell(lacks, lintsBeside(planned)),
    outputs,
    lines: [
      ...(isThere(kind, own, snapshot.host, domain) ? [tookOver(kind, own, name)] : []),
      ...printLines(planned, domain, {}, secrets),
    ],
    unreachable: null,
    seen: { look, planned, obstacles: lacks.obstacles },
  };
}

function remember(connection: Connection, name: string, actual: Situation | null, desired: XmlElement): void {
  const before = definitionOf(connection, name, actual) ?? emptyDomain;
  foreseen().set(
    `${connection.host}#${name}`,
    mergeTrees(domainSchema, { recorded: null, desired, actual: before }).tree,
  );
}

function definitionOf(connection: Connection, name: string, actual: Situation | null): XmlElement | null {
  const known = foreseen().get(`${connection.host}#${name}`);
  if (known || !actual) return known ?? null;
  const { inactive, live } = actual;
  const threads = live && ioThreadIds(live).map((id) => ({ id }));
  const running = declareThreads(threads ?? []);
  return mergeTrees(domainSchema, { recorded: null, desired: running, actual: inactive }).tree;
}

function declareThreads(threads: readonly { readonly id: number }[]): XmlElement {
  const list = threads.map(
    ({ id }): XmlElement => ({
      kind: "element",
      name: "iothread",
      attributes: [{ name: "id", value: String(id) }],
      children: [],
    }),
  );
  return {
    ...emptyDomain,
    children: [{ kind: "element", name: "iothreadids", attributes: [], children: list }],
  };
}

/** Predicts the id of a thread that declares none. */
function numbered(
  connection: Connection,
  name: string,
  actual: Situation | null,
  args: Arguments,
): Arguments {
  if (args.ioThreadId !== undefined) return {};
  const definition = definitionOf(connection, name, actual);
  return { ioThreadId: definition ? lowestFreeId([definition]) : unknown };
}

async function newDomain(
  connection: Connection,
  snapshot: HostSnapshot,
  name: string,
  args: Arguments,
): Promise<Arguments> {
  const given = args.uuid ?? valueAt(parseXmlArgument(kinds.Domain, args) ?? emptyDomain, "uuid");
  const uuid =
    given ?? (await newUuidOf(connection, name, uuidsThere(snapshot)).catch(() => null)) ?? unknown;
  return { uuid, state: args.running === true ? "running" : "shut off", pendingRestart: [] };
}

function previewFacts(
  kind: Kind,
  args: Arguments,
  domain: DomainFacts,
  host: HostFacts,
  plan: Plan,
): Arguments {
  const isOn = domain.liveXml !== null;
  const pendingRestart = plan.restarts ? [] : plan.pending;
  const thread = domain.ioThreads.find(({ id }) => id === args.ioThreadId);
  const domainUuid = domain.uuid;
  switch (kind.name) {
    case "Domain": {
      const state =
        args.running === undefined || args.running === isOn ? domain.state : stateOf(args.running);
      return { uuid: domain.uuid, state, pendingRestart: args.running === false ? [] : pendingRestart };
    }
    case "IoThread":
      return {
        domainUuid,
        threadId: thread?.threadId ?? unknown,
        pollMaxNs: args.pollMaxNs ?? thread?.pollMaxNs ?? unknown,
      };
    case "IoThreadPin": {
      const cpus = parseCpuset(String(args.cpuset))?.filter((cpu) => host.onlineCpus.includes(cpu));
      return { domainUuid, cpusAllowed: isOn && cpus ? printCpuset(cpus) : unknown };
    }
    case "VirtioDisk":
    case "VirtioScsiController":
      return { domainUuid, pendingRestart };
  }
}

const stateOf = (running: unknown) => (running ? "running" : "shut off");
