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
}

/** What `virsh -c` accepts of them and makes sense here; `no_tty` always holds. */
const parameters = ["keyfile", "known_hosts", "known_hosts_verify", "socket", "no_tty"];

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
  if (/^-|[^A-Za-z0-9._:[\]-]/.test(hostName) || /^-|[^A-Za-z0-9._-]/.test(user ?? "")) {
    return { failure: `has characters in host or user that no name has; ${example}` };
  }
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65535))
    return { failure: `has the port ${port}; it must be from 1 to 65535` };
  // In a URI, unlike in a form, a plus is a plus.
  const settings = new URLSearchParams(query.replaceAll("+", "%2B"));
  for (const name of settings.keys()) {
    if (name === "no_verify" || (name === "known_hosts_verify" && settings.get(name) !== "normal"))
      return {
        failure: `has ${name}; host keys are always checked: leave it out and add the key to known_hosts`,
      };
    if (!parameters.includes(name))
      return { failure: `has the parameter "${name}"; known ones: ${parameters.join(", ")}` };
  }
  const socket = settings.get("socket");
  if (socket !== null && !/^\/[A-Za-z0-9/._-]+$/.test(socket))
    return { failure: `has the socket "${socket}"; it must be an absolute path of letters, digits and /._-` };
  const place = `${path}${socket === null ? "" : `?socket=${socket}`}`;
  const virshUri = `${driver}://${place}`;
  const at = `${user ? `${user}@` : ""}${hostName}${port && port !== "22" ? `:${port}` : ""}`;
  return {
    ssh:
      transport === "ssh"
        ? { hostName: hostName.replace(/^\[|\]$/g, ""), user: user ?? null, port: port ? Number(port) : null }
        : null,
    virshUri,
    canonical: transport === "ssh" ? `${driver}+ssh://${at}${place}` : virshUri,
    keyFile: settings.get("keyfile"),
    knownHosts: settings.get("known_hosts"),
  };
}

/** A JSON list as `pulumi config set --path` writes it, or words. @throws SyntaxError for a list that is no JSON */
export function parseHostList(text: string): string[] {
  const words = /^\s*\[/.test(text) ? (JSON.parse(text) as unknown[]).map(String) : text.split(/\s+/);
  return words.filter((uri) => uri !== "");
}
