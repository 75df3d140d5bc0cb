import { mayHaveActed, PartialFailure } from "../errors.ts";
import type { Applied, Declaration } from "../host/apply/apply.ts";
import { applyDeclaration } from "../host/apply/apply.ts";
import type { NewDomain } from "../host/apply/define.ts";
import { defineDomain } from "../host/apply/define.ts";
import type { Lifecycle } from "../host/apply/runState.ts";
import { applyLifecycle, diffLifecycle } from "../host/apply/runState.ts";
import type { Connection } from "../host/connection/connection.ts";
import { connectionTo } from "../host/connections.ts";
import { withLock } from "../host/process/lock.ts";
import { locateDomain } from "../host/read/locate.ts";
import type { DomainRead } from "../host/read/read.ts";
import { readDomain } from "../host/read/read.ts";
import { remember } from "../host/read/snapshot.ts";
import type { Arguments } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import { lowestFreeId } from "../model/elements/domain/ioThreads.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import { declare, domainNameOf } from "../plan/arguments/declaration.ts";
import { pathNamer } from "../plan/arguments/origins.ts";
import type { DomainFacts } from "../plan/situation/facts.ts";
import { treesOf } from "../plan/situation/situation.ts";
import {
  mayUseForeign,
  refuseForeign,
  refuseRenamed,
  requireUnbarred,
  vouchFor,
} from "./declarations/foreign.ts";
import { noteMade } from "./declarations/leaving.ts";
import type { NotedDeclaration } from "./declarations/otherDeclarations.ts";
import { dropDeclaration, noteDeclaration } from "./declarations/otherDeclarations.ts";
import { beginMeasuring } from "./measure.ts";
import type { LastApplied } from "./remembered.ts";
import { rememberedOutputs } from "./remembered.ts";
import { requireSamePlace } from "./replaced.ts";
import { bringIntoForce, refuseUnaskable, withWhatIsDone } from "./restarts.ts";
import type { State } from "./state.ts";
import { allowedOf, factsOf, idOf, isThere, tookOver } from "./state.ts";

export interface Made extends State {
  /** Warnings: something existed already, or could not be verified. */
  readonly notes: readonly string[];
}

/**
 * Creates a resource, or adopts an existing one and changes only what differs.
 * @throws HostError when nothing was done; PartialFailure when something was created and stays
 */
export async function createResource(kind: Kind, args: Arguments): Promise<Made> {
  const connection = connectionTo(String(args.host));
  const name = domainNameOf(kind, args);
  requireUnbarred(connection, kind, args);
  return withLock(`${connection.host}#${name}`, async () => {
    const look = await readDomain(connection, name, { isNew: kind.name === "Domain" });
    const { host, domain } = look;
    const isNew = kind.name === "Domain" && !domain;
    const isUnnumbered = kind.name === "IoThread" && args.ioThreadId === undefined;
    let full = args;
    let isMade = false;
    let uuid = domain?.uuid;
    let noted: NotedDeclaration | null = null;
    const choose = (now: DomainFacts | null): Arguments => {
      if (isUnnumbered) {
        if (noted) dropDeclaration(noted);
        const { inactive = null, live = null } = now ? treesOf(now) : {};
        full = { ...args, ioThreadId: lowestFreeId([inactive, live].filter((side) => side !== null)) };
      }
      noted = noteDeclaration(kind, full, declare(kind, full));
      return full;
    };
    choose(domain);
    try {
      const read = isNew ? await defineDomain(connection, look, name, newDomainOf(kind, args)) : look;
      isMade = isNew;
      uuid = read.domain?.uuid;
      const notes = domain && isThere(kind, full, host, domain) ? [tookOver(kind, full, name)] : [];
      const creation = isUnnumbered ? { choose } : {};
      const state = await applyArguments({ connection, kind, name, recorded: null, read }, full, creation);
      return { ...state, notes: [...notes, ...state.notes] };
    } catch (error) {
      // If we changed nothing, the state does not take the resource over. If we created or changed something,
      // the state must keep it.
      if (!isMade && !mayHaveActed(error)) throw error;
      const known = uuid === undefined ? {} : { [kind.name === "Domain" ? "uuid" : "domainUuid"]: uuid };
      throw new PartialFailure(idOf(kind, full), error as Error, { ...full, ...known });
    }
  });
}

/** Options for creating a resource. */
interface Creation extends LastApplied {
  /** Chooses the arguments for the domain as it is now, since another stack may have taken what was free. */
  readonly choose?: (now: DomainFacts) => Arguments;
}

/**
 * @throws HostError or PartialFailure: the old state stays, and the next update continues from the host as it
 * is
 */
export async function updateResource(
  kind: Kind,
  recorded: Arguments,
  args: Arguments,
  last: LastApplied = {},
): Promise<Made> {
  const connection = connectionTo(String(args.host));
  const name = domainNameOf(kind, args);
  await requireSamePlace(kind, recorded, args, last.uuid);
  return withLock(`${connection.host}#${name}`, async () => {
    let read: DomainRead = await readOwn(connection, kind, args, last.uuid);
    // The recorded declaration belongs to another domain. Nothing of it must be removed from this one.
    const isForeign = last.uuid !== undefined && read.domain !== null && read.domain.uuid !== last.uuid;
    if (kind.name === "Domain" && !read.domain)
      read = await defineDomain(connection, read, name, newDomainOf(kind, args));
    const before = isForeign ? null : declare(kind, recorded);
    return applyArguments({ connection, kind, name, recorded: before, read }, args, last);
  });
}

/**
 * Reads the resource's own domain under its own name; `domain` is `null` when there is none.
 * @throws HostError when the name belongs to another domain, or the domain has another name
 */
async function readOwn(
  connection: Connection,
  kind: Kind,
  args: Arguments,
  uuid: string | undefined,
): Promise<DomainRead> {
  const name = domainNameOf(kind, args);
  const { foreign, ...read } = await locateDomain(connection, name, uuid);
  if (read.domain && read.domain.name !== name) throw refuseRenamed(connection, name, read.domain, foreign);
  if (!foreign) return read;
  if (!mayUseForeign(kind, args, foreign)) throw refuseForeign(connection, foreign, uuid);
  return { ...read, domain: foreign };
}

const newDomainOf = (kind: Kind, args: Arguments): NewDomain => ({
  desired: declare(kind, args),
  nameOf: pathNamer(kind, args),
  hotplugSlots: Number(args.hotplugSlots ?? 8),
});

/** A resource to apply to a domain that was just read. */
interface Target {
  readonly connection: Connection;
  readonly kind: Kind;
  readonly name: string;
  /** What the resource declared when it was last applied; `null` for a new resource. */
  readonly recorded: XmlElement | null;
  readonly read: DomainRead;
}

async function applyArguments(
  { connection, kind, name, recorded, read }: Target,
  given: Arguments,
  { choose, ...last }: Creation = {},
): Promise<Made> {
  let args = given;
  const declaration: Declaration = {
    name,
    recorded,
    desired: declare(kind, args),
    allowed: allowedOf(args),
    mayDefine: kind.name === "Domain",
    tried: last.tried ?? [],
    nameOf: pathNamer(kind, args),
    ...(choose && {
      chooseAgain: (now: DomainFacts) => {
        args = choose(now);
        return { ...declaration, desired: declare(kind, args) };
      },
    }),
  };
  const wanted = args as Lifecycle;
  refuseUnaskable(connection, declaration, kind, wanted, read);
  const measuring = await beginMeasuring(connection, kind, args, declaration, read);
  // After a measurement the earlier read is too old to plan from.
  const defined = await applyDeclaration(connection, declaration, measuring ? undefined : read);
  // Another stack may have taken meanwhile what was chosen first: go on with what is chosen now.
  const chosen: Declaration = { ...declaration, desired: declare(kind, args) };
  const cycled = await bringIntoForce(connection, chosen, defined, wanted);
  const { tried } = cycled;
  let { applied } = cycled;
  if (kind.name === "Domain" && diffLifecycle(wanted, applied.domain).length > 0) {
    const after = await applyLifecycle(connection, applied.domain, wanted).catch((error: Error) => {
      const told = withWhatIsDone(error, { ...applied, done: defined.done });
      // By now the update has defined everything declared. The state must keep that, so that a part dropped
      // from the program next is known to be ours.
      const cause = told instanceof PartialFailure ? (told.cause as Error) : told;
      throw recorded === null ? cause : new PartialFailure(null, cause, { restartDidNotBring: tried });
    });
    // A guest that has just started has no polling set yet. This also reads the run state again.
    applied = await applyDeclaration(connection, chosen, after);
  }
  const measured = measuring ? await measuring.finish() : last.measured;
  await remember(connection, name, applied.domain);
  if (kind.name === "Domain") {
    vouchFor(args, applied.domain);
    noteMade(connection.host, name);
  }
  const state = stateOf(kind, args, applied, measured);
  const remembered = { tried, ignored: applied.ignored ?? [] };
  return {
    ...state,
    outputs: { ...state.outputs, ...rememberedOutputs(kind, remembered) },
    notes: [...state.notes, ...cycled.notes],
  };
}

function stateOf(kind: Kind, args: Arguments, applied: Applied, measured: unknown): Made {
  const { domain, plan, notes = [] } = applied;
  const facts = factsOf(kind, args, domain, plan);
  const told =
    "measured" in kind.outputs ? { measured: args.measure === undefined ? null : (measured ?? null) } : {};
  const isUnverified = domain.liveXml !== null && (facts.threadId === null || facts.cpusAllowed === null);
  const thread = kind.name === "IoThread" ? args.ioThreadId : args.ioThread;
  const note = `${domain.name}: this login can't read the kernel's data of IO thread ${thread}: libvirt's word is taken for it, log in as root to have it verified`;
  return {
    id: idOf(kind, args),
    outputs: { ...args, ...facts, ...told },
    notes: [...notes, ...(isUnverified ? [note] : [])],
  };
}
