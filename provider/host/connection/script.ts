import { randomBytes } from "node:crypto";
import type { Readable, Writable } from "node:stream";
import type { Command, CommandResult, RunOptions } from "./connection.ts";
import { quote } from "./quote.ts";

/** A script for `sh -s` that runs argv arrays one after another and prints a frame around the output of each. */
export interface Script {
  readonly text: string;
  /** What its command reads; `null` when the script itself is all that is sent. */
  readonly input: Readable | null;
  readonly read: (stdout: string, stderr: string) => Frames;
  /** Seconds within which the whole script must end. */
  readonly timeoutSeconds: number;
}

/** Variables of the login that change what libvirt, virsh or glib print, or where. */
const unset = [
  ...["LANG", "LANGUAGE"],
  ...["VIRSH_DEBUG", "VIRSH_LOG_FILE", "VIRSH_DEFAULT_CONNECT_URI", "VIRSH_HISTSIZE"],
  ...["LIBVIRT_DEBUG", "LIBVIRT_LOG_FILTERS", "LIBVIRT_LOG_OUTPUTS", "LIBVIRT_DEFAULT_URI"],
  ...["LIBVIRT_GNUTLS_DEBUG", "LIBVIRT_LIBSSH2_DEBUG", "G_DEBUG", "G_MESSAGES_DEBUG", "LD_DEBUG"],
  "GREP_OPTIONS",
];
/** Commands that the scripts use. The scripts drop functions of these names, which bash imports from its environment. */
const called = ["virsh", "timeout", "awk", "sed", "grep", "flock", "sha256sum", "cut", "tr", "date", "sleep"];
const clean = `LC_ALL=C; export LC_ALL; unset ${unset.join(" ")}; unset -f ${called.join(" ")}`;

/** The output of a script, command by command. */
export interface Frames {
  /** Results of the commands that ended. */
  readonly results: CommandResult[];
  /** False when the script was cut off or never ran. */
  readonly complete: boolean;
  /** Standard error of the command that was cut off, or all of it when the script never ran. */
  readonly cutOff: string;
}

/**
 * Prints commands as a script. A random mark delimits frames and inputs, so no output can imitate a frame. The script
 * is one `{ … }`: the shell starts nothing before it has read the end, so if the connection breaks during the
 * transfer, nothing runs. `commandSeconds`: limit of a command that has none of its own.
 */
export function printScript(
  commands: readonly Command[],
  options: RunOptions = {},
  commandSeconds = 60,
): Script {
  const mark = randomBytes(16).toString("hex");
  const frame = (word: string) => [`printf '\\n${mark} %s\\n' ${word}`, `printf '\\n${mark}\\n' >&2`];
  const lines = ["{", clean, ...frame("start")];
  for (const { argv, stdin, input, timeoutSeconds } of commands) {
    const call = `timeout -k 5 ${timeoutSeconds ?? commandSeconds} ${argv.map(quote).join(" ")}`;
    // A here-document always ends in a line break. XML does not mind.
    if (input !== undefined) lines.push(call);
    else lines.push(stdin === undefined ? `${call} </dev/null` : `${call} <<'${mark}'\n${stdin}\n${mark}`);
    lines.push("status=$?", ...frame('"$status"'));
    if (!options.keepGoing) lines.push('[ "$status" -eq 0 ] || exit 0');
  }
  lines.push("exit 0", "}");
  const limits = commands.map((command) => (command.timeoutSeconds ?? commandSeconds) + 5);
  return {
    text: `${lines.join("\n")}\n`,
    input: commands[0]?.input ?? null,
    read: (stdout, stderr) => readFrames(commands, mark, stdout, stderr, options.keepGoing === true),
    timeoutSeconds: limits.reduce((sum, limit) => sum + limit, 10),
  };
}

/** Sends all of `input`. When that fails, the other side sees its end; the one that made `input` says why. */
export function sendAll(input: Readable, to: Writable): void {
  input.on("error", () => to.end());
  input.pipe(to);
}

function readFrames(
  commands: readonly Command[],
  mark: string,
  stdout: string,
  stderr: string,
  keepGoing: boolean,
): Frames {
  // Output before the first mark comes from a login script.
  const frames = stdout.split(`\n${mark} `).slice(1);
  const errors = stderr.split(`\n${mark}\n`).slice(1);
  const results: CommandResult[] = [];
  for (const [index, { argv }] of commands.entries()) {
    const printed = frames[index];
    const exitCode = /^(\d+)\n/.exec(frames[index + 1] ?? "")?.[1];
    if (printed === undefined || exitCode === undefined) break;
    const text = printed.slice(printed.indexOf("\n") + 1);
    results.push({ argv, exitCode: Number(exitCode), stdout: text, stderr: errors[index] ?? "" });
  }
  const isStopped = !keepGoing && (results.at(-1)?.exitCode ?? 0) !== 0;
  const complete = results.length === commands.length || isStopped;
  return { results, complete, cutOff: errors.length === 0 ? stderr : (errors[results.length] ?? "") };
}
