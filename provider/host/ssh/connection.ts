import { HostError } from "../../errors.ts";
import { Channels } from "../connection/channels.ts";
import type { Connection } from "../connection/connection.ts";
import { keepOutput, outputLimit } from "../connection/output.ts";
import { printScript } from "../connection/script.ts";
import type { HostUri } from "../connection/uri.ts";
import { connectSeconds } from "../process/limits.ts";
import type { End, Open, Said, SessionChannel } from "./channel.ts";
import { exchange, isIgnored, openChannel, printAsCommand, printAsInput, remedyOf } from "./channel.ts";
import { countSessions } from "./sessions.ts";
import { printSshCommand, readSshSettings } from "./settings.ts";

/** One SSH connection, made at the first call and again when it broke. */
export function sshConnection(uri: HostUri): Connection {
  const host = uri.canonical;
  const channels = new Channels(8);
  let current: Promise<Open> | null = null;
  let takesArgument = true;
  const open = (): Promise<Open> => {
    if (current) return current;
    const opening: Promise<Open> = connect(uri).then((opened) => {
      opened.client.on("close", forget);
      return opened;
    });
    const forget = () => {
      if (current === opening) current = null;
    };
    opening.catch(forget);
    current = opening;
    return opening;
  };
  /** Nothing was sent yet, so a connection that broke while it was idle is made anew, once. */
  const openSession = async (command: string): Promise<Session> => {
    const isReused = current !== null;
    const opening = open();
    const opened = await opening;
    try {
      return { ...opened, channel: await openChannel(opened, host, command) };
    } catch (error) {
      opened.client.destroy();
      if (current === opening) current = null;
      if (!isReused) throw error;
      const again = await open();
      return { ...again, channel: await openChannel(again, host, command) };
    }
  };
  return {
    host,
    virshUri: uri.virshUri,
    close: async () => {
      // One that is still being made is not waited for: an interrupt has little time.
      current?.then(
        ({ client }) => client.end(),
        () => {},
      );
      current = null;
    },
    countSessions: async (most) => countSessions(await open(), host, most),
    run: async (commands, options = {}) => {
      let byHand: readonly string[] = [];
      const results = await channels.run(async () => {
        const argv = commands[0]?.argv ?? [];
        if (options.signal?.aborted) throw ended("aborted", host, argv, "", "nothing was done");
        const script = printScript(commands, options);
        const limitMs = script.timeoutSeconds * 1000;
        const send = async ({ command, input }: { readonly command: string; readonly input: string }) => {
          const session = await openSession(command);
          byHand = session.byHand;
          if (session.channel === "refused") return "refused" as const;
          if (options.signal?.aborted) {
            session.channel.close();
            throw ended("aborted", host, argv, "", "nothing was done");
          }
          const said = await exchange(session.channel, input, keepOutput(commands), limitMs, options.signal);
          return { session, said, ...script.read(said.stdout, said.stderr) };
        };
        const asArgument = options.isRead && takesArgument ? printAsCommand(script.text) : null;
        let sent = await send(asArgument ? { command: asArgument, input: "" } : printAsInput(script.text));
        if (asArgument && sent !== "refused" && !sent.complete && isIgnored(sent.said)) {
          takesArgument = false;
          sent = await send(printAsInput(script.text));
        }
        if (sent === "refused") return "refused";
        const { said, session, results, complete, cutOff } = sent;
        if (complete) return results;
        // Each command has its own limit on the host: past the sum of them nothing more will come.
        if (said.end === "timeout") session.client.destroy();
        const next = commands[results.length]?.argv ?? [];
        throw ended(said.end, host, next, cutOff, isRead(said) ? unknown : remedyOf(said));
      });
      if (results !== "refused") return results;
      throw new HostError("the server opens no session for commands", host, {
        code: "sessionRefused",
        argv: byHand,
        remedy: "nothing was done; MaxSessions in its sshd_config must be 1 or more",
      });
    },
  };
}

interface Session extends Open {
  readonly channel: SessionChannel | "refused";
}

async function connect(uri: HostUri): Promise<Open> {
  const command = sshCommand(uri);
  if (command !== null) {
    const { connectSystem, printByHand } = await import("../systemSsh/client.ts");
    const limitMs = connectSeconds(uri.canonical, 0) * 1000;
    return { client: await connectSystem(uri, command, limitMs), limitMs, byHand: printByHand(uri, command) };
  }
  const settings = await readSshSettings(uri);
  // Loading it takes as long as comparing dozens of guests, and is of no use where the program read them.
  const { connectClient } = await import("./client.ts");
  const client = await connectClient(uri.canonical, settings);
  return { client, limitMs: settings.connectMs, byHand: printSshCommand(settings) };
}

/** The ssh of this machine that connects; null: ssh2 does. @throws HostError */
function sshCommand(uri: HostUri): string | null {
  const chosen = process.env.PULUMI_VIRSH_SSH || "ssh2";
  if (uri.command !== null) return uri.command;
  if (chosen === "ssh2") return null;
  if (chosen === "command") return "ssh";
  throw new HostError(`PULUMI_VIRSH_SSH is "${chosen}"`, uri.canonical, {
    code: "settingUnusable",
    remedy: 'nothing was done; set it to "ssh2" or "command", or leave it out',
  });
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

/** A shell that ended by itself without one frame never ran the script. */
function isRead(said: Said): boolean {
  return said.end !== "exit" || /^[0-9a-f]{32} start$/m.test(said.stdout);
}
