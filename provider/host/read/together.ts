import type { Command, CommandResult, Connection } from "../connection/connection.ts";
import { forRun } from "../process/perRun.ts";

/** Questions to one host that wait for its next session. */
interface Waiting {
  readonly commands: Command[];
  readonly answers: Promise<readonly CommandResult[]>;
}

const waiting = forRun(() => new Map<string, Waiting>());

/**
 * Runs commands on a host that change nothing. All such commands of the same moment share one session, so each gets
 * only little time, unless it asks for more: a folder on a file server that hangs would hold up all the others.
 * @throws HostError when the host can't be reached.
 */
export async function askTogether(
  connection: Connection,
  commands: readonly Command[],
): Promise<readonly (CommandResult | undefined)[]> {
  if (commands.length === 0) return [];
  const open = waiting();
  const batch = open.get(connection.host) ?? begin(connection, open);
  const first = batch.commands.length;
  batch.commands.push(...commands.map((command) => ({ timeoutSeconds: 10, ...command })));
  const answers = await batch.answers;
  return commands.map((_, at) => answers[first + at]);
}

function begin(connection: Connection, open: Map<string, Waiting>): Waiting {
  const commands: Command[] = [];
  const answers = new Promise((resolve) => setImmediate(resolve)).then(() => {
    open.delete(connection.host);
    return connection.run(commands, { isRead: true, keepGoing: true });
  });
  const batch = { commands, answers };
  open.set(connection.host, batch);
  return batch;
}
