import { spawn } from "node:child_process";
import { HostError } from "../../errors.ts";
import { commandSeconds } from "../process/limits.ts";
import type { Connection } from "./connection.ts";
import { keepOutput, outputLimit } from "./output.ts";
import { printScript, sendAll } from "./script.ts";

/** Runs commands on this machine, with one `sh` per call. `host` is its identity. */
export function localConnection(virshUri: string, host = virshUri): Connection {
  return {
    host,
    virshUri,
    close: async () => {},
    run: (commands, options = {}) =>
      new Promise((resolve, reject) => {
        const script = printScript(commands, options, commandSeconds(host));
        const shell = spawn("sh", script.input === null ? ["-s"] : ["-c", script.text], {
          stdio: ["pipe", "pipe", "pipe"],
          timeout: script.timeoutSeconds * 1000,
          ...(options.signal ? { signal: options.signal } : {}),
        });
        const output = keepOutput(commands);
        let isFlooded = false;
        for (const name of ["stdout", "stderr"] as const)
          shell[name].on("data", (data: Buffer) => {
            if (name === "stdout") options.onOutput?.(data);
            if (isFlooded || output[name](data)) return;
            isFlooded = true;
            // A process that still writes to this pipe ends at its next line.
            shell.stdout.destroy();
            shell.stderr.destroy();
            shell.kill("SIGKILL");
          });
        shell.on("error", (cause) => {
          const isAborted = cause.name === "AbortError";
          const what = isAborted ? "interrupted" : "can't run sh";
          const code = isAborted ? "interrupted" : "shellUnusable";
          const argv = commands[0]?.argv ?? [];
          reject(new HostError(what, host, { code, argv, stderr: cause.message, cause }));
        });
        shell.on("close", () => {
          script.input?.destroy();
          const { stdout, stderr } = output.read();
          const { results, complete, cutOff } = script.read(stdout, stderr);
          if (complete) return resolve(results);
          const argv = commands[results.length]?.argv ?? [];
          const remedy = "what the command did is unknown; it is read again next time";
          if (isFlooded) {
            const what = `it prints more than ${outputLimit}`;
            return reject(new HostError(what, virshUri, { code: "outputTooLong", argv, remedy }));
          }
          reject(
            new HostError("the commands were cut off", host, {
              code: "connectionLost",
              argv,
              stderr: cutOff,
              remedy,
            }),
          );
        });
        shell.stdin.on("error", () => {});
        if (script.input === null) shell.stdin.end(script.text);
        else sendAll(script.input, shell.stdin);
      }),
  };
}
