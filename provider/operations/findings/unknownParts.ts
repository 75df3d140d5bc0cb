/**
 * Finds declared parts that the host's libvirt does not know. Asks libvirt's own schema before anything is
 * applied.
 */

import { HostError } from "../../errors.ts";
import type { Connection } from "../../host/connection/connection.ts";
import { connectionTo } from "../../host/connections.ts";
import { forRun } from "../../host/process/perRun.ts";
import { askSchema } from "../../host/read/schema.ts";
import { snapshotOf } from "../../host/read/snapshot.ts";
import type { Arguments, Failure } from "../../model/arguments/field.ts";
import { unknown } from "../../model/arguments/field.ts";
import type { Kind } from "../../model/arguments/kinds.ts";
import { parseXmlArgument } from "../../model/arguments/kinds.ts";
import { domainSchema } from "../../model/elements/domain/schema.ts";
import { printVersion } from "../../model/values/version.ts";
import { printXml } from "../../model/xml/print.ts";
import type { XmlAttribute, XmlElement } from "../../model/xml/tree.ts";
import { declare, domainNameOf } from "../../plan/arguments/declaration.ts";
import { nameInXml, nameOf, originOf, originsOf } from "../../plan/arguments/origins.ts";
import { featureAt } from "../../plan/checks/features.ts";
import type { Part } from "../../plan/checks/parts.ts";
import {
  innermost,
  isIn,
  isLeaf,
  leastDomain,
  partsOf,
  placesIn,
  root,
  without,
  withoutPaths,
} from "../../plan/checks/parts.ts";
import { definableBy } from "../../plan/definition.ts";
import { layTree } from "../../plan/merge/merge.ts";
import { printPath } from "../../plan/merge/path.ts";
import type { HostFacts } from "../../plan/situation/facts.ts";
import { treesOf } from "../../plan/situation/situation.ts";

/** Unknown parts of a declaration, and the declaration without them. */
export interface Unknown {
  /** One warning per unknown part of `xml`, without the domain's name; empty with `strictXml`. */
  readonly warnings: readonly string[];
  /**
   * Parts that must not be applied: those from typed arguments, and with `strictXml` also those from `xml`.
   */
  readonly failures: readonly Failure[];
  readonly known: XmlElement;
}

let isStrict = false;

/** Sets whether parts that libvirt does not know are failures. A resource may override this. */
export function setStrictXml(strict: boolean): void {
  isStrict = strict;
}

const asked = forRun(() => new Map<string, Promise<readonly Part[]>>());

/**
 * Checks a resource's declaration against the host's schema, once per declaration. `definition` is the
 * domain's current definition; `null` when there is none.
 * @throws HostError when the host can't be asked
 */
export async function findUnknown(
  connection: Connection,
  kind: Kind,
  args: Arguments,
  definition: XmlElement | null,
  { libvirtVersion }: Pick<HostFacts, "libvirtVersion">,
): Promise<Unknown> {
  const declared = declare(kind, args);
  const name = domainNameOf(kind, args);
  const question = JSON.stringify([connection.host, name, printXml(declared)]);
  const answer =
    asked().get(question) ?? search(connection, definableBy(libvirtVersion, declared), definition);
  asked().set(question, answer);
  const found = await answer;
  const origins = found.length > 0 ? originsOf(kind, args) : [];
  const xml = found.length > 0 ? parseXmlArgument(kind, args) : null;
  const version = `libvirt ${printVersion(libvirtVersion)} of ${connection.host}`;
  const [warnings, failures]: [string[], Failure[]] = [[], []];
  for (const part of found) {
    const { spot } = part;
    const needs = featureAt(...placesIn(part))?.needs ?? null;
    const origin = originOf(spot, origins);
    if (origin !== null && !isIn(xml, spot.steps)) {
      const { spot: own } = featureAt(spot.place)?.needs === needs ? part : innermost(part);
      const property = nameOf(own, originOf(own, origins) ?? origin);
      failures.push({
        property,
        reason: `is not known to ${version}: it needs ${needs ?? "a newer one"}`,
      });
      continue;
    }
    const reason = `is not in the schema of ${version}, which ignores or refuses it: ${needs === null ? "check how it is written, or leave it out" : `it needs ${needs}`}`;
    if (args.strictXml ?? isStrict) failures.push({ property: nameInXml(spot), reason });
    else warnings.push(`${nameInXml(spot)} ${reason}`);
  }
  return {
    warnings,
    failures,
    known: withoutPaths(declared, new Set(found.map(({ spot }) => printPath(spot.steps)))),
  };
}

/**
 * Checks new or edited `xml` against the host's schema before the engine compares it. Each warning begins with
 * the domain's name. Returns `null` when there is nothing to ask or the host does not answer.
 */
export async function findUnknownOfEdit(
  kind: Kind,
  recorded: Arguments | null,
  args: Arguments,
): Promise<Unknown | null> {
  const places = [args.host, args.xml, args.name];
  if (kind.name !== "Domain" || args.xml === undefined || places.includes(unknown)) return null;
  if (recorded !== null && recorded.xml === args.xml) return null;
  try {
    const connection = connectionTo(String(args.host));
    const { host, domains } = await snapshotOf(connection);
    const domain = domains.get(domainNameOf(kind, args));
    const definition = domain ? treesOf(domain).inactive : null;
    const found = await findUnknown(connection, kind, args, definition, host);
    return { ...found, warnings: found.warnings.map((line) => `${domainNameOf(kind, args)}: ${line}`) };
  } catch (error) {
    // The comparison or the creation that follows reports a host that can't be asked.
    if (error instanceof HostError) return null;
    throw error;
  }
}

async function search(
  connection: Connection,
  declared: XmlElement,
  definition: XmlElement | null,
): Promise<readonly Part[]> {
  const ask = (base: XmlElement, trees: readonly XmlElement[]) =>
    askSchema(
      connection,
      trees.map((tree) => printXml(layTree(domainSchema, tree, base).tree)),
    );
  const first = definition ?? leastDomain;
  const [isValid] = await ask(first, [declared]);
  if (isValid) return [];
  // libvirt's own output does not always match its schema. Then we test the parts in a minimal domain.
  const [isBaseValid] = definition === null ? [true] : await askSchema(connection, [printXml(definition)]);
  const base = isBaseValid ? first : leastDomain;
  return narrow({ declared, element: declared, whole: null }, (trees) => ask(base, trees));
}

interface Narrowed {
  /** The declaration, reduced to what may still be unknown. The schema rejects it. */
  readonly declared: XmlElement;
  readonly element: XmlElement;
  /** The element as a part; `null` for the domain. */
  readonly whole: Part | null;
}

type Ask = (trees: readonly XmlElement[]) => Promise<readonly boolean[]>;

/** Places whose children don't depend on their siblings, so that each can be tested alone. */
const independent = ["", "devices"];
/** Largest number of parts for which we test pairs. */
const mostPaired = 12;

async function narrow({ declared, element, whole }: Narrowed, ask: Ask): Promise<readonly Part[]> {
  const spot = whole?.spot ?? root;
  const parts = partsOf(element, spot);
  if (independent.includes(spot.place)) {
    const alone = parts.map((part) => without(declared, nodesOf(parts.filter((each) => each !== part))));
    const valid = await ask(alone);
    const found: Part[] = [];
    for (const [index, part] of parts.entries())
      if (!valid[index]) found.push(...(await into(part, alone[index] ?? declared, ask)));
    if (found.length > 0) return found;
  }
  // First look for a single part whose removal satisfies the schema, then for a pair of unknown parts.
  const singles = parts.map((part) => [part]);
  const pairs =
    parts.length > mostPaired
      ? []
      : parts.flatMap((one, index) => parts.slice(index + 1).map((other) => [one, other]));
  for (const sets of [singles, pairs]) {
    if (sets.length === 0) continue;
    const valid = await ask(sets.map((set) => without(declared, nodesOf(set))));
    const culprits = sets.find((_, index) => valid[index]);
    if (!culprits) continue;
    const found: Part[] = [];
    for (const part of culprits) {
      const others = culprits.filter((each) => each !== part);
      found.push(...(await into(part, without(declared, nodesOf(others)), ask)));
    }
    return found;
  }
  return whole === null ? [] : [whole];
}

/**
 * Finds the smallest unknown parts inside a part. Leaving parts out keeps the other nodes of the declaration
 * identical, so that they can be compared by reference.
 */
async function into(part: Part, declared: XmlElement, ask: Ask): Promise<readonly Part[]> {
  if (isLeaf(part) || !("kind" in part.node)) return [part];
  return narrow({ declared, element: part.node, whole: part }, ask);
}

const nodesOf = (parts: readonly Part[]): ReadonlySet<XmlElement | XmlAttribute> =>
  new Set(parts.map(({ node }) => node));
