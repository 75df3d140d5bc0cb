/**
 * Connects with the system's `ssh`, for logins that ssh2 does not support: certificates, security keys, Kerberos. One
 * process per host holds the connection; each session is a short-lived process that uses it (ControlMaster).
 */

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { HostError } from "../../errors.ts";
import { makePrivate, nameFolder, removePrivate } from "../../privateFolder.ts";
import type { HostUri } from "../connection/uri.ts";
import type { SessionChannel, SshClient } from "../ssh/channel.ts";
import { SystemChannel } from "./channel.ts";
import { printLogin, printSession, readyMark, socketName } from "./command.ts";
import { endSsh } from "./end.ts";
import { isBusy, loginError } from "./errors.ts";
import { sweepSockets } from "./sweep.ts";

/**
 * Shell script that starts ssh and ends it when this process is gone, which closes the pipe. It signals until ssh has
 * ended (why: see `endSsh`), for 25 s at most, and removes the connection's folder (`$0`).
 */
const watched = `exec 3<&0
{ read -r line <&3 || { for pause in 0.1 0.4 0.5 1 1 2 4 8 8; do kill "$$" || break; sleep "$pause"; done; rmdir "$0"; }; } >/dev/null 2>&1 &
exec "$@" </dev/null 3<&-`;

/** Lines for a start-up file of the login's shell that reads standard input; the commands follow them. */
const padding = `${" ".repeat(63)}\n`.repeat(64);

/** Folders of the open connections. */
const folders = new Set<string>();
process.once("exit", () => {
  for (const folder of folders) removePrivate(folder, [socketName]);
});

class SystemClient extends EventEmitter implements SshClient {
  readonly #program: string;
  readonly #folder: string;
  readonly #master: ChildProcessWithoutNullStreams;
  readonly #sessions = new Set<ChildProcessWithoutNullStreams>();

  constructor(program: string, folder: string, master: ChildProcessWithoutNullStreams) {
    super();
    [this.#program, this.#folder, this.#master] = [program, folder, master];
    master.once("exit", () => this.emit("close"));
  }

  exec(command: string, done: (error: Error | undefined, channel: SessionChannel) => void): void {
    const mark = randomBytes(16).toString("hex");
    const child = spawn(this.#program, printSession(this.#folder, `echo ${mark}; ${command}`));
    this.#sessions.add(child);
    child.once("close", () => this.#sessions.delete(child));
    const channel = new SystemChannel(child, mark, (opening) =>
      done(opening === "open" ? undefined : opening, channel),
    );
    child.stdin.write(padding);
  }

  end(): void {
    endSsh(this.#master);
  }

  destroy(): void {
    this.end();
    for (const child of this.#sessions) endSsh(child);
  }
}

/** Logs in, within `limitMs`. @throws HostError; then no connection stays open */
export async function connectSystem(uri: HostUri, program: string, limitMs: number): Promise<SshClient> {
  if (process.env.PULUMI_VIRSH_PRIVATE_KEY)
    throw new HostError("PULUMI_VIRSH_PRIVATE_KEY can't be given to the system's ssh", uri.canonical, {
      code: "settingUnusable",
      remedy: "nothing was done; put the key into the SSH agent, or its file into PULUMI_VIRSH_KEY_FILE",
    });
  const end = Date.now() + limitMs;
  for (let pauseMs = 200; ; pauseMs *= 2) {
    const made = await connectOnce(uri, program, Math.max(end - Date.now(), 500));
    if (made instanceof SystemClient) return made;
    if (!isBusy(made.said) || Date.now() + pauseMs > end)
      throw loginError(made.said, uri.canonical, printByHand(uri, program));
    await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random())));
  }
}

interface Refusal {
  readonly said: string;
}

async function connectOnce(uri: HostUri, program: string, limitMs: number): Promise<SystemClient | Refusal> {
  const folder = nameFolder(`ssh-${process.pid}-${randomBytes(6).toString("hex")}`);
  if (!makePrivate(folder))
    throw new HostError(`no folder for ssh's socket can be made: ${folder}`, uri.canonical, {
      code: "settingUnusable",
      remedy: "nothing was done; set XDG_RUNTIME_DIR to a folder where this user alone may write",
    });
  folders.add(folder);
  await sweepSockets(folder);
  const words = printLogin(uri, folder);
  const env = { ...process.env, SHELL: "/bin/sh" };
  const master = spawn("/bin/sh", ["-c", watched, folder, program, ...words], { env });
  // If ssh ends by itself, remove the folder here. The watching script then finds no folder and ends too.
  master.once("exit", () => {
    master.stdin.end("\n");
    removePrivate(folder, [socketName]);
    folders.delete(folder);
  });
  master.stdin.on("error", () => {});
  let said = "";
  master.stderr.on("data", (text: Buffer) => {
    said = `${said}${text}`.slice(-8000);
  });
  return new Promise((resolve) => {
    const finish = (result: SystemClient | Refusal) => {
      clearTimeout(timer);
      resolve(result);
    };
    const refuse = (said: string) => finish({ said });
    const timer = setTimeout(() => {
      endSsh(master);
      refuse(`no answer within ${Math.round(limitMs / 1000)} s`);
    }, limitMs);
    master.once("error", (cause) => refuse(cause.message));
    master.once("close", () => refuse(said || "ssh ended"));
    master.stdout.on("data", (text: Buffer) => {
      if (!text.includes(readyMark)) return;
      // An idle connection must not keep the process alive.
      for (const each of [master, master.stdin, master.stdout, master.stderr] as { unref?(): void }[])
        each.unref?.();
      finish(new SystemClient(program, folder, master));
    });
  });
}

/** The ssh command for the same login by hand, for messages. */
export function printByHand({ ssh, keyFile }: HostUri, program: string): string[] {
  const { hostName = "", user = null, port = null } = ssh ?? {};
  return [
    program,
    ...(port === null ? [] : ["-p", String(port)]),
    ...(keyFile === null ? [] : ["-i", keyFile]),
    user === null ? hostName : `${user}@${hostName}`,
  ];
}
