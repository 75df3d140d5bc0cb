import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface SshdOptions {
  /** Sessions that one connection may have open. Default: OpenSSH's, 10. */
  readonly maxSessions?: number;
  /** Connections that may be logging in, as `start:rate:full` or a number. Default: OpenSSH's. */
  readonly maxStartups?: string | number;
  /** Users who may log in with the user key. Default: root. */
  readonly users?: readonly string[];
  /** Further lines of sshd_config. */
  readonly lines?: readonly string[];
  /** Addresses besides 127.0.0.1. */
  readonly listen?: readonly string[];
  /** Port on 127.0.0.1. Default: a free port. */
  readonly port?: number;
}

interface Place {
  readonly folder: string;
  readonly port: number;
  readonly authorizedKeys: string;
}

export function printSshdConfig(given: SshdOptions & Place): string {
  const {
    folder,
    port,
    authorizedKeys,
    users = ["root"],
    maxSessions,
    maxStartups,
    lines,
    listen = [],
  } = given;
  return [
    ...["127.0.0.1", ...listen].map((address) => `ListenAddress ${address}`),
    `Port ${port}`,
    `HostKey ${join(folder, "host_key")}`,
    `PidFile ${join(folder, "sshd.pid")}`,
    `AuthorizedKeysFile ${authorizedKeys}`,
    `AllowUsers ${users.join(" ")}`,
    "StrictModes no",
    "PermitRootLogin prohibit-password",
    "PubkeyAuthentication yes",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    // Without PAM, Linux rejects accounts whose password is locked by "!".
    `UsePAM ${users.some(isLocked) ? "yes" : "no"}`,
    "UseDNS no",
    "PrintMotd no",
    ...(maxSessions === undefined ? [] : [`MaxSessions ${maxSessions}`]),
    ...(maxStartups === undefined ? [] : [`MaxStartups ${maxStartups}`]),
    ...(lines ?? []),
    "",
  ].join("\n");
}

function isLocked(user: string): boolean {
  const password = new RegExp(`^${user}:([^:]*):`, "m").exec(readFileSync("/etc/shadow", "utf8"))?.[1];
  return password?.startsWith("!") ?? false;
}
