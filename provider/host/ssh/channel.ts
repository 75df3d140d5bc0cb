import { randomBytes } from "node:crypto";
import type { Duplex, Readable } from "node:stream";
import { HostError } from "../../errors.ts";
import type { RunOptions } from "../connection/connection.ts";
import type { Output } from "../connection/output.ts";
import { sendAll } from "../connection/script.ts";

/** Sessions whose command exited by itself. */
const exited = new WeakSet<SessionChannel>();

/** An SSH session: input and output of a remote command. Emits "exit" when the command exits by itself. */
export interface SessionChannel extends Duplex {
  readonly stderr: Readable;
  close(): void;
}

/** The common interface of ssh2 and the system's ssh (systemSsh/). */
export interface SshClient {
  /** Opens a session. When the server allows no more sessions, the error says "Channel open failure". */
  exec(command: string, done: (error: Error | undefined, channel: SessionChannel) => void): unknown;
  end(): unknown;
  destroy(): unknown;
  on(event: "close", listener: () => void): unknown;
}

/** An open connection. */
export interface Open {
  readonly client: SshClient;
  /** Milliseconds that the server may take to open a session. */
  readonly limitMs: number;
  /** The ssh command that makes the same connection by hand, for messages. */
  readonly byHand: readonly string[];
}

/** How a session ended. */
export type End = "exit" | "closed" | "timeout" | "aborted" | "flooded";

export interface Said {
  readonly stdout: string;
  readonly stderr: string;
  readonly end: End;
}

/** Lines sent before the script, for a start-up file of the login that reads standard input. */
const padding = `${" ".repeat(63)}\n`.repeat(64);

/**
 * Sends the script as input of a command that works in any login shell. Bash reads ~/.bashrc first for a command over
 * SSH, and that file may read standard input. So the script begins after a mark line; without it, nothing runs.
 */
export function printAsInput(script: string): { readonly command: string; readonly input: string } {
  const mark = randomBytes(16).toString("hex");
  const wait = `while IFS= read -r line; do [ "$line" = "$0" ] && exec sh -s; done; echo "${eaten}" >&2; exit 1`;
  return { command: `exec sh -c '${wait}' ${mark}`, input: `${padding}${mark}\n${script}` };
}

/**
 * The same for a script whose command reads what follows the script. A shell that reads its script from standard input
 * reads further than the script's end (dash 0.5.12), so the first shell collects the lines up to a second mark. `read`
 * takes no byte more than a line.
 */
export function printBeforeInput(script: string): { readonly command: string; readonly input: string } {
  const mark = randomBytes(16).toString("hex");
  const collect = [
    `n=$(printf "\\\\nx"); n=\${n%x}; text=`,
    'while IFS= read -r line; do [ "$line" = "$0" ] && break; done',
    'while IFS= read -r line; do [ "$line" = "$0" ] && exec sh -c "$text"; text=$text$line$n; done',
    `echo "${eaten}" >&2; exit 1`,
  ];
  return {
    command: `exec sh -c '${collect.join("; ")}' ${mark}`,
    input: `${padding}${mark}\n${script}${mark}\n`,
  };
}

/** What the commands above print when the mark line never arrives. */
const eaten = "a start-up file of the login shell reads standard input";

/** What to do when the login shell ran nothing of the script. */
export function remedyOf({ stderr }: Said): string {
  return stderr.includes(eaten)
    ? "no command was started: a start-up file of the login shell there, such as ~/.bashrc, reads standard input; let it return first where the shell is not interactive: case $- in *i*) ;; *) return ;; esac"
    : "no command was started; the login must run sh, which it does not: look at its shell and ForceCommand";
}

/**
 * Prints the script as the session's command, which saves a round trip. The command works in any login shell. Returns
 * `null` when it is too long: one command line may have 128 KiB.
 */
export function printAsCommand(script: string): string | null {
  const text = Buffer.from(script).toString("base64");
  return text.length > 64 * 1024 ? null : `echo ${text} | base64 -d | sh -s`;
}

/** Whether nothing of the script ran: the server has a forced command, or the host has no base64. */
export function isIgnored({ end, stdout }: Said): boolean {
  return (end === "exit" || end === "closed") && !/^[0-9a-f]{32} start$/m.test(stdout);
}

/**
 * Opens a session. Returns "refused" when the server allows no more sessions.
 * @throws HostError connectionLost; then nothing was sent
 */
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
    // This timer also keeps the process alive while the server answers; the socket does not.
    const timer = setTimeout(() => lost(`no session within ${limitMs / 1000} s`), limitMs);
    const fail = (cause: Error) => {
      clearTimeout(timer);
      if (/Channel open failure/.test(cause.message)) resolve("refused");
      else lost(cause.message, cause);
    };
    const succeed = (channel: SessionChannel) => {
      clearTimeout(timer);
      // Listen right away: the answer to the request and the command's end can arrive together.
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

/** Sends the text, then all of the input, to the session and waits for its end. */
export function exchange(
  channel: SessionChannel,
  { text, input }: { readonly text: string; readonly input: Readable | null },
  output: Output,
  limitMs: number,
  { signal, onOutput }: RunOptions,
): Promise<Said> {
  return new Promise((resolve) => {
    const finish = (end: Said["end"]) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      input?.destroy();
      resolve({ ...output.read(), end });
    };
    const stop = (end: Said["end"]) => {
      finish(end);
      // Discard any further output.
      channel.removeAllListeners("data").resume();
      channel.stderr.removeAllListeners("data").resume();
      channel.close();
    };
    const abort = () => stop("aborted");
    const timer = setTimeout(() => stop("timeout"), limitMs);
    signal?.addEventListener("abort", abort);
    channel.on("data", (data: Buffer) => {
      onOutput?.(data);
      if (!output.stdout(data)) stop("flooded");
    });
    channel.stderr.on("data", (data: Buffer) => output.stderr(data) || stop("flooded"));
    channel.on("error", () => {});
    channel.on("close", () => finish(exited.has(channel) ? "exit" : "closed"));
    if (input === null) return channel.end(text);
    channel.write(text);
    sendAll(input, channel);
  });
}
