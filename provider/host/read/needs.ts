import type { Ask, HostNeed } from "../../plan/checks/needs/need.ts";
import type { Command, Connection } from "../connection/connection.ts";
import { forRun } from "../process/perRun.ts";
import { virsh } from "../virsh/virsh.ts";
import { askTogether } from "./together.ts";

/** Prints the kind of a network device of the host. A name that is a path counts as no device. */
const askLink = `
case $1 in */* | . | ..) echo none; exit ;; esac
if [ ! -e "/sys/class/net/$1" ]; then echo none
elif [ -e "/sys/class/net/$1/bridge" ]; then echo bridge
else echo other; fi
`;

/** Answers of hosts in this run; `null` for an answer of no use. */
const known = forRun(() => new Map<string, Promise<string | null>>());

function commandOf(connection: Connection, ask: Ask): Command {
  if ("link" in ask) return { argv: ["sh", "-c", askLink, "sh", ask.link] };
  const command = virsh(connection, ask.virsh);
  // libvirt may have to start an emulator first.
  return /capabilities$/.test(ask.virsh[0] ?? "") ? { ...command, timeoutSeconds: 60 } : command;
}

/** Asks once per run. If another program changes the answer meanwhile, the change itself finds out. */
function answerTo(connection: Connection, ask: Ask): Promise<string | null> {
  const key = JSON.stringify([connection.host, ask]);
  const found = known().get(key);
  if (found !== undefined) return found;
  const asked = askTogether(connection, [commandOf(connection, ask)]).then(
    ([result]) => (result?.exitCode === 0 ? result.stdout : null),
    // The host was reachable before. If it can't answer now, the change itself will find the problem.
    () => null,
  );
  known().set(key, asked);
  return asked;
}

/** For each need, what the host lacks and how to provide it; `null` when it lacks nothing. */
export function lacksOfHost(
  connection: Connection,
  needs: readonly HostNeed[],
): Promise<readonly (string | null)[]> {
  return Promise.all(
    needs.map(async ({ asks, lacks }) =>
      lacks(await Promise.all(asks.map((ask) => answerTo(connection, ask)))),
    ),
  );
}
