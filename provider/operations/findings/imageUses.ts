/**
 * Finds disk images of a domain that other guests use as well: for lint L11, and to stop `up` from opening
 * them.
 */

import type { HostSnapshot } from "../../host/read/read.ts";
import { elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { DiskImage, ImageUse } from "../../plan/checks/diskImages.ts";
import { imagesOf, sourceWords } from "../../plan/checks/diskImages.ts";
import { findSharedImages, refusalOf, usesOf } from "../../plan/checks/sharedImages.ts";
import type { DomainFacts } from "../../plan/situation/facts.ts";
import { treesOf } from "../../plan/situation/situation.ts";
import { isDiskLeaving, isLeaving } from "../declarations/leaving.ts";
import { declarationsHere, declaringImage } from "../declarations/otherDeclarations.ts";
import { declaredRunning, domainIn } from "../declarations/together.ts";
import type { Look, PlannedLook } from "../look.ts";

const domainsByWord = new WeakMap<HostSnapshot, ReadonlyMap<string, readonly string[]>>();

/**
 * Returns the names of the host's domains by the words of their sources. Searches the XML as text, because
 * parsing a thousand guests would cost too much.
 */
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

/** Returns the targets of all declared disks. */
function targetsOf(declared: readonly XmlElement[]): ReadonlySet<string> {
  const disks = declared.flatMap((tree) => elementsAt(tree, "devices/disk"));
  return new Set(disks.map((disk) => valueAt(disk, "target/@dev") ?? "?"));
}

/** How other guests use a resource's images. */
export interface Shared {
  /** Disks of other guests that may be on one of the images. */
  readonly uses: readonly ImageUse[];
  /** Targets of the declared disks that no refusal mentions. */
  readonly linted: ReadonlySet<string>;
  /** Why the guest can't open an image, as far as the program was looked at. */
  readonly refusals: readonly string[];
}

type Planned = Pick<PlannedLook, "domain" | "plan">;

const nothing: Shared = { uses: [], linted: new Set(), refusals: [] };

/** @param planned `null` when the domain is not on the host yet */
export function sharedImagesOf(look: Look, planned: Planned | null): Shared {
  const { kind, declared, name, connection } = look;
  const declaredDisks = targetsOf([declared]);
  // A start opens all disks of the domain, so its Domain resource covers the disks that no other resource
  // declares.
  const isWhole = kind.name === "Domain" || planned?.plan.restarts === true;
  if (declaredDisks.size === 0 && !isWhole) return nothing;
  const next = planned ? (planned.plan.define ?? treesOf(planned.domain).inactive) : declared;
  const others = isWhole ? declarationsHere(connection.host, name).map(({ tree }) => tree) : [];
  const theirs = targetsOf(others.filter((tree) => tree !== declared));
  const own = imagesOf(next).filter(
    ({ target }) => declaredDisks.has(target) || (isWhole && !theirs.has(target)),
  );
  const uses = usesBeside(look, own);
  const opened = openedBy(look, planned, own);
  const refused = findSharedImages(
    opened.filter(({ isLocked }) => isLocked),
    uses.filter(({ isOpen, isLocked }) => isOpen && isLocked),
  );
  const told = new Set(refused.map(({ image }) => image.target));
  return {
    uses,
    linted: new Set([...declaredDisks].filter((target) => !told.has(target))),
    refusals: refused.map(refusalOf),
  };
}

/** Returns the images that the guest opens when the plan is carried out. */
function openedBy(look: Look, planned: Planned | null, own: readonly DiskImage[]): readonly DiskImage[] {
  const running = declaredRunning(look);
  const live = planned && treesOf(planned.domain).live;
  if (!planned || !live) return running === true ? own : [];
  const { restarts, liveSteps } = planned.plan;
  const opensNow = restarts || liveSteps.some(({ plugs }) => plugs);
  const open = new Set(imagesOf(live).flatMap(({ images }) => images));
  return opensNow && running !== false
    ? own.filter(({ images }) => !images.some((image) => open.has(image)))
    : [];
}

function usesBeside({ connection, snapshot, name }: Look, own: readonly DiskImage[]): ImageUse[] {
  const { host } = connection;
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
  const all = declarationsHere(host, name);
  const noted = domainIn(all);
  return usesOf({
    name,
    live,
    inactive,
    declared: all.map(({ tree }) => tree),
    running: noted ? (noted.running ?? live !== null) === true : null,
  });
}
