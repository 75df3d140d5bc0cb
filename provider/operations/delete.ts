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
 * Removes what the resource declared, and lists what stays in the running guest until the next power cycle.
 *
 * Nothing is removed when another resource of this run's program declares the same thing. This covers a
 * resource renamed in the program: Pulumi creates the new name first, then deletes the old one, in this run
 * or a later one. Nothing is removed either when the name now belongs to a domain that somebody else made.
 * @param uuid UUID of the domain as last seen. When omitted, the domain is found by its name alone.
 * @throws HostError when something prevents the removal; nothing is forced
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

/**
 * A part has `deletedWith`: when its Domain is deleted in the same run, the engine does not ask us to delete
 * the part, even if the guest stays. The message says so.
 */
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
  const refuseParts = async (of: string) => {
    const parts = await partsOf(recorded, of);
    if (parts.length > 0)
      throw new HostError(`the program still declares ${parts.join(", ")}`, connection.host, {
        remedy: `nothing has changed; remove them with their Domain, or set retainOnDelete on the Domain to leave the guest to others`,
      });
  };
  await refuseParts(name);
  const found = await findRemovable(connection, name, uuid);
  if (!found.domain) return found.foreign ? [staysForeign(found.foreign, uuid)] : [];
  const { name: now } = found.domain;
  if (now !== name) await refuseParts(now);
  // Look again: while we read the host, the engine may have checked the resource that now declares this
  // guest. A resource that is deleted before its replacement is deleted before that check.
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
    // The engine may delete the part's Domain at the same time, for example when the two spell their host
    // differently.
    const now = await locateDomain(connection, name, uuid).catch(() => null);
    if (now && !now.domain && !now.foreign) return [];
    throw error;
  }
}

/**
 * Refuses to remove a controller in use: libvirt would silently put an lsilogic controller in its place
 * (9.0.0).
 */
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
