import { connect, createServer, type Socket } from "node:net";

/** Traffic since the last reset, counted next to the server. */
export interface Traffic {
  readonly connections: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
  /**
   * How often the client sent something after the server had: the least number of times that it waited for an
   * answer.
   */
  readonly turns: number;
}

export interface Link {
  readonly port: number;
  read(): Traffic;
  reset(): void;
  /**
   * Sets the round trip time to add, in milliseconds; half of it each way. Applies to later connections only.
   */
  delay(roundTripMs: number): void;
  close(): Promise<void>;
}

/** Listens on a loopback address and forwards everything to a port of 127.0.0.1. */
export async function startLink(address: string, targetPort: number): Promise<Link> {
  let traffic = { connections: 0, bytesUp: 0, bytesDown: 0, turns: 0 };
  let roundTripMs = 0;
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const halfMs = roundTripMs / 2;
    const target = connect({ host: "127.0.0.1", port: targetPort, noDelay: true, allowHalfOpen: true });
    let hasAnswered = true;
    traffic.connections += 1;
    const up = delayed(halfMs);
    const down = delayed(halfMs);
    // TCP's handshake takes a round trip too. A proxy on the same machine would hide it.
    up.wait(roundTripMs);
    down.wait(roundTripMs);
    client.on("data", (data: Buffer) => {
      traffic.bytesUp += data.length;
      if (hasAnswered) traffic.turns += 1;
      hasAnswered = false;
      up.pass(() => target.write(data));
    });
    target.on("data", (data: Buffer) => {
      traffic.bytesDown += data.length;
      hasAnswered = true;
      down.pass(() => client.write(data));
    });
    client.on("end", () => up.pass(() => target.end()));
    target.on("end", () => down.pass(() => client.end()));
    for (const socket of [client, target]) {
      open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        open.delete(socket);
        (socket === client ? target : client).destroySoon();
      });
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, address, resolve);
  });
  const bound = server.address();
  return {
    port: typeof bound === "object" && bound ? bound.port : 0,
    read: () => ({ ...traffic }),
    reset: () => {
      traffic = { connections: 0, bytesUp: 0, bytesDown: 0, turns: 0 };
    },
    delay: (ms) => {
      roundTripMs = ms;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** Passes items on after a delay, in order. */
function delayed(ms: number): { wait(extraMs: number): void; pass(act: () => void): void } {
  let extraUntil = 0;
  return {
    wait: (extraMs) => {
      extraUntil = performance.now() + extraMs;
    },
    pass: (act) => {
      const due = Math.max(performance.now(), extraUntil) + ms;
      const left = due - performance.now();
      if (left <= 0) act();
      else setTimeout(act, left);
    },
  };
}
