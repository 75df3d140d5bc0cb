import { existsSync, readFileSync } from "node:fs";
import type { ClientChannel, ConnectConfig } from "ssh2";
import { Client } from "ssh2";
import { HostError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import { fingerprintOf, judgeKey, knownKeyTypes } from "./knownHosts.ts";
import { printScript } from "./script.ts";
import type { SshSettings } from "./sshSettings.ts";
import { readSshSettings } from "./sshSettings.ts";
import type { HostUri } from "./uri.ts";

const connectMs = 20_000;

/** One SSH connection, made at the first call and again when it broke. The only file that knows ssh2. */
export function sshConnection(uri: HostUri): Connection {
  let client: Promise<Client> | null = null;
  const open = (): Promise<Client> => {
    client ??= connect(uri, () => {
      client = null;
    }).catch((error: unknown) => {
      client = null;
      throw error;
    });
    return client;
  };
  return {
    host: uri.canonical,
    virshUri: uri.virshUri,
    close: async () => {
      (await client)?.end();
    },
    run: async (commands, options = {}) => {
      const script = printScript(commands, options);
      const connected = await open();
      const { stdout, stderr, cut } = await execute(connected, script.text, script.timeoutSeconds * 1000);
      const results = script.read(stdout, stderr);
      if (cut)
        throw new HostError(`the connection ${cut}`, uri.canonical, {
          argv: commands[results.length]?.argv ?? [],
        });
      return results;
    },
  };
}

interface Output {
  readonly stdout: string;
  readonly stderr: string;
  /** What cut it short; null when the script ran to its end. */
  readonly cut: string | null;
}

function execute(client: Client, script: string, limitMs: number): Promise<Output> {
  return new Promise((resolve, reject) => {
    client.exec("sh -s", (error, channel: ClientChannel | undefined) => {
      if (error || !channel) {
        reject(error ?? new Error("no channel"));
        return;
      }
      const chunks: { out: Buffer[]; err: Buffer[] } = { out: [], err: [] };
      let status: number | null = null;
      const end = (cut: string | null) => {
        clearTimeout(timer);
        resolve({
          stdout: Buffer.concat(chunks.out).toString(),
          stderr: Buffer.concat(chunks.err).toString(),
          cut,
        });
      };
      const timer = setTimeout(() => {
        channel.close();
        end(`gave no answer within ${limitMs / 1000} s`);
      }, limitMs);
      channel.on("data", (data: Buffer) => chunks.out.push(data));
      channel.stderr.on("data", (data: Buffer) => chunks.err.push(data));
      channel.on("exit", (code: number | null) => {
        status = code;
      });
      channel.on("close", () => end(status === null ? "broke before the commands had ended" : null));
      channel.end(script);
    });
  });
}

async function connect(uri: HostUri, onClose: () => void): Promise<Client> {
  const settings = await readSshSettings(uri);
  let refusal: HostError | null = null;
  const config: ConnectConfig = {
    ...credentials(settings),
    host: settings.hostName,
    port: settings.port,
    username: settings.user,
    readyTimeout: connectMs,
    keepaliveInterval: 15_000,
    ...hostKeyOrder(settings),
    hostVerifier: (key: Buffer) => {
      refusal = refuseKey(uri, settings, key);
      return refusal === null;
    },
  };
  const client = new Client();
  await new Promise<void>((resolve, reject) => {
    client.once("ready", resolve);
    client.once("error", (cause: Error & { level?: string }) => {
      if (refusal) return reject(refusal);
      const isAuthentication = cause.level === "client-authentication";
      const tried =
        [settings.agent ? "agent" : "", ...settings.keyFiles].filter(Boolean).join(", ") ||
        "nothing: no agent and no key file";
      const what = isAuthentication
        ? `the server refused ${settings.user}; tried ${tried}`
        : `can't connect: ${cause.message}`;
      reject(new HostError(what, uri.canonical, { cause }));
    });
    client.connect(config);
  });
  client.on("error", () => {});
  client.on("close", onClose);
  // An idle connection must not keep the process alive.
  (client as unknown as { _sock?: { unref(): void } })._sock?.unref();
  return client;
}

function credentials(settings: SshSettings): Partial<ConnectConfig> {
  const keys = settings.keyFiles.map((file) => readFileSync(file));
  const passphrase = process.env.PULUMI_VIRSH_KEY_PASSPHRASE;
  return {
    authHandler: [
      ...(settings.agent ? [{ type: "agent" as const, username: settings.user, agent: settings.agent }] : []),
      ...keys.map((key) => ({
        type: "publickey" as const,
        username: settings.user,
        key,
        ...(passphrase ? { passphrase } : {}),
      })),
    ],
  } as Partial<ConnectConfig>;
}

function knownHosts(settings: SshSettings): string {
  return settings.knownHostsFiles
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
}

/** Types that known_hosts has for the host first: else the server may show a key of another type. */
function hostKeyOrder(settings: SshSettings): Partial<ConnectConfig> {
  const types = knownKeyTypes(knownHosts(settings), settings.hostName, settings.port).flatMap((type) =>
    type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type],
  );
  return types.length === 0
    ? {}
    : ({ algorithms: { serverHostKey: [...new Set(types)] } } as Partial<ConnectConfig>);
}

function refuseKey(uri: HostUri, settings: SshSettings, key: Buffer): HostError | null {
  const { hostName, port } = settings;
  const verdict = judgeKey(knownHosts(settings), hostName, port, key);
  const file = settings.knownHostsFiles[0] ?? "";
  const scan = `ssh-keyscan -p ${port} ${hostName} >> ${file}`;
  const print = fingerprintOf(key);
  switch (verdict.kind) {
    case "known":
      return null;
    case "unknown":
      return new HostError(`the host key ${print} is not in ${file}`, uri.canonical, {
        remedy: `if it is the right one: ${scan}`,
      });
    case "changed":
      return new HostError(
        `the host key is ${print} and not the one in line ${verdict.line} of ${file}`,
        uri.canonical,
        {
          remedy: `somebody may be in between; if it was changed on purpose: ssh-keygen -R '[${hostName}]:${port}' -f ${file} && ${scan}`,
        },
      );
    case "revoked":
      return new HostError(
        `the host key ${print} is revoked in line ${verdict.line} of ${file}`,
        uri.canonical,
      );
  }
}
