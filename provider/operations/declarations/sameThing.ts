/**
 * Which resources of a program are of one and the same guest, disk, thread, pin or controller. Two must not be; and
 * what one declares, the removal of another must not take away. The engine deletes what it does after all of the
 * program was checked, what waits from earlier runs included (3.250); only what `deleteBeforeReplace` deletes goes
 * before. It checks neither what `--target` leaves out nor anything in a destroy.
 */

import { HostError } from "../../errors.ts";
import { canonicalHost } from "../../host/connections.ts";
import { compareHosts } from "../../host/read/hostIdentity.ts";
import type { Arguments, Failure } from "../../model/arguments/field.ts";
import type { Kind } from "../../model/arguments/kinds.ts";
import { valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import { declare } from "../../plan/arguments/declaration.ts";
import { layTree } from "../../plan/merge/merge.ts";
import type { Declarer, NotedDeclaration } from "./otherDeclarations.ts";
import { declarationsOf, placeOf } from "./otherDeclarations.ts";

/** Another resource of the program that is of the same thing, under this or another spelling of its host. */
export async function findDuplicate(kind: Kind, args: Arguments, by: Declarer | null): Promise<Failure[]> {
  const own = by && placeOf(kind, args);
  if (!own) return [];
  for (const other of declarationsOf(own.domain)) {
    if (other.kind !== kind || other.key !== own.key || !other.by || other.by.id === by.id) continue;
    if ((await compareHosts(own.host, other.host)) !== "same") continue;
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
 * Who in the program of this run declares the thing that a removal would take away; null: nobody.
 * @param uuid Of the domain, where it is known.
 * @throws HostError when another resource is of the same thing or not, depending on a host that can't be read.
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
    if (await isOnSameHost(own.host, other)) return nameOf(other);
  }
  return null;
}

async function isOnSameHost(host: string, other: NotedDeclaration): Promise<boolean> {
  const relation = await compareHosts(host, other.host);
  if (relation !== null) return relation === "same";
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

/** Whether a declaration of another kind, a Domain's mostly, has the element that a part is. */
function holds(other: XmlElement, part: XmlElement, kind: Kind): boolean {
  const depth = kind.place.split("/").length;
  const { changes } = layTree(kind.object.schema, part, other).diff;
  return !changes.some(({ kind: how, steps }) => how === "add" && steps.length <= depth);
}

/**
 * Parts of a domain that the program declares although it declares the domain no more, under any spelling of the host.
 * @throws HostError when they are on the same host or not, depending on one that can't be read
 */
export async function partsOf(args: Arguments, domain: string): Promise<string[]> {
  const here: NotedDeclaration[] = [];
  for (const each of declarationsOf(domain)) if (await isOnSameHost(String(args.host), each)) here.push(each);
  return here.some(({ kind }) => kind.key === null) ? [] : here.map(nameOf);
}

function nameOf({ by, owner }: NotedDeclaration): string {
  return by ? `"${by.name}" (${owner})` : owner;
}
