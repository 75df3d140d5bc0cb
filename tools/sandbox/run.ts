import { spawn } from "node:child_process";

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: string;
  /** Milliseconds after which the program is ended. Default: 60 000. */
  readonly timeoutMs?: number;
}

/**
 * Runs a program to its end. A non-zero exit is a result. Returns exit code 127 when the program can't be
 * started.
 */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const [program = "", ...words] = argv;
  return new Promise((resolve) => {
    const { cwd, env, timeoutMs: timeout = 60_000 } = options;
    const child = spawn(program, words, { ...(cwd && { cwd }), env: env ?? process.env, timeout });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.stdin.on("error", () => {
      // Ignore EPIPE from a program that does not read its input: its exit code says what went wrong.
    });
    child.stdin.end(options.stdin ?? "");
    child.on("error", (error) => resolve({ exitCode: 127, stdout, stderr: error.message }));
    child.on("close", (code, signal) =>
      resolve({ exitCode: code ?? 128, stdout, stderr: signal ? `${stderr}ended by ${signal}` : stderr }),
    );
  });
}

/** Like `run`, but throws on a non-zero exit, with the last lines of the program's output. */
export async function mustRun(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await run(argv, options);
  if (result.exitCode === 0) return result.stdout;
  const said = (result.stderr || result.stdout).trim().split("\n").slice(-8).join("\n  ");
  throw new Error(`exit ${result.exitCode} of ${argv.join(" ")}\n  ${said}`);
}

/** Returns the path of a program on PATH, or `null`. */
export async function findProgram(name: string): Promise<string | null> {
  const found = await run(["sh", "-c", 'command -v -- "$1"', "sh", name]);
  return found.exitCode === 0 ? found.stdout.trim() : null;
}
