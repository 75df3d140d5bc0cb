import type { HostErrorCode } from "../../errors.ts";
import { HostError } from "../../errors.ts";
import { remedies } from "../connection/remedies.ts";

interface Row {
  readonly pattern: RegExp;
  readonly code: HostErrorCode;
  readonly what?: string;
  readonly remedy: string;
}

const known = "compare its fingerprint, and add the key to known_hosts by ssh-keyscan";

/** Messages of ssh (OpenSSH 9.2) about failed connections. The first row that matches counts. */
const rows: readonly Row[] = [
  {
    pattern: /^(.*: )?exec: .*(not found|ermission denied)/m,
    code: "settingUnusable",
    remedy: "nothing was done; install OpenSSH's client, or name it in ?command= of the URI",
  },
  {
    pattern: /REVOKED HOST KEY|is revoked/,
    code: "hostKeyRevoked",
    what: "the host key is revoked: not connected",
    remedy: "nothing was sent to it; the server must get a new host key",
  },
  {
    pattern: /IDENTIFICATION HAS CHANGED/,
    code: "hostKeyChanged",
    remedy:
      "somebody may be in between; if the key was changed on purpose, remove the old one by ssh-keygen -R and add the new one",
  },
  {
    pattern: /host key is known for|Host key verification failed/,
    code: "hostKeyUnknown",
    what: "the host key is not in any known_hosts file: not connected",
    remedy: known,
  },
  {
    pattern: /Permission denied|Too many authentication failures/,
    code: "authenticationRefused",
    remedy:
      "put a key into the SSH agent, or name its file with ?keyfile= or IdentityFile in ~/.ssh/config; ssh asks for no passphrase here",
  },
  {
    pattern:
      /Bad owner or permissions|[Bb]ad configuration option|terminating, \d+ bad|ControlPath|too long for Unix/,
    code: "sshConfigUnusable",
    remedy: "nothing was done; correct ~/.ssh/config",
  },
  {
    pattern: /Could not resolve hostname/,
    code: "unreachable",
    remedy: remedies.unknownName,
  },
  {
    pattern: /Connection refused/,
    code: "unreachable",
    remedy: remedies.nobodyListens,
  },
  {
    pattern: /No route to host|Network is unreachable|Can't assign requested address/,
    code: "unreachable",
    remedy: remedies.noRoute,
  },
  {
    pattern: /timed out|no answer within/,
    code: "timedOut",
    remedy: remedies.noAnswer,
  },
  {
    pattern: /no matching/,
    code: "unreachable",
    remedy: remedies.noAlgorithm,
  },
  {
    pattern: /kex_exchange_identification|reset by peer|closed by remote host|Not allowed at this time/,
    code: "unreachable",
    remedy: remedies.hangsUp,
  },
];

/** Whether the server was busy: at too many logins at once (MaxStartups) it hangs up before its greeting. */
export function isBusy(said: string): boolean {
  return /kex_exchange_identification|Not allowed at this time/.test(said);
}

/** Describes a changed host key: which key the server offered, and where known_hosts has the other one. */
function changedKey(said: string): string {
  const print = /SHA256:[\w+/=]+/.exec(said)?.[0] ?? "another one";
  const [, file, line] = /^Offending .* key in (.*):(\d+)\s*$/m.exec(said) ?? [];
  return `the host key is ${print}, not the one in ${file ? `line ${line} of ${file}` : "known_hosts"}: not connected`;
}

export function loginError(said: string, host: string, argv: readonly string[]): HostError {
  const row = rows.find(({ pattern }) => pattern.test(said));
  const user = /^(.*): Permission denied/m.exec(said)?.[1]?.replace(/@[^@]*$/, "") ?? "the login";
  // ssh prints why it skipped a key before its last line.
  const skipped = said.split("\n").filter((line) => /^Load key|certificate|sign_and_send_pubkey/.test(line));
  const refused = `the server refused ${user}; tried ssh's own keys${skipped.length > 0 ? ` (${skipped.join("; ").trim()})` : ""}`;
  const own = row?.code === "hostKeyChanged" ? changedKey(said) : row?.what;
  const what = row?.code === "authenticationRefused" ? refused : own;
  return new HostError(what ?? "ssh can't connect", host, {
    code: row?.code ?? "unreachable",
    argv,
    stderr: said,
    cause: new Error(said),
    ...(row ? { remedy: row.remedy } : {}),
  });
}
