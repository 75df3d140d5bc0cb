import type { HostSnapshot } from "../host/read/read.ts";
import { elementsAt, valueAt } from "../model/xml/read.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import type { ImageUse } from "../plan/checks/diskImages.ts";
import { imagesOf, sourceWords } from "../plan/checks/diskImages.ts";
import { usesOf } from "../plan/checks/sharedImages.ts";
import type { DomainFacts } from "../plan/situation/facts.ts";
import { treesOf } from "../plan/situation/situation.ts";
import { isDiskLeaving, isLeaving } from "./declarations/leaving.ts";
import { declaringImage, treesOfAll } from "./declarations/otherDeclarations.ts";

const domainsByWord = new WeakMap<HostSnapshot, ReadonlyMap<string, readonly string[]>>();

/** Names of the host's domains by what they may have an image on. Found in the texts: a thousand guests are not parsed for it. */
function namesByWord(snapshot: HostSnapshot): ReadonlyMap<string, readonly string[]> {
  const found = domainsByWord.get(snapshot);
  if (found) return found;
  const names = new Map<string, string[]>();
  for (const { name, liveXml, inactiveXml } of snapshot.domains.values())
    for (const word of sourceWords(`${liveXml ?? ""}${inactiveXml}`)) {
      const others = names.get(word) ?? [];
      others.push(name);
      names.set(word, others);
    }
  domainsByWord.set(snapshot, names);
  return names;
}

/** Targets of the disks that are declared. */
export function targetsOf(declared: readonly XmlElement[]): ReadonlySet<string> {
  const disks = declared.flatMap((tree) => elementsAt(tree, "devices/disk"));
  return new Set(disks.map((disk) => valueAt(disk, "target/@dev") ?? "?"));
}

/** Disks of other guests that may be on the images of a domain's declared disks. */
export function imageUsesBeside(
  snapshot: HostSnapshot,
  host: string,
  name: string,
  definition: XmlElement,
  targets: ReadonlySet<string>,
): ImageUse[] {
  const own = imagesOf(definition).filter(({ target }) => targets.has(target));
  const words = new Set(own.map(({ word }) => word));
  const names = [...words].flatMap((word) => [
    ...(namesByWord(snapshot).get(word) ?? []),
    ...declaringImage(host, word),
  ]);
  const others = [...new Set(names)].filter((each) => each !== name && !isLeaving(host, each));
  return others
    .flatMap((each) => usesOfGuest(host, each, snapshot.domains.get(each)))
    .filter((use) => words.has(use.word) && !isDiskLeaving(host, use.guest, use.target));
}

function usesOfGuest(host: string, name: string, domain: DomainFacts | undefined): ImageUse[] {
  const { live, inactive } = domain ? treesOf(domain) : { live: null, inactive: null };
  return usesOf({ name, live, inactive, declared: treesOfAll(host, name) });
}
