import { existsSync, mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { imagesFolder } from "./folders.ts";

/** Empty raw images for guests of the sandbox. They are sparse and take no space. */
const images = ["data.raw", "log.raw", "scratch.raw"];

export function makeImages(): string {
  const folder = imagesFolder();
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  for (const name of images) makeImage(name);
  return folder;
}

/** Returns the path of an image in the sandbox's images folder. The image need not exist. */
export function imagePath(name: string): string {
  return join(imagesFolder(), name);
}

/**
 * Makes a sparse raw image of `sizeMiB` in the sandbox's images folder, unless it exists. Returns its path.
 */
export function makeImage(name: string, sizeMiB = 64): string {
  const file = imagePath(name);
  if (existsSync(file)) return file;
  mkdirSync(imagesFolder(), { recursive: true, mode: 0o755 });
  writeFileSync(file, "", { mode: 0o644 });
  truncateSync(file, sizeMiB * 1024 * 1024);
  return file;
}

export function removeImages(): void {
  rmSync(imagesFolder(), { recursive: true, force: true });
}
