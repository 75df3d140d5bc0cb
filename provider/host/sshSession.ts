import type { Client, ClientChannel } from "ssh2";
import { HostError } from "../errors.ts";
import type { SshSettings } from "./sshSettings.ts";
import { printSshCommand } from "./sshSettings.ts";

/** A connection that is open. */
export interface Open {
  readonly client: Client;
  readonly settings: SshSettings;
}

/** All that a script said, and how it ended. */
export interface Said {
  readonly stdout: string;
  readonly stderr: string;
  readonly end: "exit" | "closed" | "timeout" | "aborted";
}

/** A shell that ended by itself without one frame never ran the script. */
export function isRead(said: Said): boolean {
  return said.end !== "exit" || /^[0-9a-f]{32} start$/m.test(said.stdout);
}

/** "refused": the server has no room for one more session. @throws HostError connectionLost: nothing was sent. */
export function openChannel({ client, settings }: Open, host: string): Promise<ClientChannel | "refused"> {
  return new Promise((resolve, reject) => {
    const lost = (stderr: string, cause?: Error) =>
      reject(
        new HostError("the connection broke before a command was sent", host, {
          code: "connectionLost",
          argv: printSshCommand(settings),
          stderr,
          remedy: "nothing was done; run it again when the host answers",
          ...(cause ? { cause } : {}),
        }),
      );
    // The socket does not keep the process alive, so this limit does while the server is asked.
    const limitMs = settings.connectMs;
    const timer = setTimeout(() => lost(`no session within ${limitMs / 1000} s`), limitMs);
    const fail = (cause: Error) => {
      clearTimeout(timer);
      if (/Channel open failure/.test(cause.message)) resolve("refused");
      else lost(cause.message, cause);
    };
    const succeed = (channel: ClientChannel) => {
      clearTimeout(timer);
      resolve(channel);
    };
    try {
      client.exec("exec sh -s", (error, channel) => (error ? fail(error) : succeed(channel)));
    } catch (cause) {
      fail(cause as Error);
    }
  });
}

/** Sends a script and takes what comes back. Never rejects: `end` tells. */
export function exchange(
  channel: ClientChannel,
  script: string,
  limitMs: number,
  signal: AbortSignal | undefined,
): Promise<Said> {
  return new Promise((resolve) => {
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let hasExited = false;
    const finish = (end: Said["end"]) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      resolve({ stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(), end });
    };
    const stop = (end: Said["end"]) => {
      finish(end);
      channel.close();
    };
    const abort = () => stop("aborted");
    const timer = setTimeout(() => stop("timeout"), limitMs);
    signal?.addEventListener("abort", abort);
    channel.on("data", (data: Buffer) => out.push(data));
    channel.stderr.on("data", (data: Buffer) => err.push(data));
    channel.on("error", () => {});
    channel.on("exit", () => {
      hasExited = true;
    });
    channel.on("close", () => finish(hasExited ? "exit" : "closed"));
    channel.end(script);
  });
}
