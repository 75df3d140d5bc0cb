import type { HostErrorCode } from "../../errors.ts";
import { HostError } from "../../errors.ts";
import { remedies } from "../connection/remedies.ts";
import type { SshSettings } from "./settings.ts";
import { printSshCommand } from "./settings.ts";

/** An error of ssh2 or Node about a connection that failed. */
export type Failure = Error & { readonly level?: string; readonly code?: string };

interface Row {
  readonly pattern: RegExp;
  readonly code: HostErrorCode;
  readonly remedy: string;
}

/** Known failures. The first row that matches the code or the message counts. */
const rows: readonly Row[] = [
  {
    pattern: /ENOTFOUND/,
    code: "unreachable",
    remedy: remedies.unknownName,
  },
  { pattern: /EAI_AGAIN/, code: "unreachable", remedy: "its name can't be looked up now: check DNS" },
  {
    pattern: /ECONNREFUSED/,
    code: "unreachable",
    remedy: remedies.nobodyListens,
  },
  {
    pattern: /EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL/,
    code: "unreachable",
    remedy: remedies.noRoute,
  },
  {
    pattern: /ETIMEDOUT|client-timeout|no answer/,
    code: "timedOut",
    remedy: remedies.noAnswer,
  },
  {
    pattern: /no matching/,
    code: "unreachable",
    remedy: remedies.noAlgorithm,
  },
  {
    pattern: /before handshake|ECONNRESET|EPIPE|Not allowed at this time|hung up/,
    code: "unreachable",
    remedy: remedies.hangsUp,
  },
];

/** Whether the server was busy: at too many logins at once (MaxStartups) it hangs up before its greeting. */
export function isBusy(error: unknown): boolean {
  const cause = error instanceof HostError && error.cause instanceof Error ? error.cause.message : "";
  return /before handshake|ECONNRESET|Not allowed at this time/.test(cause);
}

export function connectError(
  cause: Failure,
  host: string,
  settings: SshSettings,
  tried: readonly string[],
): HostError {
  const { hostName, port, user } = settings;
  const argv = printSshCommand(settings);
  if (cause.level === "client-authentication") {
    const list = tried.length > 0 ? tried.join(", ") : "nothing: there is no agent and no key file";
    return new HostError(`the server refused ${user}; tried ${list}`, host, {
      code: "authenticationRefused",
      argv,
      cause,
      remedy:
        "put a key into the SSH agent, or name its file with ?keyfile= or IdentityFile in ~/.ssh/config; the server must have it in authorized_keys",
    });
  }
  const said = `${cause.code ?? ""} ${cause.level ?? ""} ${cause.message}`;
  const row = rows.find(({ pattern }) => pattern.test(said));
  return new HostError(`can't connect to ${hostName} port ${port}`, host, {
    code: row?.code ?? "unreachable",
    argv,
    stderr: cause.message || (cause.code ?? ""),
    cause,
    ...(row ? { remedy: row.remedy } : {}),
  });
}

/** The error for a jump host that answered but could not connect to the next host. */
export function forwardError(cause: Error, host: string, through: SshSettings, to: SshSettings): HostError {
  const what = `the jump host ${through.hostName} can't reach ${to.hostName} port ${to.port}`;
  const isSlow = /no answer/.test(cause.message);
  return new HostError(what, host, {
    code: isSlow ? "timedOut" : "unreachable",
    argv: printSshCommand(to),
    stderr: cause.message,
    cause,
    remedy: "is it up, seen from there, and does the jump host's sshd allow TCP forwarding?",
  });
}
