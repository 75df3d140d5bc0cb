/**
 * A thread of the user's program: reads the hosts that are posted to it, in their order, and tells one that asks for
 * a host by name what was found. Started by resources/readAhead.ts; takeAhead.ts asks.
 */

import { createServer } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import { aheadSocket } from "../../ahead.ts";
import { isPrivate } from "../../privateFolder.ts";
import { Channels } from "../connection/channels.ts";
import { parseHostList } from "../connection/uri.ts";
import { connectionTo } from "../connections.ts";
import { snapshotOrFailure } from "../read/snapshot.ts";
import { printAhead } from "./answer.ts";
import { sweepFolders } from "./sweep.ts";

/** The folder to be found in, and the `virsh:hosts` setting, read before what the program posts. */
const { folder, hosts } = workerData as { readonly folder: string; readonly hosts: string };

/** Hosts that are connected to at once: the engine asks for one after another, and each login costs CPU here. */
const atOnce = new Channels(16);

const answers = new Map<string, Promise<string>>();

function read(uri: string): void {
  try {
    const connection = connectionTo(uri);
    if (answers.has(connection.host)) return;
    const reading = atOnce.run(() => snapshotOrFailure(connection));
    const answer = reading.then((found) => (found === "refused" ? "" : printAhead(found)));
    answers.set(
      connection.host,
      answer.catch(() => ""),
    );
  } catch {
    // A URI that can't be used: the check of the resource says so, or that of the setting.
  }
}

function namedHosts(): string[] {
  try {
    return parseHostList(hosts);
  } catch {
    // Likewise.
    return [];
  }
}

for (const uri of namedHosts()) read(uri);
parentPort?.on("message", read);

const server = createServer({ allowHalfOpen: true }, (socket) => {
  let host = "";
  socket.setEncoding("utf8");
  socket.on("error", () => {});
  socket.on("data", (text: string) => {
    host += text;
  });
  // Nothing for a host that is not read here.
  socket.on(
    "end",
    () => void (answers.get(host) ?? Promise.resolve("")).then((answer) => socket.end(answer)),
  );
});
if (isPrivate(folder)) server.listen(aheadSocket(folder), () => void sweepFolders(folder));
