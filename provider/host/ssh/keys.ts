import { existsSync, readFileSync } from "node:fs";
import { Socket } from "node:net";
import type { ParsedKey } from "ssh2";
import { BaseAgent, createAgent, utils } from "ssh2";
import { skippedKeys, useSsh } from "./agentKeys.ts";
import { convertPkcs8 } from "./pkcs8.ts";
import type { SshSettings } from "./settings.ts";

/** The keys to log in with. */
export interface Keys {
  /** ssh2's authentication methods, in order. */
  readonly methods: readonly object[];
  /** The methods in words, and why a key file can't be used. */
  readonly tried: readonly string[];
}

/**
 * Collects the keys for a login. Named keys come first, and among them those in the agent before files: servers hang
 * up after a few keys, and an agent may hold many. A passphrase comes from PULUMI_VIRSH_KEY_PASSPHRASE only, and
 * never leaves this process.
 */
export function readKeys(settings: SshSettings): Keys {
  const username = settings.user;
  const passphrase = process.env.PULUMI_VIRSH_KEY_PASSPHRASE;
  const given = process.env.PULUMI_VIRSH_PRIVATE_KEY;
  const files = [
    ...(given ? [parseKey(given, "the key of PULUMI_VIRSH_PRIVATE_KEY", passphrase)] : []),
    ...settings.keyFiles.map((file) => readKey(file, passphrase)),
  ];
  const usable = files.flatMap(({ key }) => (key === null ? [] : [key]));
  const methods: object[] = usable.map((key) => ({ type: "publickey", username, key, passphrase }));
  const tried = files.map(({ said }) => said);
  const { logins } = settings;
  const agent = logins?.includes("agent") === false ? null : agentMethods(settings, files);
  const held = agent === null ? [] : [agent.said];
  if (logins === null)
    return {
      methods: [...(agent?.first ?? []), ...methods, ...(agent?.last ?? [])],
      tried: [...tried, ...held],
    };
  const of = { agent: [...(agent?.first ?? []), ...(agent?.last ?? [])], privkey: methods };
  const said = { agent: held, privkey: tried };
  return {
    methods: logins.flatMap((each) => of[each]),
    tried: [...logins.flatMap((each) => said[each]), `nothing else, as sshauth=${logins.join(",")} has it`],
  };
}

/** Lists the keys that the system's ssh could use and ssh2 can't, with what to do. */
export async function skippedLogins({ agent, certificates, logins }: SshSettings): Promise<string[]> {
  const held = agent === null || logins?.includes("agent") === false ? [] : await skippedKeys(agent);
  const files = logins?.includes("privkey") === false ? [] : certificates;
  return [
    ...files.map((file) => `${file} (a certificate, which ssh2 can't use: ${useSsh})`),
    ...held.map((type) => `a key of type ${type} in the agent (ssh2 can't use it: ${useSsh})`),
  ];
}

interface AgentMethods {
  /** Methods to try before the key files. */
  readonly first: readonly object[];
  readonly last: readonly object[];
  readonly said: string;
}

/** The methods that use the agent; `null` without an agent. */
function agentMethods(settings: SshSettings, files: readonly KeyFile[]): AgentMethods | null {
  if (settings.agent === null) return null;
  const agent = openAgent(settings.agent, settings.connectMs / 2);
  const all = { type: "agent", username: settings.user, agent };
  const named = files.flatMap(({ publicKey }) => (publicKey === null ? [] : [publicKey]));
  const some = { ...all, agent: new NamedKeysAgent(agent, named) };
  const isNarrow = settings.isOnlyNamed && settings.keyFiles.length > 0;
  const said = `${isNarrow ? "those of them in the agent" : "the agent"} at ${settings.agent}`;
  if (isNarrow) return { first: [some], last: [], said };
  return named.length > 0 ? { first: [some], last: [all], said } : { first: [all], last: [], said };
}

interface KeyFile {
  /** Text of the private key; `null` when it can't be used. */
  readonly key: string | null;
  /** The public half, which identifies the key to an agent; `null` when unknown. */
  readonly publicKey: Buffer | null;
  readonly said: string;
}

function readKey(file: string, passphrase: string | undefined): KeyFile {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    return {
      key: null,
      publicKey: readPublicKey(`${file}.pub`),
      said: `${file} (${(cause as Error).message})`,
    };
  }
  const found = parseKey(text, file, passphrase);
  return { ...found, publicKey: found.publicKey ?? readPublicKey(`${file}.pub`) };
}

/** Parses a private key. Messages call it `name`. */
function parseKey(text: string, name: string, passphrase: string | undefined): KeyFile {
  const { readable, parsed } = convert(text, passphrase);
  if (parsed instanceof Error) {
    const publicKey = publicHalf(text);
    const isLocked = /passphrase|encrypted|decrypt|bad key|integrity/i.test(parsed.message);
    const wrong = passphrase
      ? "PULUMI_VIRSH_KEY_PASSPHRASE does not open it"
      : "needs PULUMI_VIRSH_KEY_PASSPHRASE, or an agent";
    return { key: null, publicKey, said: `${name} (${isLocked ? wrong : parsed.message})` };
  }
  const publicKey = parsed.getPublicSSH();
  if (!parsed.isPrivateKey())
    return { key: null, publicKey, said: `${name} (a public key: its private half must be in the agent)` };
  return { key: readable, publicKey, said: name };
}

function convert(text: string, passphrase: string | undefined) {
  try {
    const readable = convertPkcs8(text, passphrase) ?? text;
    return { readable, parsed: utils.parseKey(readable, passphrase) };
  } catch (error) {
    return { readable: text, parsed: error as Error };
  }
}

function readPublicKey(file: string): Buffer | null {
  const parsed = existsSync(file) ? utils.parseKey(readFileSync(file, "utf8")) : null;
  return parsed === null || parsed instanceof Error ? null : parsed.getPublicSSH();
}

/** Reads the public half of a locked key. OpenSSH stores it in the clear: magic, cipher, kdf, its options, count, key. */
function publicHalf(text: string): Buffer | null {
  const base64 = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]+)-----END/.exec(text)?.[1];
  const bytes = Buffer.from(base64 ?? "", "base64");
  const magic = "openssh-key-v1\0";
  if (bytes.subarray(0, magic.length).toString("latin1") !== magic) return null;
  let at = magic.length;
  const next = (): Buffer => {
    const length = bytes.readUInt32BE(at);
    at += 4 + length;
    return bytes.subarray(at - length, at);
  };
  try {
    for (let skipped = 0; skipped < 3; skipped++) next();
    at += 4;
    return next();
  } catch {
    return null;
  }
}

/** Opens the agent with a time limit: a silent agent must leave time for the key files and not keep the process alive. */
function openAgent(socket: string, limitMs: number): BaseAgent {
  const agent = createAgent(socket);
  const connect = agent.getStream?.bind(agent);
  if (!connect) return agent;
  let isSilent = false;
  agent.getStream = (done) => {
    if (isSilent) return done(new Error("the agent said nothing before"));
    connect((error, stream) => {
      if (stream instanceof Socket) {
        stream.setTimeout(limitMs, () => {
          isSilent = true;
          stream.destroy();
        });
      }
      done(error, stream);
    });
  };
  return agent;
}

/** An agent that offers only some of its keys. */
class NamedKeysAgent extends BaseAgent<ParsedKey> {
  readonly #agent: BaseAgent;
  readonly #allowed: readonly Buffer[];

  constructor(agent: BaseAgent, allowed: readonly Buffer[]) {
    super();
    this.#agent = agent;
    this.#allowed = allowed;
  }

  getIdentities(done: Parameters<BaseAgent<ParsedKey>["getIdentities"]>[0]): void {
    this.#agent.getIdentities((error, keys) => {
      if (error) return done(error);
      const blob = (key: unknown) => (key as ParsedKey).getPublicSSH();
      const found = keys?.filter((key) => this.#allowed.some((each) => each.equals(blob(key)))) ?? [];
      done(null, found as unknown as ParsedKey[]);
    });
  }

  sign(...call: unknown[]): void {
    (this.#agent.sign as (...all: unknown[]) => void).apply(this.#agent, call);
  }
}
