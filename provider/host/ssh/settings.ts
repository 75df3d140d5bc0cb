import { existsSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import { HostError } from "../../errors.ts";
import type { HostUri } from "../connection/uri.ts";
import { connectSeconds } from "../process/limits.ts";
import type { Configured } from "./config.ts";
import { readSshConfig } from "./config.ts";
import { printKnownName } from "./knownHosts.ts";

/** How to reach a host, from its URI and the SSH configuration. The URI takes precedence. */
export interface SshSettings {
  /** The host as the URI or ProxyJump names it. */
  readonly alias: string;
  readonly hostName: string;
  readonly port: number;
  readonly user: string;
  /** The host's name in known_hosts: HostKeyAlias, or its name and port. */
  readonly knownName: string;
  readonly keyFiles: readonly string[];
  /** Files of user certificates: CertificateFile, and those beside the key files. */
  readonly certificates: readonly string[];
  /** The URI or `~/.ssh/config` names the key file; false if it was only found at its usual place. */
  readonly isKeyNamed: boolean;
  /** IdentitiesOnly: use only those of the agent's keys that are named. */
  readonly isOnlyNamed: boolean;
  /** The login methods that `sshauth=` of the URI allows, in order; `null` for all, named keys first. */
  readonly logins: HostUri["logins"];
  readonly knownHostsFiles: readonly string[];
  /** Socket of the SSH agent; `null` without one. */
  readonly agent: string | null;
  /** Milliseconds for the connection, including jump hosts and retries. */
  readonly connectMs: number;
  /** Jump hosts, in the order of the way to the host. */
  readonly jumps: readonly SshSettings[];
  /** A shell command whose input and output are the connection; `null` for TCP. */
  readonly proxyCommand: string | null;
}

type Wanted = Pick<HostUri, "keyFile" | "knownHosts" | "canonical" | "logins"> & {
  readonly ssh: HostUri["ssh"];
};

/**
 * Reads the settings. `keyfile` and `known_hosts` of the URI apply to jump hosts too.
 * @throws HostError sshConfigUnusable
 */
export async function readSshSettings(uri: Wanted, depth = 0): Promise<SshSettings> {
  const alias = uri.ssh?.hostName ?? "localhost";
  const configured = await readSshConfig(alias, uri.ssh?.user ?? null, uri.canonical);
  const one = (name: string) => configured(name)[0];
  const user = uri.ssh?.user ?? one("user") ?? userInfo().username;
  const hostName = printTokens(one("hostname") ?? alias, { h: alias });
  const port = uri.ssh?.port ?? readPort(one("port") ?? "22", uri);
  const knownName = one("hostkeyalias")?.toLowerCase() ?? printKnownName(hostName, port);
  const tokens = { h: hostName, p: String(port), r: user, n: alias, k: knownName };
  const path = (text: string) => printPath(text, tokens);
  const keyFile = uri.keyFile ?? (process.env.PULUMI_VIRSH_KEY_FILE || null);
  const named = keyFile ? [keyFile] : configured("identityfile");
  const usual = ["id_ed25519", "id_ecdsa", "id_rsa"].map((name) => join(homedir(), ".ssh", name));
  const isKeyNamed = named.length > 0;
  const jumps = await readJumps(uri, one("proxyjump") ?? "none", depth);
  const proxy = configured("proxycommand").join(" ").trim();
  const keyFiles = isKeyNamed
    ? named.filter((file) => file.toLowerCase() !== "none").map(path)
    : usual.filter((file) => existsSync(file));
  const beside = keyFiles.map((file) => `${file}-cert.pub`).filter((file) => existsSync(file));
  return {
    alias,
    hostName,
    port,
    user,
    knownName,
    keyFiles,
    certificates: [...configured("certificatefile").map(path), ...beside],
    isKeyNamed,
    logins: uri.logins,
    isOnlyNamed: one("identitiesonly")?.toLowerCase() === "yes",
    knownHostsFiles: knownHostsFiles(uri, configured).map(path),
    agent: agentOf(one("identityagent"), path),
    connectMs: connectSeconds(uri.canonical, Number(one("connecttimeout"))) * 1000,
    jumps,
    proxyCommand:
      proxy === "" || proxy.toLowerCase() === "none" || jumps.length > 0 ? null : printTokens(proxy, tokens),
  };
}

/**
 * Prints the ssh command that makes the same connection by hand, for messages. It leaves out what ssh reads from its
 * own configuration.
 */
export function printSshCommand({ alias, port, user, isKeyNamed, keyFiles }: SshSettings): string[] {
  const keys = isKeyNamed ? keyFiles.flatMap((file) => ["-i", file]) : [];
  return ["ssh", ...(port === 22 ? [] : ["-p", String(port)]), ...keys, `${user}@${alias}`];
}

function knownHostsFiles(uri: Wanted, configured: Configured): string[] {
  const given = uri.knownHosts ?? (process.env.PULUMI_VIRSH_KNOWN_HOSTS || null);
  if (given) return [given];
  const own = configured("userknownhostsfile");
  const global = configured("globalknownhostsfile");
  return [
    ...(own.length > 0 ? own : ["~/.ssh/known_hosts", "~/.ssh/known_hosts2"]),
    ...(global.length > 0 ? global : ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"]),
  ].filter((file) => file.toLowerCase() !== "none");
}

function agentOf(configured: string | undefined, path: (text: string) => string): string | null {
  if (configured?.toLowerCase() === "none") return null;
  if (configured && configured !== "SSH_AUTH_SOCK") {
    const variable = /^\$(\w+)$/.exec(configured)?.[1];
    return variable === undefined ? path(configured) : process.env[variable] || null;
  }
  return process.env.SSH_AUTH_SOCK || null;
}

function readPort(text: string, uri: Wanted): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return port;
  throw unusable(`Port is "${text}" in the SSH configuration`, uri);
}

async function readJumps(uri: Wanted, list: string, depth: number): Promise<SshSettings[]> {
  if (list.toLowerCase() === "none") return [];
  if (depth > 4) throw unusable("ProxyJump goes round in a circle", uri);
  const jumps: SshSettings[] = [];
  for (const [index, text] of list.split(",").entries()) {
    const match = /^(ssh:\/\/)?(?:(\S+)@)?(\[[^\]]+\]|[^:@\s]+)(?::(\d+))?\/?$/.exec(text.trim());
    if (!match) throw unusable(`ProxyJump "${text}" can't be read`, uri);
    const [, isUri, user, name = "", port] = match;
    const ssh = {
      hostName: name.replace(/^\[|\]$/g, ""),
      user: (isUri ? user?.replaceAll("%40", "@") : user) ?? null,
      port: port ? readPort(port, uri) : null,
    };
    const jump = await readSshSettings({ ...uri, ssh }, depth + 1);
    // Only the first jump host's own ProxyJump counts, as in OpenSSH.
    if (index === 0) jumps.push(...jump.jumps);
    jumps.push(jump);
  }
  return jumps;
}

function printPath(text: string, tokens: Readonly<Record<string, string>>): string {
  const named = text.replace(/\$\{(\w+)\}/g, (whole, name: string) => process.env[name] ?? whole);
  return printTokens(named.replace(/^~(?=\/)/, homedir()), tokens);
}

function printTokens(text: string, tokens: Readonly<Record<string, string>>): string {
  const { username, uid } = userInfo();
  const all: Readonly<Record<string, string>> = {
    d: homedir(),
    u: username,
    i: String(uid),
    "%": "%",
    ...tokens,
  };
  return text.replace(/%([a-zA-Z%])/g, (whole, letter: string) => all[letter] ?? whole);
}

function unusable(what: string, uri: Wanted): HostError {
  return new HostError(what, uri.canonical, {
    code: "sshConfigUnusable",
    remedy: "nothing was done; correct ~/.ssh/config",
  });
}
