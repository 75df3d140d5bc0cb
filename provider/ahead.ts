import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/**
 * Where a program's reader is found by the provider's process: of the other, each knows the engine's address only.
 * Nobody but the user may enter the folder.
 */
export function aheadFolder(engine: string): string {
  const parent = process.env.XDG_RUNTIME_DIR || tmpdir();
  return join(parent, `pulumi-virsh-${userInfo().uid}-${engine.replace(/\W/g, "-")}`);
}

/** The reader's socket in that folder. */
export function aheadSocket(folder: string): string {
  return join(folder, "reader");
}
