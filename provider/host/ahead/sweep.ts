import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { aheadNames } from "../../ahead.ts";
import { isGone } from "../../engine.ts";
import { readFolderName, removePrivate } from "../../privateFolder.ts";

/**
 * Removes the folders of programs that were killed: this user's folders beside `own` that are named after an engine
 * which no longer listens.
 */
export async function sweepFolders(own: string): Promise<void> {
  const parent = dirname(own);
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    const port = /^127-0-0-1-(\d{1,5})$/.exec(readFolderName(name) ?? "")?.[1];
    const folder = join(parent, name);
    if (port !== undefined && folder !== own && (await isGone(`127.0.0.1:${port}`)))
      removePrivate(folder, aheadNames);
  }
}
