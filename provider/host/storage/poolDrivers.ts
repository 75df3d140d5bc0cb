import { parseRoot, XmlError } from "../../model/xml/parse.ts";
import { attributeOf, childrenOf } from "../../model/xml/read.ts";
import type { Connection } from "../connection/connection.ts";
import { forRun } from "../process/perRun.ts";
import { askTogether } from "../read/together.ts";
import { virsh } from "../virsh/virsh.ts";

const known = forRun(() => new Map<string, Promise<ReadonlySet<string>>>());

/**
 * Types of pools for which the host's libvirt lacks the driver. None if it does not tell, as before 5.2.0: then the
 * definition is refused.
 */
export function lackingDrivers(connection: Connection): Promise<ReadonlySet<string>> {
  const found = known().get(connection.host) ?? ask(connection);
  known().set(connection.host, found);
  return found;
}

async function ask(connection: Connection): Promise<ReadonlySet<string>> {
  const [result] = await askTogether(connection, [virsh(connection, ["pool-capabilities"])]);
  if (result?.exitCode !== 0) return new Set();
  try {
    const pools = childrenOf(parseRoot(result.stdout, "storagepoolCapabilities"), "pool");
    const lacking = pools.filter((pool) => attributeOf(pool, "supported") === "no");
    return new Set(lacking.map((pool) => attributeOf(pool, "type") ?? ""));
  } catch (error) {
    if (error instanceof XmlError) return new Set();
    throw error;
  }
}
