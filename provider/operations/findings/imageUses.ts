/** Images of a domain's disks that other guests have as well: the lint L11, and what keeps `up` from opening them. */

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
import { declaredOf } from "../declarations/together.ts";
import type { Look, PlannedLook } from "../look.ts";

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
function targetsOf(declared: readonly XmlElement[]): ReadonlySet<string> {
  const disks = declared.flatMap((tree) => elementsAt(tree, "devices/disk"));
  return new Set(disks.map((disk) => valueAt(disk, "target/@dev") ?? "?"));
}

/** What other guests have of a resource's images. */
export interface Shared {
  /** Disks of other guests that may be on one of them. */
  readonly uses: readonly ImageUse[];
  /** Targets of the declared disks of which no refusal tells already. */
  readonly linted: ReadonlySet<string>;
  /** What keeps the guest from opening an image, as far as the program was looked at. */
  readonly refusals: readonly string[];
}

type Planned = Pick<PlannedLook, "domain" | "plan">;

const nothing: Shared = { uses: [], linted: new Set(), refusals: [] };

/** @param planned Null: the domain is not there yet. */
export function sharedImagesOf(look: Look, planned: Planned | null): Shared {
  const { kind, declared, name, connection } = look;
  const declaredDisks = targetsOf([declared]);
  // A start opens all disks of the domain: its own resource tells of those that no other one declares.
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

/** Images that the guest opens when the plan is carried out. */
function openedBy(
  { connection, kind, args, name }: Look,
  planned: Planned | null,
  own: readonly DiskImage[],
): readonly DiskImage[] {
  const running = kind.name === "Domain" ? args.running : declaredOf(connection, name).running;
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
  const noted = all.find(({ kind }) => kind.key === null);
  return usesOf({
    name,
    live,
    inactive,
    declared: all.map(({ tree }) => tree),
    running: noted ? (noted.running ?? live !== null) === true : null,
  });
}
