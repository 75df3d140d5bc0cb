/**
 * A thread of the user's program: reads the hosts that are posted to it, in their order, and tells one that asks for
 * a host by name what was found. Started by resources/readAhead.ts; takeAhead.ts asks.
 */

import { createServer } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import { aheadSocket } from "../ahead.ts";
import { HostError } from "../errors.ts";
import { printAhead } from "./aheadAnswer.ts";
import { Channels } from "./channels.ts";
import { readHost } from "./read.ts";
import { connectionTo } from "./session.ts";

/** Hosts that are connected to at once: the engine asks for one after another, and each login costs CPU here. */
const atOnce = new Channels(16);

const answers = new Map<string, Promise<string>>();

parentPort?.on("message", (uri: string) => {
  try {
    const connection = connectionTo(uri);
    if (answers.has(connection.host)) return;
    const reading = atOnce.run(async () => ({ read: await readHost(connection) }));
    const answer = reading.then(
      (done) => (done === "refused" ? "" : printAhead(done.read)),
      (error: unknown) => (error instanceof HostError ? printAhead(error) : ""),
    );
    answers.set(connection.host, answer);
  } catch {
    // A URI that can't be used: the check of the resource says so.
  }
});

createServer({ allowHalfOpen: true }, (socket) => {
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
}).listen(aheadSocket(String(workerData)));
