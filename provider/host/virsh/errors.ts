import type { HostErrorCode } from "../../errors.ts";
import { HostError } from "../../errors.ts";
import { printsMore } from "../connection/bounded.ts";
import type { CommandResult } from "../connection/connection.ts";

/** libvirt says the first of copies and commits, the second of backups, and QEMU the third (9.0.0). */
const blockJob = /block copy still active|already in active block job|in use by block job/;

/** Target of the disk that a block job holds, as libvirt named it; null: the error is about something else. */
export function diskInBlockJob(stderr: string): string | null {
  return blockJob.test(stderr) ? (/disk '([^']+)'/.exec(stderr)?.[1] ?? "") : null;
}

/** Whether a definition is not in the schema; all other words are about something else (9.0.0). */
export function refusedBySchema(stderr: string): boolean {
  return /failed to validate against schema/.test(stderr);
}

interface Row {
  readonly pattern: RegExp;
  readonly code: HostErrorCode;
  /** What is true now, and what to do. */
  readonly remedy: string;
}

/**
 * Words of libvirt, virsh and the shell that say more than "no": the first row that fits counts. The only place
 * that knows them (libvirt 9.0.0, LC_ALL=C). "failed to get domain" is not here: virsh says it of a domain that
 * is gone and of a connection that broke during the look-up alike, so it proves nothing.
 */
const rows: readonly Row[] = [
  {
    pattern: /\bvirsh: (?:command )?not found|failed to run command .?virsh|virsh: No such file/,
    code: "virshMissing",
    remedy:
      "nothing was done; install virsh there (Debian: apt-get install libvirt-clients), on the PATH of this login",
  },
  {
    pattern: /\b(?:timeout|sed|sh|head|awk): (?:command )?not found/,
    code: "shellUnusable",
    remedy: "nothing was done; the PATH of this login needs sh, sed, awk, head, timeout and virsh",
  },
  {
    pattern:
      /Failed to connect socket to .*: Permission denied|authentication (?:unavailable|failed)|access denied|polkit|Unable to get system bus connection|operation forbidden|read only access/i,
    code: "libvirtDenied",
    remedy:
      "libvirtd does not accept this user; add it to the group libvirt there (usermod -aG libvirt USER), or connect as root",
  },
  {
    pattern: /Failed to connect socket|unable to connect to server|Failed to create user runtime directory/,
    code: "libvirtDown",
    remedy: "nothing is known of its guests; start libvirtd there: systemctl start libvirtd (or virtqemud)",
  },
  {
    pattern:
      /End of file while reading data|Cannot (?:recv|write) data: |client socket is closed|Disconnected from|keepalive/i,
    code: "connectionLost",
    remedy: "libvirtd went away; what the command did is unknown, and is read again next time",
  },
  {
    pattern: /unexpected \S+ URI path|no connection driver available/,
    code: "settingUnusable",
    remedy: 'nothing was done; end the host URI with "/system" or "/session"',
  },
  {
    pattern: blockJob,
    code: "domainBusy",
    remedy:
      "a block job (copy, commit or backup) holds a disk: see it with virsh blockjob DOMAIN DISK, then wait for its end or end it",
  },
  {
    pattern: /cannot acquire state change lock|job .* (?:is active|already)/i,
    code: "domainBusy",
    remedy:
      "the domain is as it was; another job holds it: run it again when that has ended (virsh domjobinfo)",
  },
  {
    pattern: new RegExp(printsMore),
    code: "outputTooLong",
    remedy:
      "no more was read of it; see what virsh is on the PATH of this login, and how many domains it has",
  },
  {
    pattern: /No space left on device|Disk quota exceeded|Cannot allocate memory/,
    code: "hostFull",
    remedy: "free disk space or memory on the host, then run it again",
  },
];

/** Whether libvirtd went away while virsh asked it, which virsh may survive by connecting again: an answer lacks something then. */
export function saysConnectionLost(stderr: string): boolean {
  return rows.some(({ code, pattern }) => code === "connectionLost" && pattern.test(stderr));
}

/** The error of a command that ended well although its output is no answer to what was asked. */
export function answerError(
  what: string,
  host: string,
  { argv, stderr }: Pick<CommandResult, "argv" | "stderr">,
  gap: string,
): HostError {
  return new HostError(`${what}: the answer has ${gap}`, host, {
    code: "answerUnusable",
    argv,
    stderr,
    remedy:
      "such an answer proves nothing, so nothing is taken for gone and nothing has changed; run the command there by hand, see what virsh is on the PATH of this login, then run this again",
  });
}

/** The first error of several commands, but for drivers that have no such thing, as `test:///` has no checkpoints; or "". */
export function firstFailure(stderr: string): string {
  const failures = stderr.split("\n").filter((line) => line.startsWith("error:"));
  return failures.find((line) => !/not supported by the connection driver/.test(line)) ?? "";
}

/** Exit codes of `timeout`, by the two signals that it sends. */
const timedOut: readonly number[] = [124, 137];

/**
 * The error of a command that ended with a status other than 0, with what its words mean.
 * `remedy` stands where they mean nothing more; absent: none.
 */
export function commandError(
  what: string,
  host: string,
  result: Pick<CommandResult, "argv" | "exitCode" | "stderr">,
  remedy?: string,
): HostError {
  const { argv, exitCode, stderr } = result;
  const row = rows.find(({ pattern }) => pattern.test(stderr));
  const details = { argv, stderr };
  if (row) return new HostError(what, host, { ...details, code: row.code, remedy: row.remedy });
  if (timedOut.includes(exitCode)) {
    return new HostError(`${what}: no answer within its time limit`, host, {
      ...details,
      code: "timedOut",
      remedy:
        "what the command did is unknown; libvirtd there hangs or is very slow: try virsh list there, see journalctl -u libvirtd",
    });
  }
  return new HostError(what, host, remedy === undefined ? details : { ...details, remedy });
}
