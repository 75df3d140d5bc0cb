import { readdir } from "node:fs/promises";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { readFolderName, removePrivate } from "../../privateFolder.ts";
import { socketName } from "./command.ts";

/** Removes the folders of killed processes: folders beside `own` whose sockets nobody listens at. */
export async function sweepSockets(own: string): Promise<void> {
  const parent = dirname(own);
  for (const name of await readdir(parent).catch(() => [])) {
    const pid = /^ssh-(\d+)-/.exec(readFolderName(name) ?? "")?.[1];
    const folder = join(parent, name);
    if (pid !== undefined && folder !== own && (await isLeft(folder, Number(pid))))
      removePrivate(folder, [socketName]);
  }
}

/** Whether a folder is abandoned. A process makes the folder some time before its ssh makes the socket. */
function isLeft(folder: string, pid: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(join(folder, socketName));
    socket.on("connect", () => {
      socket.destroy();
      resolve(false);
    });
    socket.on("error", ({ code }: NodeJS.ErrnoException) =>
      resolve(code === "ECONNREFUSED" || (code === "ENOENT" && !isAlive(pid))),
    );
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
