import { spawn } from "node:child_process";
import { HostError } from "../../errors.ts";
import type { Connection } from "./connection.ts";
import { printScript } from "./script.ts";

/** This machine, by a `sh` per call. `host` is its identity. */
export function localConnection(virshUri: string, host = virshUri): Connection {
  return {
    host,
    virshUri,
    close: async () => {},
    run: (commands, options = {}) =>
      new Promise((resolve, reject) => {
        const script = printScript(commands, options);
        const shell = spawn("sh", ["-s"], {
          stdio: ["pipe", "pipe", "pipe"],
          timeout: script.timeoutSeconds * 1000,
          ...(options.signal ? { signal: options.signal } : {}),
        });
        const output = { stdout: "", stderr: "" };
        shell.stdout.setEncoding("utf8").on("data", (text: string) => {
          output.stdout += text;
        });
        shell.stderr.setEncoding("utf8").on("data", (text: string) => {
          output.stderr += text;
        });
        shell.on("error", (cause) => {
          const isAborted = cause.name === "AbortError";
          const what = isAborted ? "interrupted" : "can't run sh";
          const code = isAborted ? "interrupted" : "shellUnusable";
          const argv = commands[0]?.argv ?? [];
          reject(new HostError(what, host, { code, argv, stderr: cause.message, cause }));
        });
        shell.on("close", () => {
          const { results, complete, cutOff } = script.read(output.stdout, output.stderr);
          if (complete) return resolve(results);
          const argv = commands[results.length]?.argv ?? [];
          const remedy = "what the command did is unknown; it is read again next time";
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
        shell.stdin.end(script.text);
      }),
  };
}
