/**
 * What everything above sees of a host: a way to run argv arrays there, many in one round trip.
 * SSH (ssh.ts) and local processes (local.ts) are its two implementations.
 */
export interface Connection {
  /** Canonical URI without credentials, for messages and as part of resource ids. */
  readonly host: string;
  /** The URI that `virsh -c` gets on the host itself, e.g. `qemu:///system`. */
  readonly virshUri: string;
  /**
   * Runs the commands one after another, in one round trip. Stops at the first that exits non-zero unless
   * `keepGoing`; the result has an entry for each command that was started.
   * A command that exits non-zero is a result, not an error; the commands are sent once at most.
   * @throws HostError when the host can't be reached, the connection breaks or the time limit passes: its code tells
   * whether nothing was done (unreachable, authenticationRefused, sessionRefused …) or whether what the running
   * command did is unknown (connectionLost, timedOut, interrupted, outputTooLong). Never a sign that something is gone.
   */
  run(commands: readonly Command[], options?: RunOptions): Promise<readonly CommandResult[]>;
  /** How many sessions the server opens side by side, `most` at most; absent: there are none. @throws HostError */
  countSessions?(most: number): Promise<number>;
  close(): Promise<void>;
}

export interface Command {
  readonly argv: readonly string[];
  /** Text on standard input; absent: empty input. */
  readonly stdin?: string;
  /** Seconds the command may take on the host; absent: 60. */
  readonly timeoutSeconds?: number;
  /** How many more bytes it may print for each of these texts in its output. Absent: none beyond what any command may. */
  readonly allowance?: { readonly each: string; readonly bytes: number };
}

export interface RunOptions {
  /** The commands change nothing and have no secret in them: they may run again, and show in the host's process list. */
  readonly isRead?: boolean;
  readonly keepGoing?: boolean;
  readonly signal?: AbortSignal;
}

export interface CommandResult {
  readonly argv: readonly string[];
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}
