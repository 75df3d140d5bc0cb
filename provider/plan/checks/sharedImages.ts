import type { XmlElement } from "../../model/xml/tree.ts";
import type { DiskImage, ImageUse } from "./diskImages.ts";
import { imagesOf } from "./diskImages.ts";
import type { LintFinding } from "./lintTypes.ts";

/** Another guest, as far as it is known. */
export interface ImageUser {
  readonly name: string;
  readonly live: XmlElement | null;
  readonly inactive: XmlElement | null;
  /** What the program declares of it. */
  readonly declared: readonly XmlElement[];
}

/** The disks of another guest: of a running one as they are, of any as the program will have defined them. */
export function usesOf({ name, live, inactive, declared }: ImageUser): ImageUse[] {
  const use = (how: ImageUse["how"]) => (image: DiskImage) => ({ ...image, guest: name, how });
  const written = declared.flatMap(imagesOf);
  const defined = inactive ? imagesOf(inactive) : [];
  const kept = defined.filter(({ target }) => written.every((each) => each.target !== target));
  const coming = written.map((image) => {
    const before = defined.find(({ target }) => target === image.target);
    const isReadOnly = image.isReadOnly || before?.isReadOnly === true;
    return { ...image, isReadOnly, isShared: image.isShared || before?.isShared === true };
  });
  return [
    ...(live ? imagesOf(live) : []).map(use("running")),
    ...kept.map(use("defined")),
    ...coming.map(use("declared")),
  ];
}

const words: Readonly<Record<ImageUse["how"], string>> = {
  running: "which other running guests hold open",
  defined: "which is a disk of other guests too",
  declared: "which the program gives to other guests too",
};

const told = 3;

/**
 * Disks on an image that another guest has. QEMU locks an image (9.0.0): beside a guest that writes, none starts that
 * writes or only reads, and beside one that reads none that writes, unless both disks are shareable.
 */
export function findSharedImages(
  definition: XmlElement,
  uses: readonly ImageUse[],
  targets: ReadonlySet<string> | null,
): LintFinding[] {
  if (uses.length === 0) return [];
  const own = imagesOf(definition).filter(({ target }) => targets === null || targets.has(target));
  return own.flatMap((image) => {
    const others = uses.filter((use) => isSame(image, use) && isContested(image, use));
    const how = (["running", "defined", "declared"] as const).find((each) =>
      others.some((use) => use.how === each),
    );
    if (!how) return [];
    const guests = [...new Set(others.filter((use) => use.how === how).map(({ guest }) => `"${guest}"`))];
    const more = guests.length > told ? ` and ${guests.length - told} more` : "";
    const writes = others.some((use) => use.how === how && !use.isReadOnly) ? " for writing" : "";
    const message = `disk ${image.target} is on ${image.said}, ${words[how]}${how === "running" ? writes : ""}: ${guests.slice(0, told).join(", ")}${more}`;
    return [{ path: `devices/disk[${image.target}]/source`, message }];
  });
}

const isSame = (one: DiskImage, other: DiskImage) => one.images.some((image) => other.images.includes(image));

const isContested = (one: DiskImage, other: DiskImage) =>
  !(one.isReadOnly && other.isReadOnly) && !(one.isShared && other.isShared);
