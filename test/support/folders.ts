import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sharedFolder } from "../../tools/sandbox/folders.ts";
import { readStartTime } from "../../tools/sandbox/processes.ts";

const made = new Set<string>();
process.once("exit", removeFolders);
/** Who made a folder stands in its name: the process and its start, which tells it from a later one of that id. */
const owner = `${process.pid}.${readStartTime(process.pid)}`;

/** A new folder that goes when this process ends; a later run sweeps it where this one was killed. */
export function temporaryFolder(name: string, parent = tmpdir()): string {
  const folder = mkdtempSync(join(parent, `pulumi-virsh-${name}-${owner}-`));
  made.add(folder);
  return folder;
}

export function removeFolder(folder: string): void {
  made.delete(folder);
  rmSync(folder, { recursive: true, force: true });
}

/** Temporary folders whose processes are no more. */
export function findOrphans(): readonly string[] {
  return [tmpdir(), sharedFolder].filter(existsSync).flatMap((parent) =>
    readdirSync(parent).flatMap((name) => {
      const [, pid, startTime] = /^pulumi-virsh-\w+-(\d+)\.(\d+)-\w+$/.exec(name) ?? [];
      const isOrphan = pid !== undefined && readStartTime(Number(pid)) !== Number(startTime);
      return isOrphan ? [join(parent, name)] : [];
    }),
  );
}

function removeFolders(): void {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
}
