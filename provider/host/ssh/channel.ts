import { randomBytes } from "node:crypto";
import type { Duplex, Readable } from "node:stream";
import { HostError } from "../../errors.ts";
import type { Output } from "../connection/output.ts";

/** Sessions whose command has ended by itself. */
const exited = new WeakSet<SessionChannel>();

/** A session: input and output of a command there. Emits "exit" when the command ended by itself. */
export interface SessionChannel extends Duplex {
  readonly stderr: Readable;
  close(): void;
}

/** What ssh2 and the system's ssh (systemSsh/) have in common. */
export interface SshClient {
  /** An error of the server that has no room for one more session says "Channel open failure". */
  exec(command: string, done: (error: Error | undefined, channel: SessionChannel) => void): unknown;
  end(): unknown;
  destroy(): unknown;
  on(event: "close", listener: () => void): unknown;
}

/** A connection that is open. */
export interface Open {
  readonly client: SshClient;
  /** For one more session. */
  readonly limitMs: number;
  /** The same connection by hand, for messages. */
  readonly byHand: readonly string[];
}

/** How a session ended. */
export type End = "exit" | "closed" | "timeout" | "aborted" | "flooded";

export interface Said {
  readonly stdout: string;
  readonly stderr: string;
  readonly end: End;
}

/** What a login's start-up file may read of the input before the script begins: it gets these lines. */
const padding = `${" ".repeat(63)}\n`.repeat(64);

/**
 * Any login shell understands the command, and reads nothing of the script. Bash reads ~/.bashrc first for a command
 * over SSH, and that may read standard input: the script begins at a line that must be there, or nothing of it runs.
 */
export function printAsInput(script: string): { readonly command: string; readonly input: string } {
  const mark = randomBytes(16).toString("hex");
  const wait = `while IFS= read -r line; do [ "$line" = "$0" ] && exec sh -s; done; echo "${eaten}" >&2; exit 1`;
  return { command: `exec sh -c '${wait}' ${mark}`, input: `${padding}${mark}\n${script}` };
}

/** What the command above says when the line never came. */
const eaten = "a start-up file of the login shell reads standard input";

/** What to do about a login whose shell ran nothing of the script. */
export function remedyOf({ stderr }: Said): string {
  return stderr.includes(eaten)
    ? "no command was started: a start-up file of the login shell there, such as ~/.bashrc, reads standard input; let it return first where the shell is not interactive: case $- in *i*) ;; *) return ;; esac"
    : "no command was started; the login must run sh, which it does not: look at its shell and ForceCommand";
}

/**
 * A script that goes with the request for a session saves a round trip. Written so that any login shell takes it;
 * null: too long. One command line may have 128 KiB.
 */
export function printAsCommand(script: string): string | null {
  const text = Buffer.from(script).toString("base64");
  return text.length > 64 * 1024 ? null : `echo ${text} | base64 -d | sh -s`;
}

/** A forced command, or a host without base64: nothing of the script has run. */
export function isIgnored({ end, stdout }: Said): boolean {
  return (end === "exit" || end === "closed") && !/^[0-9a-f]{32} start$/m.test(stdout);
}

/** "refused": the server has no room for one more session. @throws HostError connectionLost: nothing was sent. */
export function openChannel(
  { client, limitMs, byHand }: Open,
  host: string,
  command: string,
): Promise<SessionChannel | "refused"> {
  return new Promise((resolve, reject) => {
    const lost = (stderr: string, cause?: Error) =>
      reject(
        new HostError("the connection broke before a command was sent", host, {
          code: "connectionLost",
          argv: byHand,
          stderr,
          remedy: "nothing was done; run it again when the host answers",
          ...(cause ? { cause } : {}),
        }),
      );
    // The socket does not keep the process alive, so this limit does while the server is asked.
    const timer = setTimeout(() => lost(`no session within ${limitMs / 1000} s`), limitMs);
    const fail = (cause: Error) => {
      clearTimeout(timer);
      if (/Channel open failure/.test(cause.message)) resolve("refused");
      else lost(cause.message, cause);
    };
    const succeed = (channel: SessionChannel) => {
      clearTimeout(timer);
      // It may have ended already: the answer to the request and all that follows can come in one piece.
      channel.on("exit", () => exited.add(channel));
      resolve(channel);
    };
    try {
      client.exec(command, (error, channel) => (error ? fail(error) : succeed(channel)));
    } catch (cause) {
      fail(cause as Error);
    }
  });
}

/** Gives the session its input and waits for its end. */
export function exchange(
  channel: SessionChannel,
  script: string,
  output: Output,
  limitMs: number,
  signal: AbortSignal | undefined,
): Promise<Said> {
  return new Promise((resolve) => {
    const finish = (end: Said["end"]) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      resolve({ ...output.read(), end });
    };
    const stop = (end: Said["end"]) => {
      finish(end);
      // What comes after it is thrown away.
      channel.removeAllListeners("data").resume();
      channel.stderr.removeAllListeners("data").resume();
      channel.close();
    };
    const abort = () => stop("aborted");
    const timer = setTimeout(() => stop("timeout"), limitMs);
    signal?.addEventListener("abort", abort);
    channel.on("data", (data: Buffer) => output.stdout(data) || stop("flooded"));
    channel.stderr.on("data", (data: Buffer) => output.stderr(data) || stop("flooded"));
    channel.on("error", () => {});
    channel.on("close", () => finish(exited.has(channel) ? "exit" : "closed"));
    channel.end(script);
  });
}
