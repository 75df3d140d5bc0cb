import { HostError } from "../errors.ts";
import type { Declaration } from "../host/apply/apply.ts";
import { applyDeclaration } from "../host/apply/apply.ts";
import type { Lifecycle } from "../host/apply/runState.ts";
import type { Removal } from "../host/apply/undefine.ts";
import { findRemovable, removeDomain } from "../host/apply/undefine.ts";
import type { Connection } from "../host/connection/connection.ts";
import { connectionTo } from "../host/connections.ts";
import { withLock } from "../host/process/lock.ts";
import { locateDomain } from "../host/read/locate.ts";
import { remember } from "../host/read/snapshot.ts";
import type { Arguments } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import { kinds } from "../model/arguments/kinds.ts";
import { childrenOf, elementsAt, valueAt } from "../model/xml/read.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import { emptyDomain } from "../model/xml/tree.ts";
import { declare, domainNameOf } from "../plan/arguments/declaration.ts";
import type { DomainFacts } from "../plan/situation/facts.ts";
import { treesOf } from "../plan/situation/situation.ts";
import { staysForeign } from "./declarations/foreign.ts";
import { isTooEarly } from "./declarations/leaving.ts";
import { findSuccessor, partsOf } from "./declarations/sameThing.ts";
import { bringIntoForce } from "./restarts.ts";
import { allowedOf } from "./state.ts";

/**
 * Takes away what the resource declared, and says what stays until the next power cycle. All of it stays when the
 * program of this run declares the same thing in another resource: one that the program calls otherwise now is made
 * anew first, and the engine removes the old one then, or in a later run. So does a domain that somebody else made
 * under the name.
 * @param uuid Of the domain as it was last seen. Absent: whatever has the name is it.
 * @throws HostError when something is in the way: it is told, never forced.
 */
export async function deleteResource(
  kind: Kind,
  recorded: Arguments,
  uuid?: string,
): Promise<readonly string[]> {
  const connection = connectionTo(String(recorded.host));
  const name = domainNameOf(kind, recorded);
  return withLock(`${connection.host}#${name}`, async () => {
    const successor = await findSuccessor(kind, recorded, uuid);
    if (successor !== null) return [staysFor(kind, name, successor)];
    return kind.name === "Domain"
      ? deleteDomain(connection, name, recorded, uuid)
      : deletePart(connection, kind, name, recorded, uuid);
  });
}

/** The engine asks for the end of no part whose Domain goes in the same run (`deletedWith`), stay it or not. */
function staysFor(kind: Kind, name: string, successor: string): string {
  const parts =
    kind.key === null
      ? "; disks, threads and controllers that the program dropped in the same run stay in it too"
      : "";
  return `${name}: stays, for ${successor} has it now${parts}`;
}

async function deleteDomain(
  connection: Connection,
  name: string,
  recorded: Arguments,
  uuid: string | undefined,
): Promise<readonly string[]> {
  const parts = await partsOf(recorded, name);
  if (parts.length > 0)
    throw new HostError(`the program still declares ${parts.join(", ")}`, connection.host, {
      remedy: `nothing has changed; remove them with their Domain, or set retainOnDelete on the Domain to leave the guest to others`,
    });
  const found = await findRemovable(connection, name, uuid);
  if (!found.domain) return found.foreign ? [staysForeign(found.foreign, uuid)] : [];
  const { name: now } = found.domain;
  // While the host was read, the engine may have checked who has it: what is deleted first goes before that is known.
  const successor = await findSuccessor(kinds.Domain, { ...recorded, name: now }, uuid);
  if (successor !== null)
    return now === name
      ? [staysFor(kinds.Domain, name, successor)]
      : [`${name}: is called ${now} now and stays, for ${successor} has it`];
  if (isTooEarly(connection.host, name))
    throw new HostError(
      `"${name}" can't be removed before what replaces it is made, as deleteBeforeReplace has it: whether the program declares it elsewhere is not known yet`,
      connection.host,
      { remedy: "nothing of it has changed; take deleteBeforeReplace out of the options of its Domain" },
    );
  await removeDomain(connection, found, recorded as Removal);
  await remember(connection, now, null);
  return now === name ? [] : [`${name}: was called ${now} on the host, and is removed`];
}

async function deletePart(
  connection: Connection,
  kind: Kind,
  name: string,
  recorded: Arguments,
  uuid: string | undefined,
): Promise<readonly string[]> {
  const read = await locateDomain(connection, name, uuid);
  const { domain, foreign } = read;
  if (!domain) return foreign ? [staysForeign(foreign, uuid)] : [];
  if (kind.name === "VirtioScsiController") refuseInUse(connection, domain, String(recorded.index));
  const declaration: Declaration = {
    name: domain.name,
    recorded: declare(kind, recorded),
    desired: emptyDomain,
    allowed: allowedOf(recorded),
    mayDefine: false,
  };
  try {
    const defined = await applyDeclaration(connection, declaration, read);
    const { applied } = await bringIntoForce(connection, declaration, defined, recorded as Lifecycle);
    await remember(connection, domain.name, applied.domain);
    return applied.plan.pending.map(
      (each) => `${domain.name}: ${each.path} stays in the running guest until its next power cycle`,
    );
  } catch (error) {
    // The engine may remove its Domain at the same time, as where the two spell the host differently.
    const now = await locateDomain(connection, name, uuid).catch(() => null);
    if (now && !now.domain && !now.foreign) return [];
    throw error;
  }
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
