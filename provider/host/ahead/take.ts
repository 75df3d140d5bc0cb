import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { aheadFolder, aheadSocket } from "../../ahead.ts";
import type { HostError } from "../../errors.ts";
import { isOwnSocket, isPrivate } from "../../privateFolder.ts";
import type { HostSnapshot } from "../read/read.ts";
import { parseAhead } from "./answer.ts";

/** Milliseconds that a reader may take to start listening: on a busy machine it took more than 1000. */
const startMs = 5000;

/**
 * Gets a host's snapshot from the program's reader, waiting until it is read. Returns `null` when there is no reader,
 * when it does not know the host or when the program ends: then the provider reads the host itself. `engine` is the
 * engine's address.
 */
export async function takeAhead(engine: string, host: string): Promise<HostSnapshot | HostError | null> {
  const folder = aheadFolder(engine);
  for (const end = Date.now() + startMs; isPrivate(folder); await pause(10)) {
    const answer = await ask(aheadSocket(folder), host);
    if (answer !== "ENOENT") return parseAhead(answer);
    if (Date.now() > end) return null;
  }
  return null;
}

/** Returns "ENOENT" when nobody listens yet, and an empty text when there is no answer. */
async function ask(path: string, host: string): Promise<string> {
  if (!isOwnSocket(path)) return "ENOENT";
  return new Promise((resolve) => {
    const socket = connect({ path, allowHalfOpen: true });
    socket.on("error", ({ code }: NodeJS.ErrnoException) => resolve(code === "ENOENT" ? code : ""));
    socket.on("connect", () => {
      socket.end(host);
      text(socket).then(resolve, () => resolve(""));
    });
  });
}
