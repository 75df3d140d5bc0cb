/**
 * Finds resources of a program that are the same guest, disk, thread, pin or controller. Two resources must
 * never be the same thing, and removing one resource must not take away what another declares.
 *
 * The engine checks the whole program before it deletes anything, including deletions left from earlier runs
 * (3.250). Only `deleteBeforeReplace` deletes earlier. The engine does not check resources that `--target`
 * leaves out, and checks nothing in a destroy.
 */

import { HostError } from "../../errors.ts";
import { canonicalHost } from "../../host/connections.ts";
import { isSameDomain } from "../../host/read/hostIdentity.ts";
import type { Arguments, Failure } from "../../model/arguments/field.ts";
import type { Kind } from "../../model/arguments/kinds.ts";
import { valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import { declare } from "../../plan/arguments/declaration.ts";
import { layTree } from "../../plan/merge/merge.ts";
import type { Declarer, NotedDeclaration } from "./otherDeclarations.ts";
import { declarationsOf, placeOf } from "./otherDeclarations.ts";

/**
 * Finds another resource of the program that is the same thing, under this or another spelling of its host.
 */
export async function findDuplicate(kind: Kind, args: Arguments, by: Declarer | null): Promise<Failure[]> {
  const own = by && placeOf(kind, args);
  if (!own) return [];
  for (const other of declarationsOf(own.domain)) {
    if (other.kind !== kind || other.key !== own.key || !other.by || other.by.id === by.id) continue;
    if ((await isSameDomain([own.host, other.host], own.domain)) !== true) continue;
    const isSpelledSame = canonicalHost(own.host) === canonicalHost(other.host);
    const spelled = isSpelledSame ? "" : ` (${canonicalHost(other.host)} is the same host)`;
    const what =
      kind.key === null ? `the domain "${own.domain}"` : `${kind.name} ${own.key} of "${own.domain}"`;
    const isNamedSame = by.name === other.by.name;
    const [one, two] = [other.by, by].map((each) => `"${isNamedSame ? each.id : each.name}"`);
    return [
      {
        property: kind.key ?? (args.name === undefined ? "xml" : "name"),
        reason: `is in two resources, ${one} and ${two}: both are ${what} on ${canonicalHost(own.host)}${spelled}; keep one of them. Removing the other leaves the ${kind.key === null ? "guest" : "guest's part"} as it is`,
      },
    ];
  }
  return [];
}

/**
 * Names the resource of this run's program that declares what a removal would take away; `null` when none
 * does.
 * @param uuid UUID of the domain, if known
 * @throws HostError when a host that can't be read decides whether another resource is the same thing
 */
export async function findSuccessor(
  kind: Kind,
  args: Arguments,
  uuid: string | undefined,
): Promise<string | null> {
  const own = placeOf(kind, args);
  if (!own) return null;
  const tree = declare(kind, args);
  for (const other of declarationsOf(own.domain)) {
    if (!isOfSameThing(kind, own.key, tree, uuid, other)) continue;
    if (await isOnSameHost(own, other, uuid)) return nameOf(other);
  }
  return null;
}

async function isOnSameHost(
  { host, domain }: { readonly host: string; readonly domain: string },
  other: NotedDeclaration,
  uuid?: string,
): Promise<boolean> {
  const isSame = await isSameDomain([host, other.host], domain, uuid);
  if (isSame !== null) return isSame;
  throw new HostError(
    `can't tell whether ${nameOf(other)} on ${canonicalHost(other.host)} is the same as what is to be removed`,
    canonicalHost(host),
    { remedy: "nothing has changed; one of the two hosts does not answer: run it again when both do" },
  );
}

function isOfSameThing(
  kind: Kind,
  key: string,
  tree: XmlElement,
  uuid: string | undefined,
  other: NotedDeclaration,
): boolean {
  if (kind.key !== null) return (other.kind === kind && other.key === key) || holds(other.tree, tree, kind);
  if (other.kind !== kind) return false;
  const declared = valueAt(other.tree, "uuid");
  return declared === undefined || uuid === undefined || plain(declared) === plain(uuid);
}

const plain = (uuid: string) => uuid.replaceAll("-", "").toLowerCase();

/** Whether a declaration of another kind, usually a Domain, contains the part's element. */
function holds(other: XmlElement, part: XmlElement, kind: Kind): boolean {
  const depth = kind.place.split("/").length;
  const { changes } = layTree(kind.object.schema, part, other).diff;
  return !changes.some(({ kind: how, steps }) => how === "add" && steps.length <= depth);
}

/**
 * Names the parts of a domain that the program still declares although it no longer declares the domain,
 * under any spelling of the host.
 * @throws HostError when a host that can't be read decides whether they are on the same host
 */
export async function partsOf(args: Arguments, domain: string): Promise<string[]> {
  const here: NotedDeclaration[] = [];
  const own = { host: String(args.host), domain };
  for (const each of declarationsOf(domain)) if (await isOnSameHost(own, each)) here.push(each);
  return here.some(({ kind }) => kind.key === null) ? [] : here.map(nameOf);
}

function nameOf({ by, owner }: NotedDeclaration): string {
  return by ? `"${by.name}" (${owner})` : owner;
}
