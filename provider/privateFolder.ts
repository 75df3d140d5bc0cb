/**
 * Folders on this machine that nobody else can enter, move or replace: sockets lie there. Whoever writes to a parent
 * folder can put something else in a folder's place, so that the parents are looked at too. Nothing is ever removed
 * recursively: only sockets of known names, and then the folder, which must be empty.
 */

import { lstatSync, mkdirSync, realpathSync, rmdirSync, type Stats, unlinkSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, isAbsolute, join } from "node:path";

/** Beginning of the names of this user's folders. */
const prefix = () => `pulumi-virsh-${userInfo().uid}-`;

/** Where such folders are made: XDG_RUNTIME_DIR where this user alone may write there, else the temporary folder. */
function runtimeFolder(): string {
  const named = process.env.XDG_RUNTIME_DIR;
  if (named && isOwnFolder(named, 0o22)) return named;
  try {
    return realpathSync(tmpdir());
  } catch {
    return tmpdir();
  }
}

export function nameFolder(name: string): string {
  return join(runtimeFolder(), prefix() + name);
}

/** The rest of the name of a folder of this user; null: it is another's. */
export function readFolderName(name: string): string | null {
  return name.startsWith(prefix()) ? name.slice(prefix().length) : null;
}

/** False where somebody else may enter it, or could have put it there. */
export function isPrivate(folder: string): boolean {
  return isOwnFolder(folder, 0o77);
}

/** Ours, with none of these rights for others. */
function isOwnFolder(folder: string, rights: number): boolean {
  const found = look(folder);
  const isOwn = found?.isDirectory() === true && isOwnFile(found) && (found.mode & rights) === 0;
  return isOwn && isAbsolute(folder) && staysInPlace(dirname(folder));
}

/** Makes it; one of ours that is there already will do. False: it can't be had, and is not to be used. */
export function makePrivate(folder: string): boolean {
  if (process.platform === "win32") return false;
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") return false;
  }
  return isPrivate(folder);
}

/** Removes a socket of ours in a private folder; anything else of that name stays. */
export function removeSocket(folder: string, name: string): void {
  const path = join(folder, name);
  if (!isPrivate(folder) || !isOwnSocket(path)) return;
  try {
    unlinkSync(path);
  } catch {
    // The one who listened there was faster.
  }
}

/** Removes a private folder in which only these sockets are; one that holds more stays. */
export function removePrivate(folder: string, sockets: readonly string[]): void {
  for (const each of sockets) removeSocket(folder, each);
  if (!isPrivate(folder)) return;
  try {
    rmdirSync(folder);
  } catch {
    // It is not empty, or gone.
  }
}

export function isOwnSocket(path: string): boolean {
  const found = look(path);
  return found?.isSocket() === true && isOwnFile(found);
}

/** What is there, links not followed. */
function look(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch {
    return null;
  }
}

function isOwnFile(found: Stats): boolean {
  return found.uid === process.getuid?.();
}

/** Only root and this user can put something else in the place of what is ours below this folder. */
function staysInPlace(folder: string): boolean {
  const found = look(folder);
  if (!found?.isDirectory() || !(found.uid === 0 || isOwnFile(found))) return false;
  const isSticky = (found.mode & 0o1000) !== 0;
  if ((found.mode & 0o22) !== 0 && !isSticky) return false;
  return folder === dirname(folder) || staysInPlace(dirname(folder));
}
