import { readFileSync } from "node:fs";
import type { Duplex } from "node:stream";
import type { ClientChannel, ConnectConfig } from "ssh2";
import { Client, utils } from "ssh2";
import { HostError } from "../errors.ts";
import { Channels } from "./channels.ts";
import type { Connection } from "./connection.ts";
import { hostKeyOrder, refuseHostKey } from "./hostKey.ts";
import { printScript } from "./script.ts";
import type { SshSettings } from "./sshSettings.ts";
import { readSshSettings } from "./sshSettings.ts";
import type { HostUri } from "./uri.ts";

const channelMs = 20_000;

/** One SSH connection, made at the first call and again when it broke. The only file that knows ssh2. */
export function sshConnection(uri: HostUri): Connection {
  const host = uri.canonical;
  const channels = new Channels(8);
  let client: Promise<Client> | null = null;
  const open = (): Promise<Client> => {
    if (client) return client;
    const opening: Promise<Client> = connect(uri).then((connected) => {
      connected.on("close", forget);
      return connected;
    });
    const forget = () => {
      if (client === opening) client = null;
    };
    opening.catch(forget);
    client = opening;
    return opening;
  };
  return {
    host,
    virshUri: uri.virshUri,
    close: async () => {
      const connected = await client?.catch(() => null);
      client = null;
      connected?.end();
    },
    run: (commands, options = {}) =>
      channels.run(async () => {
        options.signal?.throwIfAborted();
        const script = printScript(commands, options);
        const connected = await open();
        const channel = await openChannel(connected, host);
        if (channel === "refused") return "refused";
        const said = await exchange(channel, script.text, script.timeoutSeconds * 1000, options.signal);
        const { results, complete } = script.read(said.stdout, said.stderr);
        if (complete) return results;
        // Each command has its own limit on the host: past the sum of them nothing more will come.
        if (said.end === "timeout") connected.destroy();
        throw new HostError(ends[said.end](script.timeoutSeconds), host, {
          argv: commands[results.length]?.argv ?? [],
          stderr: said.stderr,
          remedy: "what the command did there is unknown; it is read again next time",
        });
      }),
  };
}

const ends = {
  exit: () => "the login shell did not run the commands",
  closed: () => "the connection broke before the commands had ended",
  timeout: (seconds: number) => `no answer within ${seconds} s`,
  aborted: () => "interrupted",
};

interface Said {
  readonly stdout: string;
  readonly stderr: string;
  readonly end: keyof typeof ends;
}

/** "refused": the server has no room for one more session. */
function openChannel(client: Client, host: string): Promise<ClientChannel | "refused"> {
  return new Promise((resolve, reject) => {
    // The socket does not keep the process alive, so this limit does while the server is asked.
    const timer = setTimeout(() => {
      client.destroy();
      reject(new HostError(`no session within ${channelMs / 1000} s`, host));
    }, channelMs);
    const fail = (cause: Error) => {
      clearTimeout(timer);
      if (/Channel open failure/.test(cause.message)) resolve("refused");
      else reject(new HostError(`no session: ${cause.message}`, host, { cause }));
    };
    const succeed = (channel: ClientChannel) => {
      clearTimeout(timer);
      resolve(channel);
    };
    try {
      client.exec("exec sh -s", (error, channel) => (error ? fail(error) : succeed(channel)));
    } catch (cause) {
      fail(cause as Error);
    }
  });
}

function exchange(
  channel: ClientChannel,
  script: string,
  limitMs: number,
  signal: AbortSignal | undefined,
): Promise<Said> {
  return new Promise((resolve) => {
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let hasExited = false;
    const finish = (end: Said["end"]) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      resolve({ stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(), end });
    };
    const stop = (end: Said["end"]) => {
      finish(end);
      channel.close();
    };
    const abort = () => stop("aborted");
    const timer = setTimeout(() => stop("timeout"), limitMs);
    signal?.addEventListener("abort", abort);
    channel.on("data", (data: Buffer) => out.push(data));
    channel.stderr.on("data", (data: Buffer) => err.push(data));
    channel.on("error", () => {});
    channel.on("exit", () => {
      hasExited = true;
    });
    channel.on("close", () => finish(hasExited ? "exit" : "closed"));
    channel.end(script);
  });
}

async function connect(uri: HostUri): Promise<Client> {
  const settings = await readSshSettings(uri);
  let through: Client | null = null;
  for (const jump of settings.jumps) through = await connectPatiently(uri.canonical, jump, through);
  return connectPatiently(uri.canonical, settings, through);
}

/** A server with many logins at once (MaxStartups) hangs up before it greets: tried again until time is up. */
async function connectPatiently(
  host: string,
  settings: SshSettings,
  through: Client | null,
): Promise<Client> {
  const end = Date.now() + settings.connectMs;
  for (let pauseMs = 200; ; pauseMs *= 2) {
    try {
      return await connectOnce(host, settings, through, Math.max(end - Date.now(), 1000));
    } catch (error) {
      const cause = error instanceof HostError && error.cause instanceof Error ? error.cause.message : "";
      const isBusy = /before handshake|ECONNRESET|Not allowed at this time/.test(cause);
      if (!isBusy || Date.now() + pauseMs > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random())));
    }
  }
}

async function connectOnce(
  host: string,
  settings: SshSettings,
  through: Client | null,
  limitMs: number,
): Promise<Client> {
  const { keys, tried } = readKeys(settings);
  const sock = through ? await forward(through, settings, host) : null;
  let refusal: HostError | null = null;
  const config = {
    ...(sock ? { sock } : { host: settings.hostName, port: settings.port }),
    username: settings.user,
    authHandler: keys,
    readyTimeout: limitMs,
    algorithms: { serverHostKey: hostKeyOrder(settings) },
    hostVerifier: (key: Buffer) => {
      refusal = refuseHostKey(host, settings, key);
      return refusal === null;
    },
  } as ConnectConfig;
  const client = new Client();
  await new Promise<void>((resolve, reject) => {
    client.once("ready", resolve);
    client.once("close", () => reject(new HostError("the server hung up", host)));
    client.on("error", (cause: Error & { level?: string; code?: string }) => {
      // Without its agent, the key files are still to be tried.
      if (cause.level === "agent") return;
      client.destroy();
      reject(refusal ?? explain(cause, host, settings, tried));
    });
    client.connect(config);
  });
  // An idle connection must not keep the process alive; a dead peer is noticed by TCP's own probes.
  const socket = (
    client as unknown as { _sock?: { unref?(): void; setKeepAlive?(on: true, ms: number): void } }
  )._sock;
  client.setNoDelay(true);
  socket?.setKeepAlive?.(true, 15_000);
  socket?.unref?.();
  if (through) client.on("close", () => through.end());
  return client;
}

function forward(through: Client, to: SshSettings, host: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    through.forwardOut("127.0.0.1", 0, to.hostName, to.port, (cause, channel) => {
      if (!cause) return resolve(channel);
      const what = `the jump host can't reach ${to.hostName}:${to.port}: ${cause.message}`;
      reject(new HostError(what, host, { cause, remedy: "does its sshd allow TCP forwarding?" }));
    });
  });
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: "its name is not known: check the name, DNS and HostName in ~/.ssh/config",
  EAI_AGAIN: "its name can't be looked up now: check DNS",
  ECONNREFUSED: "nothing listens on that port: is sshd running there?",
  EHOSTUNREACH: "there is no route to it: check the network",
  ENETUNREACH: "there is no route to it: check the network",
  ETIMEDOUT: "it does not answer: check the network and firewalls",
};

function explain(
  cause: Error & { level?: string; code?: string },
  host: string,
  settings: SshSettings,
  tried: readonly string[],
): HostError {
  const { hostName, port, user } = settings;
  if (cause.level === "client-authentication") {
    const list = tried.length > 0 ? tried.join(", ") : "nothing: there is no agent and no key file";
    return new HostError(`the server refused ${user}; tried ${list}`, host, {
      cause,
      remedy:
        "put a key into the SSH agent, or name its file with ?keyfile= or IdentityFile in ~/.ssh/config",
    });
  }
  const isSlow = cause.level === "client-timeout";
  const remedy = isSlow ? reasons.ETIMEDOUT : reasons[cause.code ?? ""];
  return new HostError(`can't connect to ${hostName} port ${port}: ${cause.message}`, host, {
    cause,
    ...(remedy ? { remedy } : {}),
  });
}

/** What to log in with, in order; `tried` says it in words, with why a key file can't be used. */
function readKeys(settings: SshSettings): { keys: object[]; tried: string[] } {
  const username = settings.user;
  const passphrase = process.env.PULUMI_VIRSH_KEY_PASSPHRASE;
  const keys: object[] = [];
  const tried: string[] = [];
  for (const file of settings.keyFiles) {
    let key: string | Error;
    try {
      key = readFileSync(file, "utf8");
    } catch (cause) {
      key = cause as Error;
    }
    const parsed = key instanceof Error ? key : utils.parseKey(key, passphrase);
    if (parsed instanceof Error) {
      const isLocked = /passphrase|encrypted/i.test(parsed.message);
      tried.push(
        isLocked ? `${file} (needs PULUMI_VIRSH_KEY_PASSPHRASE, or an agent)` : `${file} (${parsed.message})`,
      );
    } else {
      keys.push({ type: "publickey", username, key, ...(passphrase ? { passphrase } : {}) });
      tried.push(file);
    }
  }
  if (settings.agent) {
    const agent = { type: "agent", username, agent: settings.agent };
    // A key that was named goes first: servers hang up after a few keys, and an agent may hold many.
    if (settings.isKeyNamed) keys.push(agent);
    else keys.unshift(agent);
    tried.push(`the agent at ${settings.agent}`);
  }
  return { keys, tried };
}
