import { HostError } from "../errors.ts";
import { canonicalHost, connectionTo } from "../host/connections.ts";
import { requireRead } from "../host/read/busy.ts";
import { compareHosts } from "../host/read/hostIdentity.ts";
import { snapshotOrFailure } from "../host/read/snapshot.ts";
import type { Arguments } from "../model/arguments/field.ts";
import { unknown } from "../model/arguments/field.ts";
import type { AnyKind, Kind } from "../model/arguments/kinds.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import { declare, domainNameOf } from "../plan/arguments/declaration.ts";
import { imagesOf } from "../plan/checks/diskImages.ts";
import type { DomainFacts } from "../plan/situation/facts.ts";
import { treesOf } from "../plan/situation/situation.ts";
import { noteMadeFirst } from "./declarations/leaving.ts";

/** Which arguments replace a resource, and what the user should know about it. */
export interface Replacement {
  /** Empty when the resource is updated in place. */
  readonly replaces: readonly string[];
  /** Whether the engine deletes the old resource before it creates the new one. */
  readonly isDeletedFirst: boolean;
  readonly notes: readonly string[];
}

const none: Replacement = { replaces: [], isDeletedFirst: false, notes: [] };

/** Arguments that say where the domain is. A changed value may still lead to the same domain. */
const places: readonly string[] = ["host", "domain", "name"];

/**
 * Finds the arguments that replace a resource. Another spelling of the same host replaces nothing, nor does
 * the name that the domain was given on the host: deleting the old guest would delete the declared one.
 * @param uuid UUID of the domain as last seen
 */
export async function findReplaced(
  kind: Kind,
  recorded: Arguments,
  args: Arguments,
  uuid: string | undefined,
): Promise<Replacement> {
  const changed = replacedArguments(kind, recorded, args);
  if (changed.length === 0) return none;
  const words = removalWords(kind, recorded, changed);
  const replacement = { replaces: changed, isDeletedFirst: true, notes: [words] };
  if (changed.some((name) => !places.includes(name))) return replacement;
  const relation = await relate(kind, recorded, args, uuid);
  if (relation === "same") return none;
  if (relation === null) return { ...none, notes: [unsureWords(recorded, args)] };
  if (!(await isMadeFirst(kind, recorded, args))) return replacement;
  noteMadeFirst(kind, recorded, args);
  return { ...replacement, isDeletedFirst: false, notes: [`${words}, unless the program still declares it`] };
}

/**
 * Whether to create the new guest before deleting the old one. This matters when two guests swap their names:
 * with delete-before-create, the engine deletes a guest before it has checked the second resource, which now
 * declares it. When the new place already has its guest, the old one is not in the way. Then we create first,
 * and the engine deletes at the end of the run, when everything declared is known. A disk is always deleted
 * first, because QEMU lets only one running guest open an image; so is a guest that has an image of the new
 * one, and a guest that moves to another host, where the lists of images can't be compared.
 * @throws HostError when one of the guests exists and can't be read
 */
async function isMadeFirst(kind: Kind, recorded: Arguments, args: Arguments): Promise<boolean> {
  if (kind.name === "VirtioDisk") return false;
  const [from, to] = [String(recorded.host), String(args.host)];
  if ((await compareHosts(from, to)) !== "same") return false;
  const snapshot = await snapshotOrFailure(connectionTo(to));
  if (snapshot instanceof HostError) return false;
  for (const each of [args, recorded]) requireRead(connectionTo(to), snapshot, domainNameOf(kind, each));
  const there = snapshot.domains.get(domainNameOf(kind, args));
  if (!there || kind.name !== "Domain") return there !== undefined;
  const old = snapshot.domains.get(domainNameOf(kind, recorded));
  const taken = new Set([...declaredImages(kind, recorded), ...(old ? imagesThere(old) : [])]);
  return ![...declaredImages(kind, args), ...imagesThere(there)].some((image) => taken.has(image));
}

const declaredImages = (kind: Kind, args: Arguments) =>
  args.xml === unknown ? [] : imageNames(declare(kind, args));

const imageNames = (domain: XmlElement) => imagesOf(domain).flatMap(({ images }) => images);

function imagesThere(domain: DomainFacts): string[] {
  const { live, inactive } = treesOf(domain);
  return [...(live ? imageNames(live) : []), ...imageNames(inactive)];
}

/** @throws HostError when an update would move from the domain that the state knows to another one */
export async function requireSamePlace(
  kind: Kind,
  recorded: Arguments,
  args: Arguments,
  uuid: string | undefined,
): Promise<void> {
  if (replacedArguments(kind, recorded, args).length === 0) return;
  const relation = await relate(kind, recorded, args, uuid);
  if (relation === "same") return;
  throw new HostError(
    relation === null ? unsureWords(recorded, args) : "the domain is another one than the state knows",
    canonicalHost(String(args.host)),
    {
      remedy:
        "nothing has changed; run it again when both hosts answer. If the old one is gone for good, take the resource out of the state (pulumi state delete), then declare it anew",
    },
  );
}

/**
 * Lists the arguments whose new value creates a new resource. An unknown value, or one that was never set,
 * replaces nothing.
 */
export function replacedArguments(kind: AnyKind, recorded: Arguments, args: Arguments): string[] {
  return Object.keys(kind.fields).filter(
    (name) => kind.fields[name]?.replaces && isReplaced(name, recorded[name] ?? null, args[name] ?? null),
  );
}

function isReplaced(name: string, before: unknown, after: unknown): boolean {
  if (before === null || after === null || after === unknown) return false;
  if (name === "host") return canonicalHost(String(before)) !== canonicalHost(String(after));
  return before !== after;
}

/** Whether two places hold the same domain; `null` when a host that does not answer leaves this unknown. */
async function relate(
  kind: Kind,
  recorded: Arguments,
  args: Arguments,
  uuid: string | undefined,
): Promise<"same" | "other" | null> {
  const hosts = await compareHosts(String(recorded.host), String(args.host));
  if (hosts === "other") return "other";
  const name = domainNameOf(kind, args);
  if (hosts === "same" && domainNameOf(kind, recorded) === name) return "same";
  const snapshot = await snapshotOrFailure(connectionTo(String(args.host)));
  if (!(snapshot instanceof HostError) && uuid !== undefined) {
    const there = snapshot.domains.get(name) ?? snapshot.busy.get(name);
    if (there?.uuid === uuid) return "same";
  }
  return hosts === null ? null : "other";
}

/** Says what the replacement deletes. The engine does not ask a provider about deletions, so we warn here. */
function removalWords(kind: Kind, recorded: Arguments, changed: readonly string[]): string {
  const name = domainNameOf(kind, recorded);
  const [what, end] =
    kind.key === null
      ? [
          `"${name}"`,
          "powers that guest off and undefines it; what of its definition is not declared is lost, disk images stay",
        ]
      : [`${kind.name} ${String(recorded[kind.key])} of "${name}"`, "takes it away there"];
  return `another ${changed.join(", ")} replaces ${what} on ${canonicalHost(String(recorded.host))}: that ${end}`;
}

function unsureWords(recorded: Arguments, args: Arguments): string {
  const [from, to] = [recorded, args].map(({ host }) => canonicalHost(String(host)));
  return `can't tell whether ${to} is another spelling of ${from}, since one of them does not answer or does not say which machine it is: nothing is replaced`;
}
