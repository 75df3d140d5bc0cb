import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made = new Set<string>();

/** A new folder that goes when this process ends, however it ends short of SIGKILL. */
export function temporaryFolder(name: string): string {
  if (made.size === 0) process.once("exit", removeFolders);
  const folder = mkdtempSync(join(tmpdir(), `pulumi-virsh-${name}-`));
  made.add(folder);
  return folder;
}

export function removeFolder(folder: string): void {
  made.delete(folder);
  rmSync(folder, { recursive: true, force: true });
}

function removeFolders(): void {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
}
