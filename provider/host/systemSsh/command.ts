import { join } from "node:path";
import { HostError } from "../../errors.ts";
import type { HostUri } from "../connection/uri.ts";

/** Name of ssh's socket in the connection's folder. */
export const socketName = "c";

/** What ssh prints on this machine after the login. */
export const readyMark = "pulumi-virsh: logged in";

/** Options that override `~/.ssh/config`: ssh takes the first value of a setting. */
const always = {
  BatchMode: "yes",
  StrictHostKeyChecking: "yes",
  NoHostAuthenticationForLocalhost: "no",
  UpdateHostKeys: "no",
  NumberOfPasswordPrompts: "0",
  ClearAllForwardings: "yes",
  ForwardAgent: "no",
  ForwardX11: "no",
  RequestTTY: "no",
  RemoteCommand: "none",
  ControlMaster: "yes",
  ControlPersist: "no",
  PermitLocalCommand: "yes",
  LocalCommand: `echo ${readyMark}`,
  LogLevel: "INFO",
  ServerAliveInterval: "15",
  ServerAliveCountMax: "4",
};

/** Arguments of the `ssh` that logs in and waits for sessions at a socket in the folder. @throws HostError */
export function printLogin(uri: HostUri, folder: string): string[] {
  const { hostName = "", user = null, port = null } = uri.ssh ?? {};
  const keyFile = uri.keyFile ?? (process.env.PULUMI_VIRSH_KEY_FILE || null);
  const knownHosts = uri.knownHosts ?? (process.env.PULUMI_VIRSH_KNOWN_HOSTS || null);
  const options: Record<string, string> = { ...always };
  if (knownHosts !== null) {
    options.UserKnownHostsFile = `"${escapePath(knownHosts, uri)}"`;
    options.GlobalKnownHostsFile = "/dev/null";
  }
  if (uri.logins?.includes("agent") === false) options.IdentityAgent = "none";
  if (uri.logins?.includes("privkey") === false) options.IdentityFile = "none";
  return [
    ...["-N", "-S", escapePath(join(folder, socketName), uri)],
    ...Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
    ...(keyFile === null || uri.logins?.includes("privkey") === false
      ? []
      : ["-i", escapePath(keyFile, uri)]),
    ...(user === null ? [] : ["-l", user]),
    ...(port === null ? [] : ["-p", String(port)]),
    hostName,
  ];
}

/**
 * Arguments of the `ssh` for a session. If the connection is gone, ssh would connect by itself: the failing proxy
 * command prevents that.
 */
export function printSession(folder: string, command: string): string[] {
  const socket = join(folder, socketName).replaceAll("%", "%%");
  return [
    "-F",
    "none",
    "-T",
    "-S",
    socket,
    "-o",
    "ProxyCommand=false",
    "-o",
    "LogLevel=ERROR",
    "host",
    command,
  ];
}

/** Escapes a path for ssh, which interprets `%` and `${…}`. @throws HostError for a path that can't be escaped */
function escapePath(path: string, uri: HostUri): string {
  if (!/["\n]|\$\{/.test(path)) return path.replaceAll("%", "%%");
  throw new HostError("the path of a key or of known hosts can't be given to ssh", uri.canonical, {
    code: "settingUnusable",
    remedy: 'nothing was done; choose a path without quotes, line breaks and "${"',
  });
}
