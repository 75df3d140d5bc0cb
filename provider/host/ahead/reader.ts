/**
 * A worker thread in the user's program. It reads the hosts that are posted to it, in order, and sends the result to
 * a client that asks for a host by name. resources/readAhead.ts starts it; take.ts is the client.
 */

import { renameSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { aheadSocket, aheadStarting } from "../../ahead.ts";
import { isPrivate } from "../../privateFolder.ts";
import { Channels } from "../connection/channels.ts";
import { parseHostList } from "../connection/uri.ts";
import { connectionTo } from "../connections.ts";
import { expectStorage, snapshotOrFailure } from "../read/snapshot.ts";
import { printAhead } from "./answer.ts";
import { sweepFolders } from "./sweep.ts";

/** The folder of the socket, and the `virsh:hosts` setting, whose hosts are read before those that the program posts. */
const { folder, hosts } = workerData as { readonly folder: string; readonly hosts: string };

/** A host that the program has declared a resource for, or the first pool or volume. */
interface Posted {
  readonly host: string;
  readonly isStorage: boolean;
}

/** Hosts read at the same time. The engine asks for one after another, and each login costs CPU on this machine. */
const atOnce = new Channels(16);

const answers = new Map<string, Promise<string>>();

function read({ host: uri, isStorage }: Posted): void {
  try {
    const connection = connectionTo(uri);
    if (isStorage) expectStorage(connection);
    if (answers.has(connection.host)) return;
    const reading = atOnce.run(() => snapshotOrFailure(connection));
    const answer = reading.then((found) => (found === "refused" ? "" : printAhead(found)));
    answers.set(
      connection.host,
      answer.catch(() => ""),
    );
  } catch {
    // The URI is invalid: the check of the resource, or of the setting, reports it.
  }
}

function namedHosts(): string[] {
  try {
    return parseHostList(hosts);
  } catch {
    // The setting is invalid: its own check reports it.
    return [];
  }
}

for (const host of namedHosts()) read({ host, isStorage: false });
parentPort?.on("message", read);

const server = createServer({ allowHalfOpen: true }, (socket) => {
  let host = "";
  socket.setEncoding("utf8");
  socket.on("error", () => {});
  socket.on("data", (text: string) => {
    host += text;
  });
  // The answer is empty for a host that this thread does not read.
  socket.on(
    "end",
    () => void (answers.get(host) ?? Promise.resolve("")).then((answer) => socket.end(answer)),
  );
});
if (isPrivate(folder)) {
  const starting = join(folder, aheadStarting);
  server.listen(starting, () => {
    renameSync(starting, aheadSocket(folder));
    void sweepFolders(folder);
  });
}
