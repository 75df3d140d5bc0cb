import { randomBytes } from "node:crypto";
import type { Command, CommandResult, RunOptions } from "./connection.ts";
import { quote } from "./quote.ts";

/** A script for `sh -s` that runs argv arrays one after another and frames what each printed. */
export interface Script {
  readonly text: string;
  readonly read: (stdout: string, stderr: string) => CommandResult[];
  /** Seconds after which all of it must have ended. */
  readonly timeoutSeconds: number;
}

const clean =
  "LC_ALL=C; export LC_ALL; unset LANG LANGUAGE LIBVIRT_DEFAULT_URI VIRSH_DEFAULT_CONNECT_URI VIRSH_HISTSIZE";

/** The frames carry a random mark, so that no output can pass for one; so does the end of each input. */
export function printScript(commands: readonly Command[], options: RunOptions = {}): Script {
  const mark = randomBytes(12).toString("hex");
  const lines = [clean];
  for (const { argv, stdin, timeoutSeconds } of commands) {
    const call = `timeout -k 5 ${timeoutSeconds ?? 60} ${argv.map(quote).join(" ")}`;
    // The shell adds a line break before the end mark, so input always ends in one; XML does not mind.
    lines.push(stdin === undefined ? `${call} </dev/null` : `${call} <<'${mark}'\n${stdin}\n${mark}`);
    lines.push("status=$?", `printf '\\n${mark} %s\\n' "$status"`, `printf '\\n${mark}\\n' >&2`);
    if (!options.keepGoing) lines.push('[ "$status" -eq 0 ] || exit 0');
  }
  const limits = commands.map((command) => (command.timeoutSeconds ?? 60) + 5);
  return {
    text: `${lines.join("\n")}\n`,
    read: (stdout, stderr) => readFrames(commands, mark, stdout, stderr),
    timeoutSeconds: limits.reduce((sum, limit) => sum + limit, 10),
  };
}

function readFrames(
  commands: readonly Command[],
  mark: string,
  stdout: string,
  stderr: string,
): CommandResult[] {
  const results: CommandResult[] = [];
  const errors = stderr.split(`\n${mark}\n`);
  let rest = stdout;
  for (const [index, { argv }] of commands.entries()) {
    const at = rest.indexOf(`\n${mark} `);
    if (at < 0) break;
    const end = rest.indexOf("\n", at + 1);
    const exitCode = Number(rest.slice(at + mark.length + 2, end));
    results.push({ argv, exitCode, stdout: rest.slice(0, at), stderr: errors[index] ?? "" });
    rest = rest.slice(end + 1);
  }
  return results;
}
