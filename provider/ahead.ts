import { join } from "node:path";
import { nameFolder } from "./privateFolder.ts";

/** Name of the reader's socket in its folder. */
export const aheadName = "reader";
/**
 * Its name until the reader listens. A socket exists before its process listens, and refuses connections until then;
 * the provider would take that for a reader that has ended.
 */
export const aheadStarting = "starting";
/** All sockets that may be in the folder. */
export const aheadNames: readonly string[] = [aheadName, aheadStarting];

/**
 * Folder where the provider finds the program's reader. The two processes share nothing but the engine's address.
 * Anybody can guess the name, so both sides check who owns the folder (`isPrivate`).
 */
export function aheadFolder(engine: string): string {
  return nameFolder(engine.replace(/\W/g, "-"));
}

/** The reader's socket in that folder. */
export function aheadSocket(folder: string): string {
  return join(folder, aheadName);
}
