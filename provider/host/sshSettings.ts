import { existsSync, readFileSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import { HostError } from "../errors.ts";
import type { HostUri } from "./uri.ts";

/** How to reach a host, from its URI and `~/.ssh/config`. The URI wins. */
export interface SshSettings {
  readonly hostName: string;
  readonly port: number;
  readonly user: string;
  readonly keyFiles: readonly string[];
  /** A key file was chosen by the URI or `~/.ssh/config`, not only found at its usual place. */
  readonly isKeyNamed: boolean;
  readonly knownHostsFiles: readonly string[];
  readonly agent: string | null;
  readonly connectMs: number;
  /** Hosts to go through, the first one first. */
  readonly jumps: readonly SshSettings[];
}

type Wanted = Pick<HostUri, "keyFile" | "knownHosts" | "canonical"> & { readonly ssh: HostUri["ssh"] };

/** A `keyfile` and `known_hosts` of the URI count for jump hosts too. @throws HostError for an odd ProxyJump. */
export async function readSshSettings(uri: Wanted, depth = 0): Promise<SshSettings> {
  const alias = uri.ssh?.hostName ?? "localhost";
  const configured = await readConfig(alias);
  const one = (name: string) => configured(name)[0];
  const user = uri.ssh?.user ?? one("user") ?? userInfo().username;
  const hostName = (one("hostname") ?? alias).replaceAll("%h", alias);
  const port = uri.ssh?.port ?? Number(one("port") ?? 22);
  const expand = (path: string) => atHome(path, { h: hostName, p: String(port), r: user, n: alias });
  const named = uri.keyFile ? [uri.keyFile] : configured("identityfile");
  const usual = ["id_ed25519", "id_ecdsa", "id_rsa"].map((name) => join(homedir(), ".ssh", name));
  const known = uri.knownHosts ?? one("userknownhostsfile");
  const connectSeconds = Number(one("connecttimeout"));
  return {
    hostName,
    port,
    user,
    keyFiles: (named.length > 0 ? named : usual)
      .map(expand)
      .filter((file) => named.length > 0 || existsSync(file)),
    isKeyNamed: named.length > 0,
    knownHostsFiles: known
      ? (uri.knownHosts ? [known] : known.split(/\s+/)).map(expand)
      : [join(homedir(), ".ssh", "known_hosts"), "/etc/ssh/ssh_known_hosts"],
    agent: agentOf(one("identityagent"), expand, one("identitiesonly") === "yes" && named.length > 0),
    connectMs: connectSeconds > 0 ? connectSeconds * 1000 : 20_000,
    jumps: await readJumps(uri, one("proxyjump") ?? "none", depth),
  };
}

function agentOf(
  configured: string | undefined,
  expand: (path: string) => string,
  isFilesOnly: boolean,
): string | null {
  if (isFilesOnly || configured === "none") return null;
  if (configured && configured !== "SSH_AUTH_SOCK") return expand(configured);
  return process.env.SSH_AUTH_SOCK || null;
}

async function readJumps(uri: Wanted, list: string, depth: number): Promise<SshSettings[]> {
  if (list === "none") return [];
  if (depth > 4) throw new HostError("ProxyJump in ~/.ssh/config goes round in a circle", uri.canonical);
  const jumps: SshSettings[] = [];
  for (const [index, text] of list.split(",").entries()) {
    const match = /^(?:ssh:\/\/)?(?:([^@\s]+)@)?(\[[^\]]+\]|[^:@\s]+)(?::(\d+))?$/.exec(text.trim());
    if (!match) throw new HostError(`ProxyJump "${text}" in ~/.ssh/config can't be read`, uri.canonical);
    const [, user, name = "", port] = match;
    const ssh = {
      hostName: name.replace(/^\[|\]$/g, ""),
      user: user ?? null,
      port: port ? Number(port) : null,
    };
    const jump = await readSshSettings({ ...uri, ssh }, depth + 1);
    // A jump host's own ProxyJump counts for the first of the list only, as in OpenSSH.
    if (index === 0) jumps.push(...jump.jumps);
    jumps.push(jump);
  }
  return jumps;
}

async function readConfig(alias: string): Promise<(name: string) => string[]> {
  const file = join(homedir(), ".ssh", "config");
  if (!existsSync(file)) return () => [];
  // The package is an ES module only.
  const { default: SshConfig } = await import("ssh-config");
  const found = SshConfig.parse(readFileSync(file, "utf8")).compute(alias, { ignoreCase: true });
  const lower = new Map(Object.entries(found).map(([key, value]) => [key.toLowerCase(), value]));
  return (name) => {
    const value = lower.get(name);
    return value === undefined ? [] : [value].flat().map(String);
  };
}

function atHome(path: string, tokens: Readonly<Record<string, string>>): string {
  const all: Readonly<Record<string, string>> = { ...tokens, d: homedir(), u: userInfo().username, "%": "%" };
  return path
    .replace(/^~(?=\/)/, homedir())
    .replace(/%([a-zA-Z%])/g, (whole, letter: string) => all[letter] ?? whole);
}
