import { join } from "node:path";
import { nameFolder } from "./privateFolder.ts";

/** Name of the reader's socket in its folder. */
export const aheadName = "reader";

/**
 * Where a program's reader is found by the provider's process: of the other, each knows the engine's address only.
 * Anybody can know the name, so that both sides look at whose folder it is (`isPrivate`).
 */
export function aheadFolder(engine: string): string {
  return nameFolder(engine.replace(/\W/g, "-"));
}

/** The reader's socket in that folder. */
export function aheadSocket(folder: string): string {
  return join(folder, aheadName);
}
