import type { Connection } from "../connection/connection.ts";
import { refusedBySchema } from "../virsh/errors.ts";

/** Maximum number of definitions in one round trip; libvirt takes about 20 ms for each. */
const mostAtOnce = 100;

/**
 * Whether each definition is valid by the schema of the host's own libvirt. The test driver validates for every user,
 * without a daemon; its errors after the validation concern its own machines and are ignored. A host without that
 * driver or without schemas accepts everything.
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
