import type { HostErrorCode } from "../../errors.ts";
import { HostError } from "../../errors.ts";
import { printsMore } from "../connection/bounded.ts";
import type { CommandResult } from "../connection/connection.ts";

/** libvirt prints the first text for copies and commits, the second for backups; QEMU prints the third (9.0.0). */
const blockJob = /block copy still active|already in active block job|in use by block job/;

/** Target of the disk that a block job holds, from libvirt's error; null when the error is about something else. */
export function diskInBlockJob(stderr: string): string | null {
  return blockJob.test(stderr) ? (/disk '([^']+)'/.exec(stderr)?.[1] ?? "") : null;
}

/** Whether libvirt says that a definition is invalid by its schema; other errors have other causes (9.0.0). */
export function refusedBySchema(stderr: string): boolean {
  return /failed to validate against schema/.test(stderr);
}

interface Row {
  readonly pattern: RegExp;
  readonly code: HostErrorCode;
  /** The present state, and what the user can do. */
  readonly remedy: string;
}

/**
 * Error texts of libvirt, virsh and the shell that tell the cause; the first matching row is used. No other file knows
 * these texts (libvirt 9.0.0, LC_ALL=C). "failed to get domain" is not here, because it proves nothing: virsh prints it
 * both for a domain that is gone and for a connection that broke during the look-up.
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
  {
    pattern: /wrong fs type, bad option, bad superblock|unknown filesystem type/,
    code: "commandFailed",
    remedy:
      "nothing was formatted. Declare the format of the file system that is there; if there is none, make it yourself (mkfs); a file server needs its mount helper on the host (nfs-common, cifs-utils)",
  },
  {
    pattern: /Storage source conflict with pool: '/,
    code: "commandFailed",
    remedy:
      "nothing has changed; that pool has this path or source already: declare that pool, or another path or source",
  },
  {
    pattern: /special device \S+ does not exist/,
    code: "commandFailed",
    remedy: "nothing was formatted; name a block device of the host in source.devices",
  },
];

/** Whether another client has started the pool (9.0.0 to 12.8.0). */
export const saysPoolIsActive = (stderr: string) => /storage pool '.*' is already active/.test(stderr);

/** Whether libvirt says that the host has no such pool, or the pool no such volume (9.0.0 to 12.8.0). */
export function saysNoSuchStorage(stderr: string, object: "storagePool" | "volume"): boolean {
  const word = object === "volume" ? "vol" : "pool";
  return new RegExp(`no storage ${word} with matching (?:name|path)`).test(stderr);
}

/** Whether libvirt found a file of a new volume's name in the pool's folder (9.0.0 to 12.8.0). */
export function saysVolumeExists(stderr: string): boolean {
  return /storage volume '.*' exists already|volume target path '.*' already exists/.test(stderr);
}

/** Why curl did not fetch a file: its exit code and message (7.88). */
export function whyNotFetched(exitCode: number, stderr: string): string {
  if (/curl: (?:command )?not found/.test(stderr))
    return "the host has no curl: install it there (Debian: apt-get install curl)";
  const [said = `curl ended with ${exitCode}`] = stderr
    .split("\n")
    .filter((line) => /^curl: \(\d+\)/.test(line));
  return said;
}

/** Why a file was not written. Programs before dd in a pipeline complain too, once nobody reads what they print. */
export function whyNotWritten(stderr: string): string {
  return /^(?:dd|mkdir): .*$/m.exec(stderr)?.[0] ?? stderr.trim();
}

/** Whether virsh lost libvirtd. virsh may reconnect and succeed, but then its answer is incomplete. */
export function saysConnectionLost(stderr: string): boolean {
  return rows.some(({ code, pattern }) => code === "connectionLost" && pattern.test(stderr));
}

/** The error for a command that succeeded although its output does not answer the question. */
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

/** The first error of several commands, or "". Ignores unsupported features, such as checkpoints in `test:///`. */
export function firstFailure(stderr: string): string {
  const failures = stderr.split("\n").filter((line) => line.startsWith("error:"));
  return failures.find((line) => !/not supported by the connection driver/.test(line)) ?? "";
}

/** Exit codes of `timeout`, one for each of the two signals that it sends. */
const timedOut: readonly number[] = [124, 137];

/**
 * The error for a command that failed, with the cause and remedy from the table above.
 * @param remedy Used when no row of the table matches. Default: none.
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
