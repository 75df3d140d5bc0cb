/**
 * The parameters of libvirt's remote URIs (`?name=value`), as of libvirt 9.0.0, and what this provider does with
 * each.
 * @see https://libvirt.org/uri.html#ssh-transport
 */

/** A way to log in that `sshauth=` may name. */
export type Login = "agent" | "privkey";

export interface UriParameter {
  /** What the parameter does here, or why it is refused. */
  readonly meaning: string;
  /** Returns why a value can't be used, or `null` when it can. Omitted when the parameter is always refused. */
  readonly refuse?: (value: string) => string | null;
}

const keysChecked = "host keys are always checked: leave it out and add the key to known_hosts";
const noPassword = "no password is ever asked for or stored: put a key into the SSH agent, or name its file";

const oneOf =
  (...values: readonly string[]) =>
  (value: string) =>
    values.includes(value) ? null : `it must be one of ${values.join(", ")}`;

const absolutePath = (value: string) =>
  /^\/[A-Za-z0-9/._-]+$/.test(value)
    ? null
    : "it must be an absolute path of letters, digits and the characters / . _ -";

const given = (value: string) => (value === "" ? "it must name a file" : null);

/** The parameters by name in lower case: libvirt ignores the case of the names. */
export const uriParameters: ReadonlyMap<string, UriParameter> = new Map([
  ["keyfile", { meaning: "Path of a private key on this machine.", refuse: given }],
  ["known_hosts", { meaning: "Path of a file of known host keys on this machine.", refuse: given }],
  [
    "command",
    {
      meaning:
        "Name or path of the `ssh` on this machine that connects, instead of ssh2: for certificates, security keys, Kerberos.",
      refuse: (value) =>
        /^(\/[A-Za-z0-9/._-]+|[A-Za-z0-9_][A-Za-z0-9._-]*)$/.test(value)
          ? null
          : "it must be the name or the absolute path of a program",
    },
  ],
  [
    "known_hosts_verify",
    {
      meaning: "`normal` alone: host keys are always checked.",
      refuse: (value) => (value === "normal" ? null : keysChecked),
    },
  ],
  [
    "no_verify",
    {
      meaning: "`0` alone: host keys are always checked.",
      refuse: (value) => (value === "0" ? null : keysChecked),
    },
  ],
  ["no_tty", { meaning: "Makes no difference: nothing is ever asked on a terminal.", refuse: () => null }],
  [
    "sshauth",
    {
      meaning:
        "Which keys may log in, in this order: `agent` for those of the SSH agent, `privkey` for key files. Others of libvirt's methods are left out of the list, and refused where they are all of it: no password is ever asked for.",
      refuse: (value) => (readLogins(value).length > 0 ? null : noPassword),
    },
  ],
  [
    "mode",
    {
      meaning:
        "Which of libvirt's daemons `virsh` asks on the host: `auto`, `legacy` for libvirtd, `direct` for virtqemud.",
      refuse: oneOf("auto", "legacy", "direct"),
    },
  ],
  ["socket", { meaning: "Path of libvirt's socket on the host.", refuse: absolutePath }],
  ["netcat", { meaning: "virsh runs on the host itself, so nothing is forwarded to its socket" }],
  ["proxy", { meaning: "virsh runs on the host itself, so nothing is forwarded to its socket" }],
  ["name", { meaning: "write the path that the host's libvirt gets in the URI itself, as in /system" }],
  ["authfile", { meaning: "it holds passwords for libvirt's own logins; SSH logs in with keys" }],
  ["pkipath", { meaning: "it is for TLS; connections are made by SSH" }],
  ["tls_priority", { meaning: "it is for TLS; connections are made by SSH" }],
]);

const usable = [...uriParameters].flatMap(([name, { refuse }]) => (refuse ? [name] : []));

/** Returns the values by name in lower case, or what is wrong with one of them. */
export function readParameters(query: string): ReadonlyMap<string, string> | { readonly failure: string } {
  const values = new Map<string, string>();
  // In a URI, unlike in a form, a plus is a plus.
  for (const [written, value] of new URLSearchParams(query.replaceAll("+", "%2B"))) {
    const name = written.toLowerCase();
    const known = uriParameters.get(name);
    if (!known?.refuse)
      return {
        failure: `has the parameter "${written}"; known ones: ${usable.join(", ")}${known ? `. It is refused: ${known.meaning}` : ""}`,
      };
    const reason = known.refuse(value);
    if (reason !== null) return { failure: `has the ${name} "${value}"; ${reason}` };
    if (values.has(name)) return { failure: `has the parameter "${name}" twice; write it once` };
    values.set(name, value);
  }
  return values;
}

/** Returns the login methods of the list that this provider supports, in the same order. */
export function readLogins(list: string): Login[] {
  const known: readonly Login[] = ["agent", "privkey"];
  return list.split(",").flatMap((word) => known.filter((each) => each === word.trim()));
}
