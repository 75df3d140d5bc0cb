import { connect, createServer, type Socket } from "node:net";

/** What went through since the last reset, counted beside the server. */
export interface Traffic {
  readonly connections: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** Times that the client spoke after the server had: how often it waited for an answer, at least. */
  readonly turns: number;
}

export interface Link {
  readonly port: number;
  read(): Traffic;
  reset(): void;
  /** Round trip time to add, in milliseconds; half of it each way. Counts for connections made afterwards. */
  delay(roundTripMs: number): void;
  close(): Promise<void>;
}

/** Listens on a loopback address and passes everything on to a port of 127.0.0.1. */
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
    // The handshake of TCP takes a round trip as well, which a proxy on the same machine would hide.
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

/** Passes things on later, in their order. */
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
