import type { Login } from "./uriParameters.ts";
import { readLogins, readParameters } from "./uriParameters.ts";

/** A libvirt URI, taken apart. */
export interface HostUri {
  /** Null: this machine, without SSH. */
  readonly ssh: {
    readonly hostName: string;
    readonly user: string | null;
    readonly port: number | null;
  } | null;
  /** What `virsh -c` gets on the host itself. */
  readonly virshUri: string;
  /** Identity without credentials: part of resource ids and messages. */
  readonly canonical: string;
  /** Path of a private key on this machine. */
  readonly keyFile: string | null;
  /** Path of the known hosts on this machine. */
  readonly knownHosts: string | null;
  /** The ssh of this machine that connects; null: what PULUMI_VIRSH_SSH says. */
  readonly command: string | null;
  /** Which keys may log in, in this order; null: all of them, in our order. */
  readonly logins: readonly Login[] | null;
}

/** As OpenSSH 9.6 has it (`valid_ruser`), and no blank: names like `user@realm` and `host$` are there. */
const userName = /^(?!-)[^\s\p{C}'`";&<>|(){}:/]+$/u;

type Parsed = HostUri | { readonly failure: string };

/** Every resource asks for its host's several times. */
const parsed = new Map<string, Parsed>();

/** Reads a URI, or says what is wrong with it and what to write. */
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
  // The daemons of both modes have the same guests, so that the mode is no part of the identity.
  const virshUri = `${driver}://${place}${mode === undefined ? "" : `${socket === undefined ? "?" : "&"}mode=${mode}`}`;
  const at = `${name === null ? "" : `${encodeURIComponent(name)}@`}${hostName}${port && port !== "22" ? `:${port}` : ""}`;
  return {
    ssh:
      transport === "ssh"
        ? { hostName: hostName.replace(/^\[|\]$/g, ""), user: name, port: port ? Number(port) : null }
        : null,
    virshUri,
    canonical: transport === "ssh" ? `${driver}+ssh://${at}${place}` : `${driver}://${place}`,
    keyFile: settings.get("keyfile") ?? null,
    knownHosts: settings.get("known_hosts") ?? null,
    command: settings.get("command") ?? null,
    logins: settings.has("sshauth") ? readLogins(settings.get("sshauth") ?? "") : null,
  };
}

/** Text with its `%40`s read; empty where they make no characters. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** A JSON list as `pulumi config set --path` writes it, or words. @throws SyntaxError for a list that is no JSON */
export function parseHostList(text: string): string[] {
  const words = /^\s*\[/.test(text) ? (JSON.parse(text) as unknown[]).map(String) : text.split(/\s+/);
  return words.filter((uri) => uri !== "");
}
