/**
 * Folders for sockets on this machine that no other user can enter, move or replace. A user who can write to a parent
 * folder can replace a folder in it, so we check the parents too. We remove nothing recursively: only sockets of
 * known names, and then the folder if it is empty.
 */

import { lstatSync, mkdirSync, realpathSync, rmdirSync, type Stats, unlinkSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, isAbsolute, join } from "node:path";

/** Prefix of the names of this user's folders. */
const prefix = () => `pulumi-virsh-${userInfo().uid}-`;

/** Parent of such folders: XDG_RUNTIME_DIR if only this user may write there, else the temporary folder. */
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

/** Removes the prefix from the name of this user's folder; `null` for other names. */
export function readFolderName(name: string): string | null {
  return name.startsWith(prefix()) ? name.slice(prefix().length) : null;
}

/** Whether only this user can enter the folder and nobody else can have put it there. */
export function isPrivate(folder: string): boolean {
  return isOwnFolder(folder, 0o77);
}

/** Whether the folder is ours and gives others none of these rights. */
function isOwnFolder(folder: string, rights: number): boolean {
  const found = look(folder);
  const isOwn = found?.isDirectory() === true && isOwnFile(found) && (found.mode & rights) === 0;
  return isOwn && isAbsolute(folder) && staysInPlace(dirname(folder));
}

/** Makes the folder, or accepts our existing one. Returns false when it must not be used. */
export function makePrivate(folder: string): boolean {
  if (process.platform === "win32") return false;
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") return false;
  }
  return isPrivate(folder);
}

/** Removes our socket from a private folder. Anything else of that name stays. */
export function removeSocket(folder: string, name: string): void {
  const path = join(folder, name);
  if (!isPrivate(folder) || !isOwnSocket(path)) return;
  try {
    unlinkSync(path);
  } catch {
    // The process that listened there has removed it already.
  }
}

/** Removes a private folder that contains only these sockets. A folder with other content stays. */
export function removePrivate(folder: string, sockets: readonly string[]): void {
  for (const each of sockets) removeSocket(folder, each);
  if (!isPrivate(folder)) return;
  try {
    rmdirSync(folder);
  } catch {
    // The folder is not empty, or it is gone.
  }
}

export function isOwnSocket(path: string): boolean {
  const found = look(path);
  return found?.isSocket() === true && isOwnFile(found);
}

/** Status of a path, without following links. */
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

/** Whether only root and this user can replace what is ours below this folder. */
function staysInPlace(folder: string): boolean {
  const found = look(folder);
  if (!found?.isDirectory() || !(found.uid === 0 || isOwnFile(found))) return false;
  const isSticky = (found.mode & 0o1000) !== 0;
  if ((found.mode & 0o22) !== 0 && !isSticky) return false;
  return folder === dirname(folder) || staysInPlace(dirname(folder));
}
