import { closeSync, openSync, statSync, writeSync } from "node:fs";
import { makeImage } from "../../tools/sandbox/images.ts";

const mebibyte = 2 ** 20;

/**
 * Makes a raw image with allocated blocks. QEMU answers reads from a hole in 4 µs, which tells nothing about
 * threads.
 */
export function makeFilledImage(name: string, sizeMiB = 64): string {
  const file = makeImage(name, sizeMiB);
  if (statSync(file).blocks * 512 >= sizeMiB * mebibyte) return file;
  const handle = openSync(file, "r+");
  for (let index = 0; index < sizeMiB; index++) {
    writeSync(handle, Buffer.alloc(mebibyte, 1 + (index % 255)), 0, mebibyte, index * mebibyte);
  }
  closeSync(handle);
  return file;
}
