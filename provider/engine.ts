import { connect } from "node:net";

/** Milliseconds between two checks. */
const everyMs = 1000;

/**
 * Calls `leave` when nobody listens at the engine's address any more, since a killed engine sends no message. Two
 * checks must agree. Does not keep the process alive.
 */
export function afterEngine(address: string, leave: () => void): void {
  let misses = 0;
  const timer = setInterval(async () => {
    misses = (await isGone(address)) ? misses + 1 : 0;
    if (misses < 2) return;
    clearInterval(timer);
    leave();
  }, everyMs);
  timer.unref();
}

/** Whether nobody listens at an engine's address. False when unsure, or when the text is not an address. */
export function isGone(address: string): Promise<boolean> {
  const [, host, port] = /^\[?([\w.:-]+?)\]?:(\d{1,5})$/.exec(address) ?? [];
  if (host === undefined || Number(port) > 65535) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    socket.unref();
    socket.on("connect", () => {
      socket.destroy();
      resolve(false);
    });
    socket.on("error", ({ code }: NodeJS.ErrnoException) => resolve(code === "ECONNREFUSED"));
  });
}
