import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface SshdOptions {
  /** Sessions that one connection may have open. Default: OpenSSH's, 10. */
  readonly maxSessions?: number;
  /** Connections that may be logging in, as `start:rate:full` or a number. Default: OpenSSH's. */
  readonly maxStartups?: string | number;
  /** Users who may log in with the user key. Default: root. */
  readonly users?: readonly string[];
  /** Further lines of sshd_config. Variables of all `SetEnv` lines are set. */
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
    lines = [],
    listen = [],
  } = given;
  const setsVariables = (line: string): boolean => line.startsWith("SetEnv ");
  const variables = [
    ...lines.filter(setsVariables).map((line) => line.slice("SetEnv ".length)),
    ...(users.every((user) => user === "root") ? [`HOME=${homeOf(folder)}`] : []),
  ];
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
    // sshd uses only the first SetEnv, and there the first of two values.
    ...(variables.length === 0 ? [] : [`SetEnv ${variables.join(" ")}`]),
    ...lines.filter((line) => !setsVariables(line)),
    "",
  ].join("\n");
}

/**
 * An empty folder, the home of root's logins, so that none reads this machine's start-up files: with those of pyenv a
 * session takes 126 ms of CPU instead of 24, and waits while another one has pyenv's lock.
 */
export function homeOf(folder: string): string {
  return join(folder, "home");
}

function isLocked(user: string): boolean {
  const password = new RegExp(`^${user}:([^:]*):`, "m").exec(readFileSync("/etc/shadow", "utf8"))?.[1];
  return password?.startsWith("!") ?? false;
}
