import { existsSync, mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { imagesFolder } from "./folders.ts";

/** Empty raw images that guests of the sandbox may use; sparse, so that they cost nothing. */
const images = ["data.raw", "log.raw", "scratch.raw"];

export function makeImages(): string {
  const folder = imagesFolder();
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  for (const name of images) makeImage(name);
  return folder;
}

/** The path of an image in the sandbox's images folder, made or not. */
export function imagePath(name: string): string {
  return join(imagesFolder(), name);
}

/** A sparse raw image of `sizeMiB` in the sandbox's images folder; one that is there stays. Returns its path. */
export function makeImage(name: string, sizeMiB = 64): string {
  const file = imagePath(name);
  if (existsSync(file)) return file;
  writeFileSync(file, "", { mode: 0o644 });
  truncateSync(file, sizeMiB * 1024 * 1024);
  return file;
}

export function removeImages(): void {
  rmSync(imagesFolder(), { recursive: true, force: true });
}
