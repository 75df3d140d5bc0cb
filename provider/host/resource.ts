import { HostError, PartialFailure } from "../errors.ts";
import type { Arguments } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import { parseXmlArgument, printTyped } from "../model/arguments/kinds.ts";
import { ioThreadIds } from "../model/elements/normalise.ts";
import { parseDomainXml } from "../model/xml/parse.ts";
import { childrenOf, elementsAt, valueAt } from "../model/xml/read.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import { layDomain } from "../plan/merge.ts";
import type { Plan } from "../plan/plan.ts";
import { planDomain } from "../plan/plan.ts";
import { applyDeclaration } from "./apply.ts";
import type { Connection } from "./connection.ts";
import type { DomainFacts } from "./facts.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { applyLifecycle, defineDomain, diffLifecycle, removeDomain } from "./lifecycle.ts";
import { withLock } from "./lock.ts";
import type { HostSnapshot } from "./read.ts";
import { readDomain, readHost } from "./read.ts";
import { canonicalHost, connectionTo } from "./session.ts";
import { situationOf } from "./situation.ts";

/** A resource as the front ends keep it: id, and what its arguments became. */
export interface State {
  readonly id: string;
  readonly outputs: Arguments;
}

export interface Drift {
  /** Whether anything has to be done on the host. */
  readonly isNeeded: boolean;
  /** One line per change, with its label. */
  readonly lines: readonly string[];
}

/** What the arguments declare: typed ones over `xml`. */
export function declare(kind: Kind, args: Arguments): XmlElement {
  const typed = printTyped(kind, args);
  const xml = parseXmlArgument(args);
  return xml ? layDomain(typed, xml).tree : typed;
}

function domainNameOf(kind: Kind, args: Arguments): string {
  if (kind.name !== "Domain") return String(args.domain);
  return String(args.name ?? valueAt(declare(kind, args), "name"));
}

function idOf(kind: Kind, args: Arguments): string {
  const domain = `${canonicalHost(String(args.host))}#${domainNameOf(kind, args)}`;
  return kind.key === null ? domain : `${domain}/${kind.name}/${String(args[kind.key])}`;
}

const snapshots = new Map<string, Promise<HostSnapshot>>();

/** The host as it was at the first question of this process; domains that were applied since are fresh. */
function snapshotOf(connection: Connection): Promise<HostSnapshot> {
  const found = snapshots.get(connection.host);
  if (found !== undefined) return found;
  const read = readHost(connection);
  snapshots.set(connection.host, read);
  read.catch(() => snapshots.delete(connection.host));
  return read;
}

async function remember(connection: Connection, name: string, domain: DomainFacts | null): Promise<void> {
  const snapshot = await snapshots.get(connection.host);
  if (!snapshot) return;
  const domains = new Map(snapshot.domains);
  if (domain) domains.set(name, domain);
  else domains.delete(name);
  snapshots.set(connection.host, Promise.resolve({ ...snapshot, domains }));
}

/** What the host lacks of a declaration. Reads the snapshot only. @throws HostError when it can't be read. */
export async function diffResource(kind: Kind, recorded: Arguments, args: Arguments): Promise<Drift> {
  const connection = connectionTo(String(args.host));
  const { host, domains } = await snapshotOf(connection);
  const name = domainNameOf(kind, args);
  const domain = domains.get(name);
  if (!domain) return { isNeeded: true, lines: [`${name}: is not on the host: define`] };
  const plan = planDomain(declare(kind, recorded), declare(kind, args), situationOf(host, domain));
  const lifecycle = kind.name === "Domain" ? diffLifecycle(args as Lifecycle, domain) : [];
  const lines = [...describe(plan), ...lifecycle].map((line) => `${name}: ${line}`);
  return { isNeeded: plan.define !== null || plan.liveSteps.length > 0 || lifecycle.length > 0, lines };
}

function describe(plan: Plan): string[] {
  const pending = new Set(plan.pending.map((each) => each.path));
  const changes = new Map(
    [...plan.inactiveChanges, ...plan.liveChanges].map((change) => [change.path, change]),
  );
  const isRunning = plan.liveSteps.length > 0;
  return [...changes.values()].map(({ path, before, after }) => {
    const label = pending.has(path) ? "next boot" : isRunning ? "live" : "definition";
    return `${path} ${before ?? "absent"} → ${after ?? "absent"} (${label})`;
  });
}

/** Makes a new resource, or takes over what is there and changes only where it differs. */
export async function createResource(kind: Kind, args: Arguments): Promise<State> {
  const connection = connectionTo(String(args.host));
  const name = domainNameOf(kind, args);
  return withLock(`${connection.host}#${name}`, async () => {
    const { domain } = await readDomain(connection, name);
    const isNew = kind.name === "Domain" && !domain;
    if (isNew) await defineDomain(connection, name, declare(kind, args), Number(args.hotplugSlots ?? 8));
    const isUnnumbered = kind.name === "IoThread" && args.ioThreadId === undefined;
    const full = isUnnumbered ? { ...args, ioThreadId: lowestFreeId(domain) } : args;
    return applyArguments(connection, kind, name, null, full).catch((error: Error) => {
      // What was there before stays nobody's; what was made here must not be forgotten.
      throw isNew ? new PartialFailure(idOf(kind, full), error) : error;
    });
  });
}

export async function updateResource(kind: Kind, recorded: Arguments, args: Arguments): Promise<State> {
  const connection = connectionTo(String(args.host));
  const name = domainNameOf(kind, args);
  return withLock(`${connection.host}#${name}`, async () => {
    const { domain } = await readDomain(connection, name);
    if (kind.name === "Domain" && !domain)
      await defineDomain(connection, name, declare(kind, args), Number(args.hotplugSlots ?? 8));
    return applyArguments(connection, kind, name, declare(kind, recorded), args);
  });
}

async function applyArguments(
  connection: Connection,
  kind: Kind,
  name: string,
  recorded: XmlElement | null,
  args: Arguments,
): Promise<State> {
  const desired = declare(kind, args);
  let applied = await applyDeclaration(connection, name, recorded, desired);
  if (kind.name === "Domain" && diffLifecycle(args as Lifecycle, applied.domain).length > 0) {
    await applyLifecycle(connection, applied.domain, args as Lifecycle);
    // A guest that has just started has no polling set yet, and the run state is read again.
    applied = await applyDeclaration(connection, name, recorded, desired);
  }
  await remember(connection, name, applied.domain);
  return { id: idOf(kind, args), outputs: { ...args, ...factsOf(kind, args, applied.domain, applied.plan) } };
}

function lowestFreeId(domain: DomainFacts | null): number {
  const sides = [domain?.inactiveXml, domain?.liveXml].filter((xml) => typeof xml === "string");
  const taken = new Set(sides.flatMap((xml) => ioThreadIds(parseDomainXml(xml))));
  let id = 1;
  while (taken.has(id)) id++;
  return id;
}

/** Verified facts that become outputs. */
function factsOf(kind: Kind, args: Arguments, domain: DomainFacts, plan: Plan): Arguments {
  const id = Number(kind.name === "IoThread" ? args.ioThreadId : args.ioThread);
  const thread = domain.ioThreads.find((each) => each.id === id);
  switch (kind.name) {
    case "Domain":
      return { uuid: domain.uuid, state: domain.state, pendingRestart: plan.pending };
    case "IoThread":
      return { threadId: thread?.threadId ?? null, pollMaxNs: thread?.pollMaxNs ?? args.pollMaxNs ?? null };
    case "IoThreadPin":
      return { cpusAllowed: thread?.cpusAllowed ?? null };
    case "VirtioDisk":
    case "VirtioScsiController":
      return { pendingRestart: plan.pending };
  }
}

/** What is there now; null when it is gone. @throws HostError when the host can't be read: never "gone". */
export async function readResource(kind: Kind, state: State): Promise<State | null> {
  const args = state.outputs;
  const connection = connectionTo(String(args.host));
  const name = domainNameOf(kind, args);
  const { host, domains } = await snapshotOf(connection);
  const domain = domains.get(name);
  if (!domain) return null;
  const desired = declare(kind, args);
  const plan = planDomain(null, desired, situationOf(host, domain));
  const whole = kind.place.split("/").length;
  const isGone =
    kind.key !== null &&
    plan.inactiveChanges.some((change) => change.kind === "add" && change.steps.length <= whole);
  if (isGone) return null;
  return { id: state.id, outputs: { ...args, ...factsOf(kind, args, domain, plan) } };
}

/** Takes away what the resource declared; what is in the way is told, never forced. */
export async function deleteResource(kind: Kind, recorded: Arguments): Promise<readonly string[]> {
  const connection = connectionTo(String(recorded.host));
  const name = domainNameOf(kind, recorded);
  return withLock(`${connection.host}#${name}`, async () => {
    if (kind.name === "Domain") {
      await removeDomain(connection, name, recorded as Lifecycle);
      await remember(connection, name, null);
      return [];
    }
    const { domain } = await readDomain(connection, name);
    if (!domain) return [];
    if (kind.name === "VirtioScsiController") refuseInUse(connection, domain, String(recorded.index));
    const empty: XmlElement = { kind: "element", name: "domain", attributes: [], children: [] };
    const applied = await applyDeclaration(connection, name, declare(kind, recorded), empty);
    await remember(connection, name, applied.domain);
    return applied.plan.pending.map(
      (each) => `${name}: ${each.path} stays in the running guest until its next power cycle`,
    );
  });
}

/** libvirt would put an lsilogic controller in its place without a word (9.0.0). */
function refuseInUse(connection: Connection, domain: DomainFacts, index: string): void {
  const devices = elementsAt(parseDomainXml(domain.inactiveXml), "devices").flatMap((all) => childrenOf(all));
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
