import type { Readable } from "node:stream";

/**
 * A host as all other layers see it: it runs argv arrays there, many in one round trip. SSH (ssh/connection.ts) and
 * local processes (local.ts) implement it.
 */
export interface Connection {
  /** Canonical URI without credentials. Used in messages and resource ids. */
  readonly host: string;
  /** The URI for `virsh -c` on the host itself, e.g. `qemu:///system`. */
  readonly virshUri: string;
  /**
   * Runs the commands one after another, in one round trip. Stops at the first that exits non-zero unless
   * `keepGoing`; the result has an entry for each command that was started. A command that exits non-zero is a
   * result, not an error. Commands are sent at most once.
   * @throws HostError when the host can't be reached, the connection breaks or the time limit passes. Its code says
   * whether nothing was done (unreachable, authenticationRefused, sessionRefused …) or whether the effect of the
   * running command is unknown (connectionLost, timedOut, interrupted, outputTooLong). It never means that a domain
   * is gone.
   */
  run(commands: readonly Command[], options?: RunOptions): Promise<readonly CommandResult[]>;
  /**
   * Counts the sessions that the server opens at once, up to `most`. Omitted for a host without sessions.
   * @throws HostError
   */
  countSessions?(most: number): Promise<number>;
  close(): Promise<void>;
}

export interface Command {
  readonly argv: readonly string[];
  /** Text on standard input. Default: empty. */
  readonly stdin?: string;
  /**
   * Bytes on standard input, sent as the host takes them. Only the one command of a run may have it. When the connection
   * breaks, the command sees the end of its input, so it must know how many bytes to expect.
   */
  readonly input?: Readable;
  /** Seconds that the command may take on the host. Default: 60, or PULUMI_VIRSH_COMMAND_SECONDS. */
  readonly timeoutSeconds?: number;
  /** Raises the output limit by `bytes` for each occurrence of the text `each` in the output. Default: no extra bytes. */
  readonly allowance?: { readonly each: string; readonly bytes: number };
}

export interface RunOptions {
  /** The commands change nothing and contain no secret, so they may run twice and appear in the host's process list. */
  readonly isRead?: boolean;
  readonly keepGoing?: boolean;
  readonly signal?: AbortSignal;
  /** Gets the standard output, with the script's frames, piece by piece while the commands run. */
  readonly onOutput?: (data: Buffer) => void;
}

export interface CommandResult {
  readonly argv: readonly string[];
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}
