import { HostError, mayHaveActed, PartialFailure } from "../errors.ts";
import type { Applied, Declaration } from "../host/apply/apply.ts";
import { applyDeclaration } from "../host/apply/apply.ts";
import { defineDomain } from "../host/apply/define.ts";
import type { Lifecycle } from "../host/apply/runState.ts";
import { applyLifecycle, diffLifecycle } from "../host/apply/runState.ts";
import type { Removal } from "../host/apply/undefine.ts";
import { removeDomain } from "../host/apply/undefine.ts";
import type { Connection } from "../host/connection/connection.ts";
import { connectionTo } from "../host/connections.ts";
import { withLock } from "../host/process/lock.ts";
import { forRun } from "../host/process/perRun.ts";
import type { DomainRead } from "../host/read/read.ts";
import { readDomain } from "../host/read/read.ts";
import { remember } from "../host/read/snapshot.ts";
import { virsh } from "../host/virsh/virsh.ts";
import type { Arguments } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import { ioThreadIds } from "../model/elements/domain/ioThreads.ts";
import { childrenOf, elementsAt, valueAt } from "../model/xml/read.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import { emptyDomain } from "../model/xml/tree.ts";
import { declare, domainNameOf } from "../plan/arguments/declaration.ts";
import type { Tried } from "../plan/plan.ts";
import type { DomainFacts } from "../plan/situation/facts.ts";
import { treesOf } from "../plan/situation/situation.ts";
import { beginMeasuring } from "./measure.ts";
import { bringIntoForce, refuseUnaskable, withWhatIsDone } from "./restarts.ts";
import type { State } from "./state.ts";
import { allowedOf, factsOf, idOf, isThere, renamedTo, tookOver } from "./state.ts";

export interface Made extends State {
  /** What people should know: that something was there already, or could not be verified. */
  readonly notes: readonly string[];
}

/** Ids of what this run made or took over. */
const made = forRun(() => new Set<string>());

/**
 * Makes a new resource, or takes over what is there and changes only where it differs.
 * @throws HostError when nothing was done; PartialFailure when something was made and stays.
 */
export async function createResource(kind: Kind, args: Arguments): Promise<Made> {
  const connection = connectionTo(String(args.host));
  const name = domainNameOf(kind, args);
  return withLock(`${connection.host}#${name}`, async () => {
    const look = await readDomain(connection, name, { isNew: kind.name === "Domain" });
    const { host, domain } = look;
    const isNew = kind.name === "Domain" && !domain;
    const isUnnumbered = kind.name === "IoThread" && args.ioThreadId === undefined;
    let full = args;
    let isMade = false;
    const choose = (now: DomainFacts | null): Arguments => {
      made().delete(idOf(kind, full));
      if (isUnnumbered) full = { ...args, ioThreadId: lowestFreeId(now) };
      made().add(idOf(kind, full));
      return full;
    };
    choose(domain);
    try {
      const read = isNew
        ? await defineDomain(connection, look, name, declare(kind, args), slotsOf(args))
        : look;
      isMade = isNew;
      const notes = domain && isThere(kind, full, host, domain) ? [tookOver(kind, full, name)] : [];
      const state = await applyArguments(connection, kind, name, null, full, read, { choose });
      return { ...state, notes: [...notes, ...state.notes] };
    } catch (error) {
      // What was there before stays nobody's; what was made here must not be forgotten.
      if (!isMade && !mayHaveActed(error)) {
        made().delete(idOf(kind, full));
        throw error;
      }
      throw new PartialFailure(idOf(kind, full), error as Error, full);
    }
  });
}

/** What is known of a resource beside its arguments, from when it was last applied. */
export interface LastApplied {
  /** UUID of a domain. Absent: not known, or of no interest. */
  readonly uuid?: string | undefined;
  /** What the last measurement found. Absent: none was made. */
  readonly measured?: unknown;
  /** What the guest was power-cycled for in vain. Absent: nothing. */
  readonly tried?: readonly Tried[];
}

/** How a new resource is made. */
interface Creation extends LastApplied {
  /** Its arguments for the domain as it is now: another stack may have taken meanwhile what was free. */
  readonly choose?: (now: DomainFacts) => Arguments;
}

/** @throws HostError or PartialFailure: the old state stays, and the next update goes on from the host as it is. */
export async function updateResource(
  kind: Kind,
  recorded: Arguments,
  args: Arguments,
  last: LastApplied = {},
): Promise<Made> {
  const connection = connectionTo(String(args.host));
  const name = domainNameOf(kind, args);
  return withLock(`${connection.host}#${name}`, async () => {
    let read = await readDomain(connection, name);
    if (kind.name === "Domain" && !read.domain) {
      if (last.uuid !== undefined) await refuseRenamed(connection, name, last.uuid);
      read = await defineDomain(connection, read, name, declare(kind, args), slotsOf(args));
    }
    return applyArguments(connection, kind, name, declare(kind, recorded), args, read, last);
  });
}

/** A second definition of the same disks under the old name would be the worst answer. */
async function refuseRenamed(connection: Connection, name: string, uuid: string): Promise<void> {
  const [result] = await connection.run([virsh(connection, ["domname", uuid])]);
  if (result?.exitCode !== 0) return;
  throw new HostError(`"${name}" ${renamedTo(name, result.stdout.trim())}`, connection.host, {
    remedy: "nothing has changed",
  });
}

const slotsOf = (args: Arguments) => Number(args.hotplugSlots ?? 8);

async function applyArguments(
  connection: Connection,
  kind: Kind,
  name: string,
  recorded: XmlElement | null,
  given: Arguments,
  read: DomainRead,
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
    chooseAgain: (now) => {
      args = choose?.(now) ?? args;
      return { ...declaration, desired: declare(kind, args) };
    },
  };
  const wanted = args as Lifecycle;
  refuseUnaskable(connection, declaration, kind, wanted, read);
  const measuring = await beginMeasuring(connection, kind, args, declaration, read);
  // What was read before a guest was watched is too old to plan from.
  const defined = await applyDeclaration(connection, declaration, measuring ? undefined : read);
  const cycled = await bringIntoForce(connection, declaration, defined, wanted);
  const { tried } = cycled;
  let { applied } = cycled;
  if (kind.name === "Domain" && diffLifecycle(wanted, applied.domain).length > 0) {
    const after = await applyLifecycle(connection, applied.domain, wanted).catch((error: Error) => {
      const told = withWhatIsDone(error, { ...applied, done: defined.done });
      // An update has defined by now what it declares: what the program drops next must be known as its own.
      const cause = told instanceof PartialFailure ? (told.cause as Error) : told;
      throw recorded === null ? cause : new PartialFailure(null, cause, { restartDidNotBring: tried });
    });
    // A guest that has just started has no polling set yet, and the run state is read again.
    applied = await applyDeclaration(connection, declaration, after);
  }
  const measured = measuring ? await measuring.finish() : last.measured;
  await remember(connection, name, applied.domain);
  const state = stateOf(kind, args, applied, measured);
  const remembered = "restartDidNotBring" in kind.outputs ? { restartDidNotBring: tried } : {};
  return {
    ...state,
    outputs: { ...state.outputs, ...remembered },
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

function lowestFreeId(domain: DomainFacts | null): number {
  const { inactive = null, live = null } = domain ? treesOf(domain) : {};
  const taken = new Set([inactive, live].flatMap((side) => (side ? ioThreadIds(side) : [])));
  let id = 1;
  while (taken.has(id)) id++;
  return id;
}

/**
 * Takes away what the resource declared, and says what stays until the next power cycle. All of it stays when this
 * run has just taken it over for another resource: one that the program calls otherwise now is made anew first, and
 * the engine removes the old one then.
 * @throws HostError when something is in the way: it is told, never forced.
 */
export async function deleteResource(kind: Kind, recorded: Arguments): Promise<readonly string[]> {
  const connection = connectionTo(String(recorded.host));
  const name = domainNameOf(kind, recorded);
  return withLock(`${connection.host}#${name}`, async () => {
    if (made().has(idOf(kind, recorded))) return [`${name}: stays, for the other resource that has it now`];
    if (kind.name === "Domain") {
      await removeDomain(connection, name, recorded as Removal);
      await remember(connection, name, null);
      return [];
    }
    const read = await readDomain(connection, name);
    const { domain } = read;
    if (!domain) return [];
    if (kind.name === "VirtioScsiController") refuseInUse(connection, domain, String(recorded.index));
    const declaration: Declaration = {
      name,
      recorded: declare(kind, recorded),
      desired: emptyDomain,
      allowed: allowedOf(recorded),
      mayDefine: false,
    };
    const defined = await applyDeclaration(connection, declaration, read);
    const { applied } = await bringIntoForce(connection, declaration, defined, recorded as Lifecycle);
    await remember(connection, name, applied.domain);
    return applied.plan.pending.map(
      (each) => `${name}: ${each.path} stays in the running guest until its next power cycle`,
    );
  });
}

/** libvirt would put an lsilogic controller in its place without a word (9.0.0). */
function refuseInUse(connection: Connection, domain: DomainFacts, index: string): void {
  const devices = elementsAt(treesOf(domain).inactive, "devices").flatMap((all) => childrenOf(all));
  const isOnIt = (device: XmlElement) =>
    valueAt(device, "address/@type") === "drive" &&
    valueAt(device, "address/@controller") === index &&
    (device.name === "hostdev" || valueAt(device, "target/@bus") === "scsi");
  if (devices.some(isOnIt))
    throw new HostError(
      `controller scsi ${index} of "${domain.name}" still has disks on it`,
      connection.host,
      { remedy: "remove its disks first; nothing has changed" },
    );
}
