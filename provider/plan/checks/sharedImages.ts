import type { XmlElement } from "../../model/xml/tree.ts";
import type { DiskImage, ImageUse } from "./diskImages.ts";
import { imagesOf } from "./diskImages.ts";
import type { LintFinding } from "./lintTypes.ts";

/** What we know about another guest. */
export interface ImageUser {
  readonly name: string;
  readonly live: XmlElement | null;
  readonly inactive: XmlElement | null;
  /** The program's declarations for it. */
  readonly declared: readonly XmlElement[];
  /** Whether the program lets it run; `null` when the program does not declare the domain itself. */
  readonly running: boolean | null;
}

/**
 * Lists the disks of another guest: those of the running guest as they are, and those of its definition after
 * the program has run.
 */
export function usesOf({ name, live, inactive, declared, running }: ImageUser): ImageUse[] {
  const open = live ? imagesOf(live) : [];
  const written = declared.flatMap(imagesOf);
  const defined = inactive ? imagesOf(inactive) : [];
  const kept = defined.filter(({ target }) => written.every((each) => each.target !== target));
  const coming = written.map((image) => {
    const before = defined.find(({ target }) => target === image.target);
    const isReadOnly = image.isReadOnly || before?.isReadOnly === true;
    return { ...image, isReadOnly, isShared: image.isShared || before?.isShared === true };
  });
  // A running guest gets a new disk at once. A disk that it has gets another image at the next boot.
  const isOpened = (image: DiskImage) =>
    running === true &&
    (live === null ||
      open.some((each) => isSame(image, each)) ||
      open.every(({ target }) => target !== image.target));
  const use = (how: ImageUse["how"], isOpen: (image: DiskImage) => boolean) => (image: DiskImage) => ({
    ...image,
    guest: name,
    how,
    isOpen: isOpen(image),
  });
  return [
    ...open.map(use("running", () => running === null)),
    ...kept.map(use("defined", isOpened)),
    ...coming.map(use("declared", isOpened)),
  ];
}

const words: Readonly<Record<ImageUse["how"], string>> = {
  running: "which other running guests hold open",
  defined: "which is a disk of other guests too",
  declared: "which the program gives to other guests too",
};

const told = 3;

/** An image of a disk, and the disks of other guests on the same image. */
interface SharedImage {
  readonly image: DiskImage;
  readonly uses: readonly ImageUse[];
}

/**
 * Finds images that another guest uses too. QEMU locks an image (9.0.0): while one guest writes to it, no
 * other guest starts with it, and while one only reads it, no other guest starts that writes. Two shareable
 * disks are exempt.
 */
export function findSharedImages(images: readonly DiskImage[], uses: readonly ImageUse[]): SharedImage[] {
  if (uses.length === 0) return [];
  return images.flatMap((image) => {
    const others = uses.filter((use) => isSame(image, use) && isContested(image, use));
    return others.length === 0 ? [] : [{ image, uses: others }];
  });
}

/** Finds shared images for lint L11. `targets` limits it to these disks; `null` means all. */
export function lintSharedImages(
  definition: XmlElement,
  uses: readonly ImageUse[],
  targets: ReadonlySet<string> | null,
): LintFinding[] {
  const own = imagesOf(definition).filter(({ target }) => targets === null || targets.has(target));
  return findSharedImages(own, uses).flatMap(({ image, uses: others }) => {
    const how = (["running", "defined", "declared"] as const).find((each) =>
      others.some((use) => use.how === each),
    );
    if (!how) return [];
    const theirs = others.filter((use) => use.how === how);
    const writes = how === "running" && theirs.some((use) => !use.isReadOnly) ? " for writing" : "";
    const message = `disk ${image.target} is on ${image.said}, ${words[how]}${writes}: ${guestsOf(theirs)}`;
    return [{ path: `devices/disk[${image.target}]/source`, message }];
  });
}

/** Says why a guest can't open an image that others have open. */
export function refusalOf({ image, uses }: SharedImage): string {
  const first = uses.find(({ isReadOnly }) => !isReadOnly) ?? uses[0];
  const alike = uses.filter((use) => use.target === first?.target && use.isReadOnly === first.isReadOnly);
  const [one, several] = first?.isReadOnly ? ["reads", "read"] : ["writes to", "write to"];
  const does = new Set(alike.map(({ guest }) => guest)).size > 1 ? several : one;
  return `source.file ${image.said} of disk ${image.target} is that of disk ${first?.target} of ${guestsOf(alike)} as well, which ${does} it; give each guest an image of its own, or make both disks readonly or shareable`;
}

function guestsOf(uses: readonly ImageUse[]): string {
  const guests = [...new Set(uses.map(({ guest }) => `"${guest}"`))];
  const more = guests.length > told ? ` and ${guests.length - told} more` : "";
  return `${guests.slice(0, told).join(", ")}${more}`;
}

const isSame = (one: DiskImage, other: DiskImage) => one.images.some((image) => other.images.includes(image));

const isContested = (one: DiskImage, other: DiskImage) =>
  !(one.isReadOnly && other.isReadOnly) && !(one.isShared && other.isShared);
