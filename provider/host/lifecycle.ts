import type { Connection } from "./connection.ts";
import type { DomainFacts } from "./facts.ts";
import type { PowerOff } from "./power.ts";
import { powerOff, start } from "./power.ts";
import { runOne, virsh } from "./virsh.ts";

export interface Lifecycle extends PowerOff {
  readonly running?: boolean;
  readonly autostart?: boolean;
}

/** What of the declared run state is not so, in words. */
export function diffLifecycle(wanted: Lifecycle, domain: DomainFacts): string[] {
  const found: string[] = [];
  if (wanted.autostart !== undefined && wanted.autostart !== domain.autostart)
    found.push(`autostart ${domain.autostart} → ${wanted.autostart} (live)`);
  const runs = domain.liveXml !== null;
  if (wanted.running !== undefined && wanted.running !== runs)
    found.push(`running ${runs} → ${wanted.running} (${wanted.running ? "start" : "shutdown"})`);
  return found;
}

/** Makes the run state as declared. @throws HostError */
export async function applyLifecycle(
  connection: Connection,
  domain: DomainFacts,
  wanted: Lifecycle,
): Promise<void> {
  if (wanted.autostart !== undefined && wanted.autostart !== domain.autostart) {
    const args = ["autostart", domain.uuid, ...(wanted.autostart ? [] : ["--disable"])];
    await runOne(connection, `can't set autostart of "${domain.name}"`, virsh(connection, args));
  }
  const runs = domain.liveXml !== null;
  if (wanted.running === true && !runs) await start(connection, domain);
  if (wanted.running === false && runs) await powerOff(connection, domain, wanted);
}
