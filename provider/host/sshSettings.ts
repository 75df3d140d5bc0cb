import { existsSync, readFileSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import type { HostUri } from "./uri.ts";

/** How to reach a host, from its URI and `~/.ssh/config`. The URI wins. */
export interface SshSettings {
  readonly hostName: string;
  readonly port: number;
  readonly user: string;
  readonly keyFiles: readonly string[];
  readonly knownHostsFiles: readonly string[];
  readonly agent: string | null;
}

const defaultKeys = ["id_ed25519", "id_ecdsa", "id_rsa"].map((name) => join(homedir(), ".ssh", name));

export async function readSshSettings(uri: HostUri): Promise<SshSettings> {
  const alias = uri.ssh?.hostName ?? "localhost";
  const configured = await readConfig(alias);
  const one = (name: string) => configured(name)[0];
  const keys = uri.keyFile ? [uri.keyFile] : [...configured("identityfile"), ...defaultKeys];
  const known = uri.knownHosts ?? one("userknownhostsfile");
  return {
    hostName: one("hostname") ?? alias,
    port: uri.ssh?.port ?? Number(one("port") ?? 22),
    user: uri.ssh?.user ?? one("user") ?? userInfo().username,
    keyFiles: keys.map(atHome).filter((file) => existsSync(file)),
    knownHostsFiles: known
      ? known.split(/\s+/).map(atHome)
      : [join(homedir(), ".ssh", "known_hosts"), "/etc/ssh/ssh_known_hosts"],
    agent: process.env.SSH_AUTH_SOCK ?? null,
  };
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

function atHome(path: string): string {
  return path.replace(/^~(?=\/)/, homedir()).replaceAll("%d", homedir());
}
