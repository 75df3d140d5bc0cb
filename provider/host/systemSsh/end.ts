import type { ChildProcess } from "node:child_process";

/**
 * Time after which an ssh that still runs gets its signal again. OpenSSH 9.2 looks for signals, then waits for
 * events; a signal between the two has no effect until the next event, which may be the next sign of life of the
 * server (15 s).
 */
const repeatMs = 500;

/** Signals ssh until it has ended. */
export function endSsh(ssh: ChildProcess): void {
  if (!ssh.kill()) return;
  const again = setInterval(() => {
    if (!ssh.kill()) clearInterval(again);
  }, repeatMs).unref();
}
