import type { Login } from "./uriParameters.ts";
import { readLogins, readParameters } from "./uriParameters.ts";

/** A libvirt URI, taken apart. */
export interface HostUri {
  /** `null` for this machine, which needs no SSH. */
  readonly ssh: {
    readonly hostName: string;
    readonly user: string | null;
    readonly port: number | null;
  } | null;
  /** The URI for `virsh -c` on the host itself. */
  readonly virshUri: string;
  /** The same without the mode: the daemons of both modes serve the same guests. */
  readonly daemon: string;
  /** Identity of the host, without credentials. Part of resource ids and messages. */
  readonly canonical: string;
  /** Path of a private key on this machine. */
  readonly keyFile: string | null;
  /** Path of the known_hosts file on this machine. */
  readonly knownHosts: string | null;
  /** The local ssh program that connects; `null` when PULUMI_VIRSH_SSH decides. */
  readonly command: string | null;
  /** Which keys may log in, in this order; `null` for all of them, in the default order. */
  readonly logins: readonly Login[] | null;
}

/** OpenSSH 9.6's rule (`valid_ruser`), plus no blanks. It allows names like `user@realm` and `host$`. */
const userName = /^(?!-)[^\s\p{C}'`";&<>|(){}:/]+$/u;

type Parsed = HostUri | { readonly failure: string };

/** Cache: every resource parses the URI of its host several times. */
const parsed = new Map<string, Parsed>();

/** Parses a URI, or says what is wrong with it and what to write instead. */
export function parseHostUri(text: string): Parsed {
  const found = parsed.get(text) ?? parseUri(text);
  parsed.set(text, found);
  return found;
}

function parseUri(text: string): Parsed {
  const example = 'write it as "qemu+ssh://root@hv1/system", "qemu:///system" or "qemu:///session"';
  const match =
    /^(qemu|test)(?:\+([a-z0-9]+))?:\/\/(?:([^/?#@]*)@)?(\[[0-9a-fA-F:.]+\]|[^/?#:@]*)(?::(\d+))?(\/[^?#]*)(?:\?([^#]*))?$/.exec(
      text,
    );
  if (!match) return { failure: `is not a libvirt URI that can be used here; ${example}` };
  const [, driver = "", transport, user, hostName = "", port, path = "", query = ""] = match;
  if (!/^\/[A-Za-z0-9/._-]+$/.test(path)) return { failure: `has the path "${path}"; ${example}` };
  if (transport !== undefined && transport !== "ssh") {
    return { failure: `has the transport "${transport}"; only SSH and local URIs are used: ${example}` };
  }
  if ((transport === "ssh") !== (hostName !== ""))
    return { failure: `must name a host exactly with +ssh; ${example}` };
  if (user?.includes(":"))
    return { failure: "holds a password; use a key or the SSH agent, and leave it out" };
  const name = user ? decode(user) : null;
  if (/^-|[^A-Za-z0-9._:[\]-]/.test(hostName) || (name !== null && !userName.test(name))) {
    return { failure: `has characters in host or user that no name has; ${example}` };
  }
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65535))
    return { failure: `has the port ${port}; it must be from 1 to 65535` };
  const settings = readParameters(query);
  if ("failure" in settings) return settings;
  const socket = settings.get("socket");
  const mode = settings.get("mode");
  const place = `${path}${socket === undefined ? "" : `?socket=${socket}`}`;
  const daemon = `${driver}://${place}`;
  const virshUri = mode === undefined ? daemon : `${daemon}${socket === undefined ? "?" : "&"}mode=${mode}`;
  const at = `${name === null ? "" : `${encodeURIComponent(name)}@`}${hostName}${port && port !== "22" ? `:${port}` : ""}`;
  return {
    ssh:
      transport === "ssh"
        ? { hostName: hostName.replace(/^\[|\]$/g, ""), user: name, port: port ? Number(port) : null }
        : null,
    virshUri,
    daemon,
    canonical: transport === "ssh" ? `${driver}+ssh://${at}${place}` : daemon,
    keyFile: settings.get("keyfile") ?? null,
    knownHosts: settings.get("known_hosts") ?? null,
    command: settings.get("command") ?? null,
    logins: settings.has("sshauth") ? readLogins(settings.get("sshauth") ?? "") : null,
  };
}

/** Decodes `%40` and the like; returns an empty text when they do not form characters. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** Parses a JSON list, as `pulumi config set --path` writes it, or words. @throws SyntaxError for invalid JSON */
export function parseHostList(text: string): string[] {
  const words = /^\s*\[/.test(text) ? (JSON.parse(text) as unknown[]).map(String) : text.split(/\s+/);
  return words.filter((uri) => uri !== "");
}
