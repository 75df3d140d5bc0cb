import type { Ask, HostNeed } from "../../plan/checks/needs/need.ts";
import type { Command, Connection } from "../connection/connection.ts";
import { forRun } from "../process/perRun.ts";
import { virsh } from "../virsh/virsh.ts";
import { askTogether } from "./together.ts";

/** Kind of a network device of the host. Its name is never a path. */
const askLink = `
case $1 in */* | . | ..) echo none; exit ;; esac
if [ ! -e "/sys/class/net/$1" ]; then echo none
elif [ -e "/sys/class/net/$1/bridge" ]; then echo bridge
else echo other; fi
`;

/** What a host answered in this run; null: nothing of use. */
const known = forRun(() => new Map<string, Promise<string | null>>());

function commandOf(connection: Connection, ask: Ask): Command {
  return "link" in ask ? { argv: ["sh", "-c", askLink, "sh", ask.link] } : virsh(connection, ask.virsh);
}

/** Asked once per run: what another program makes meanwhile is seen by the change itself. */
function answerTo(connection: Connection, ask: Ask): Promise<string | null> {
  const key = JSON.stringify([connection.host, ask]);
  const found = known().get(key);
  if (found !== undefined) return found;
  const asked = askTogether(connection, [commandOf(connection, ask)]).then(
    ([result]) => (result?.exitCode === 0 ? result.stdout : null),
    // The host was read already: what it can't tell now, the change itself will.
    () => null,
  );
  known().set(key, asked);
  return asked;
}

/** What a host lacks of each need, and what to do; null: nothing. */
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
