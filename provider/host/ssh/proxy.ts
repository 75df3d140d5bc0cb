import { spawn } from "node:child_process";
import { Duplex } from "node:stream";

/**
 * Runs a ProxyCommand of the user's SSH configuration as a stream. The command ends when the stream is destroyed. If
 * no connection results, the error is what the command printed on stderr.
 */
export function startProxy(command: string): Duplex {
  const child = spawn("/bin/sh", ["-c", `exec ${command}`], { stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = `${said}${text}`.slice(-2000);
  });
  const stream = new Duplex({
    read: () => child.stdout.resume(),
    write: (chunk: Buffer, _encoding, done) => {
      child.stdin.write(chunk, () => done());
    },
    final: (done) => {
      child.stdin.end(done);
    },
    destroy: (error, done) => {
      child.kill();
      done(error);
    },
  });
  child.stdin.on("error", () => {});
  child.stdout.on("data", (chunk: Buffer) => {
    if (!stream.push(chunk)) child.stdout.pause();
  });
  child.on("error", (cause) => stream.destroy(cause));
  child.on("close", (exitCode) => {
    const last = said.trim().split("\n").at(-1);
    if (exitCode && !stream.destroyed)
      stream.destroy(new Error(`ProxyCommand: ${last || `exit status ${exitCode}`}`));
    else stream.push(null);
  });
  return Object.assign(stream, {
    /** Like a socket's `unref`: an idle connection must not keep the process alive. */
    unref: () => {
      for (const each of [child, child.stdin, child.stdout, child.stderr] as { unref?(): void }[])
        each.unref?.();
    },
  });
}
