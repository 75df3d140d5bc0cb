import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

export interface StorageDaemon {
  readonly socket: string;
  /** Makes it stop answering until `resume`. */
  pause(): void;
  resume(): void;
  /** Kills it and removes its socket. When asked to end, it would wait for its clients. */
  stop(): Promise<void>;
}

/**
 * Starts a qemu-storage-daemon. QEMU's user may open its socket.
 * @throws Error with its output when it does not start
 */
export async function startStorageDaemon(socket: string, args: readonly string[]): Promise<StorageDaemon> {
  rmSync(socket, { force: true });
  const child = spawn("qemu-storage-daemon", args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  let failure: Error | null = null;
  child.on("error", (error) => {
    failure = error;
  });
  for (let tries = 0; !existsSync(socket); tries++) {
    if (failure || hasEnded(child) || tries > 200) {
      child.kill("SIGKILL");
      throw new Error(`qemu-storage-daemon did not open ${socket}: ${failure ?? said}`);
    }
    await pause(100);
  }
  chmodSync(socket, 0o777);
  return {
    socket,
    pause: () => void child.kill("SIGSTOP"),
    resume: () => void child.kill("SIGCONT"),
    stop: async () => {
      if (!hasEnded(child)) {
        const ended = once(child, "exit");
        child.kill("SIGKILL");
        await ended;
      }
      rmSync(socket, { force: true });
    },
  };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
