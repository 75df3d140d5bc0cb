import type { Duplex } from "node:stream";
import type { ConnectConfig } from "ssh2";
import { Client } from "ssh2";
import type { HostError } from "../../errors.ts";
import type { Failure } from "./errors.ts";
import { connectError, forwardError, isBusy } from "./errors.ts";
import { hostKeyOrder, refuseHostKey } from "./hostKey.ts";
import { readKeys, skippedLogins } from "./keys.ts";
import { startProxy } from "./proxy.ts";
import type { SshSettings } from "./settings.ts";

/** A logged-in connection to a jump host or the target, with its settings. */
interface Hop {
  readonly client: Client;
  readonly settings: SshSettings;
}

/**
 * Logs in to a host, through its jump hosts. `connectMs` limits all of it.
 * @throws HostError that says which hop failed and why; then no connection stays open
 */
export async function connectClient(host: string, settings: SshSettings): Promise<Client> {
  const end = Date.now() + settings.connectMs;
  let last: Hop | null = null;
  try {
    for (const hop of [...settings.jumps, settings])
      last = { settings: hop, client: await connectPatiently(host, hop, last, end) };
  } catch (error) {
    last?.client.end();
    throw error;
  }
  return (last as Hop).client;
}

/** Connects; retries a busy server until the time is up. */
async function connectPatiently(
  host: string,
  settings: SshSettings,
  through: Hop | null,
  end: number,
): Promise<Client> {
  for (let pauseMs = 200; ; pauseMs *= 2) {
    try {
      return await connectOnce(host, settings, through, Math.max(end - Date.now(), 500));
    } catch (error) {
      if (!isBusy(error) || Date.now() + pauseMs > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random())));
    }
  }
}

async function connectOnce(
  host: string,
  settings: SshSettings,
  through: Hop | null,
  limitMs: number,
): Promise<Client> {
  const { methods, tried } = readKeys(settings);
  const order = hostKeyOrder(host, settings);
  const sock = through
    ? await forward(through, settings, host, limitMs)
    : settings.proxyCommand === null
      ? null
      : startProxy(settings.proxyCommand);
  let refusal: HostError | null = null;
  const failures: string[] = [];
  const config = {
    ...(sock ? { sock } : { host: settings.hostName, port: settings.port }),
    username: settings.user,
    authHandler: methods,
    readyTimeout: limitMs,
    algorithms: { serverHostKey: order },
    hostVerifier: (key: Buffer) => {
      refusal = refuseHostKey(host, settings, key);
      return refusal === null;
    },
  } as ConnectConfig;
  const client = new Client();
  await new Promise<void>((resolve, reject) => {
    let hasFailed = false;
    const fail = (cause: Failure) => {
      // A client that we end ourselves reports a hang-up too.
      if (hasFailed) return;
      hasFailed = true;
      client.destroy();
      sock?.destroy();
      if (refusal) return reject(refusal);
      const refuse = (skipped: readonly string[]) =>
        reject(connectError(cause, host, settings, [...tried, ...failures, ...skipped]));
      if (cause.level === "client-authentication") skippedLogins(settings).then(refuse, reject);
      else refuse([]);
    };
    client.once("ready", resolve);
    client.once("close", () => fail(new Error("the server hung up")));
    client.on("error", (cause: Failure) => {
      // If the agent fails, the key files can still work.
      if (cause.level === "agent") failures.push(`no answer from the agent: ${cause.message}`);
      else fail(cause);
    });
    client.connect(config);
  });
  settle(client);
  client.on("close", () => {
    sock?.destroy();
    through?.client.end();
  });
  return client;
}

/** Lets the process exit while the connection is idle, and lets TCP keep-alive detect a dead peer. */
function settle(client: Client): void {
  const socket = (
    client as unknown as { _sock?: { unref?(): void; setKeepAlive?(on: true, ms: number): void } }
  )._sock;
  client.setNoDelay(true);
  socket?.setKeepAlive?.(true, 15_000);
  socket?.unref?.();
}

function forward(through: Hop, to: SshSettings, host: string, limitMs: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => {
      clearTimeout(timer);
      reject(forwardError(cause, host, through.settings, to));
    };
    const timer = setTimeout(
      () => fail(new Error(`no answer within ${Math.round(limitMs / 1000)} s`)),
      limitMs,
    );
    try {
      through.client.forwardOut("127.0.0.1", 0, to.hostName, to.port, (cause, channel) => {
        if (cause) return fail(cause);
        clearTimeout(timer);
        resolve(channel);
      });
    } catch (cause) {
      // forwardOut throws if the jump host has hung up meanwhile.
      fail(cause as Error);
    }
  });
}
