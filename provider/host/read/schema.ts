import type { Connection } from "../connection/connection.ts";
import { refusedBySchema } from "../virsh/errors.ts";

/** Most definitions that are asked about in one round trip; each takes libvirt about 20 ms. */
const mostAtOnce = 100;

/**
 * Whether the host's own libvirt finds each definition in its schema. The test driver validates without a daemon, for
 * every user; what it says after that is about machines of its own and does not count. A host without that driver or
 * without schemas objects to nothing.
 */
export async function askSchema(connection: Connection, definitions: readonly string[]): Promise<boolean[]> {
  const valid: boolean[] = [];
  for (let first = 0; first < definitions.length; first += mostAtOnce) {
    const commands = definitions.slice(first, first + mostAtOnce).map((stdin) => ({
      argv: ["virsh", "-c", "test:///default", "define", "--validate", "/dev/stdin"],
      stdin,
    }));
    const results = await connection.run(commands, { keepGoing: true });
    valid.push(...commands.map((_, index) => !refusedBySchema(results[index]?.stderr ?? "")));
  }
  return valid;
}
