import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sharedFolder } from "../../tools/sandbox/folders.ts";
import { readStartTime } from "../../tools/sandbox/processes.ts";

const made = new Set<string>();
process.once("exit", removeFolders);
/**
 * A folder's name contains its owner: the process id and start time. The start time distinguishes the process
 * from a later one with the same id.
 */
export const owner = `${process.pid}.${readStartTime(process.pid)}`;

/**
 * Makes a folder that is removed when its test file ends, where leaks are looked for, else when its process ends. If the
 * process is killed, a later run removes it.
 */
export function temporaryFolder(name: string, parent = tmpdir()): string {
  const folder = mkdtempSync(join(parent, `pulumi-virsh-${name}-${owner}-`));
  made.add(folder);
  return folder;
}

export function removeFolder(folder: string): void {
  made.delete(folder);
  rmSync(folder, { recursive: true, force: true });
}

/** Returns temporary folders whose processes have ended. */
export function findOrphans(): readonly string[] {
  return [tmpdir(), sharedFolder].filter(existsSync).flatMap((parent) =>
    readdirSync(parent).flatMap((name) => {
      const [, pid, startTime] = /^pulumi-virsh-\w+-(\d+)\.(\d+)-\w+$/.exec(name) ?? [];
      const isOrphan = pid !== undefined && readStartTime(Number(pid)) !== Number(startTime);
      return isOrphan ? [join(parent, name)] : [];
    }),
  );
}

/** Removes all that `temporaryFolder` made. */
export function removeFolders(): void {
  for (const folder of made) removeFolder(folder);
}
