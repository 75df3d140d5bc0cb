import { HostError } from "../../errors.ts";
import { Channels } from "../connection/channels.ts";
import type { Command, CommandResult, Connection, RunOptions } from "../connection/connection.ts";
import { keepOutput, outputLimit } from "../connection/output.ts";
import type { Frames } from "../connection/script.ts";
import { printScript } from "../connection/script.ts";
import type { HostUri } from "../connection/uri.ts";
import { commandSeconds } from "../process/limits.ts";
import type { End, Said } from "./channel.ts";
import { exchange, isIgnored, printAsCommand, printAsInput, printBeforeInput, remedyOf } from "./channel.ts";
import type { Session } from "./link.ts";
import { Link } from "./link.ts";
import { countSessions } from "./sessions.ts";

/** Most sessions of one host at the same time. */
const sessionsAtOnce = 8;

/** Connects to a host over SSH. Each call runs its commands as one script in its own session. */
export function sshConnection(uri: HostUri): Connection {
  const host = uri.canonical;
  const link = new Link(uri);
  const channels = new Channels(sessionsAtOnce);
  // Some servers ignore the command of a session and read their input instead.
  let takesArgument = true;
  return {
    host,
    virshUri: uri.virshUri,
    close: async () => link.close(),
    countSessions: async (most) => countSessions(await link.open(), host, most),
    run: async (commands, options = {}) => {
      const script = new SentScript(link, host, commands, options);
      const sent = await channels.run(async () => {
        const first = await script.send(takesArgument);
        if (first === "refused" || !wasIgnored(first)) return first;
        takesArgument = false;
        return script.send(false);
      });
      if (sent !== "refused") return resultsOf(sent, host, commands);
      throw new HostError("the server opens no session for commands", host, {
        code: "sessionRefused",
        argv: script.byHand,
        remedy: "nothing was done; MaxSessions in its sshd_config must be 1 or more",
      });
    },
  };
}

/** The outcome of a script that was sent. */
interface Sent extends Frames {
  /** Whether the script went as the session's command. */
  readonly asArgument: boolean;
  readonly said: Said;
  readonly session: Session;
}

/** Whether the server ran something else instead of the session's command. */
function wasIgnored({ asArgument, complete, said }: Sent): boolean {
  return asArgument && !complete && isIgnored(said);
}

/** Commands as one script, and how to send it. */
class SentScript {
  /** The ssh command that makes the connection by hand, for messages. Empty while there is no connection. */
  byHand: readonly string[] = [];
  readonly #link: Link;
  readonly #host: string;
  readonly #commands: readonly Command[];
  readonly #options: RunOptions;
  readonly #script: ReturnType<typeof printScript>;

  constructor(link: Link, host: string, commands: readonly Command[], options: RunOptions) {
    this.#link = link;
    this.#host = host;
    this.#commands = commands;
    this.#options = options;
    this.#script = printScript(commands, options, commandSeconds(host));
  }

  /** Sends the script as the session's command if `asArgument`, which saves a round trip; else as its input. */
  async send(asArgument: boolean): Promise<Sent | "refused"> {
    this.#refuseAborted();
    const { text, input, timeoutSeconds, read } = this.#script;
    const argument = this.#options.isRead && asArgument ? printAsCommand(text) : null;
    const print = input === null ? printAsInput : printBeforeInput;
    const sent = argument === null ? print(text) : { command: argument, input: "" };
    const session = await this.#link.openSession(sent.command);
    const { channel } = session;
    this.byHand = session.byHand;
    if (channel === "refused") return "refused";
    this.#refuseAborted(() => channel.close());
    const limitMs = timeoutSeconds * 1000;
    const content = { text: sent.input, input };
    const said = await exchange(channel, content, keepOutput(this.#commands), limitMs, this.#options);
    return { session, said, asArgument: argument !== null, ...read(said.stdout, said.stderr) };
  }

  #refuseAborted(close = () => {}): void {
    if (!this.#options.signal?.aborted) return;
    close();
    throw ended("aborted", this.#host, this.#commands[0]?.argv ?? [], "", "nothing was done");
  }
}

/** Returns the results of a script. @throws HostError when it did not finish */
function resultsOf(sent: Sent, host: string, commands: readonly Command[]): readonly CommandResult[] {
  const { said, session, results, complete, cutOff } = sent;
  if (complete) return results;
  // Each command has its own limit on the host. After the sum of the limits, no more output will come.
  if (said.end === "timeout") session.client.destroy();
  const next = commands[results.length]?.argv ?? [];
  throw ended(said.end, host, next, cutOff, isRead(said) ? unknown : remedyOf(said));
}

const unknown = "what the command did there is unknown; it is read again next time";

const ends = {
  exit: { code: "shellUnusable", what: "the login shell did not run all commands" },
  closed: { code: "connectionLost", what: "the connection broke before the commands had ended" },
  timeout: { code: "timedOut", what: "no answer within the time limit of the commands" },
  aborted: { code: "interrupted", what: "interrupted" },
  flooded: { code: "outputTooLong", what: `it prints more than ${outputLimit}` },
} as const satisfies Record<End, object>;

function ended(end: End, host: string, argv: readonly string[], stderr: string, remedy: string): HostError {
  const { code, what } = ends[end];
  const said = stderr.replace(/^[0-9a-f]{32}$/gm, "");
  return new HostError(what, host, { code, argv, stderr: said, remedy });
}

/** Whether the shell read the script: a shell that exits without printing a frame never ran it. */
function isRead(said: Said): boolean {
  return said.end !== "exit" || /^[0-9a-f]{32} start$/m.test(said.stdout);
}
