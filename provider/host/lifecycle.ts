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
  const now = `${domain.state}${domain.stateReason && ` (${domain.stateReason})`}`;
  if (wanted.running === true && !runs) found.push(`${now} → running (start)`);
  if (wanted.running === true && isPausedByHand(domain)) found.push(`${now} → running (live)`);
  if (wanted.running === false && runs) found.push(`${now} → shut off (shutdown)`);
  return found;
}

/** Paused by somebody's command; a guest that libvirt or QEMU paused has a reason that resuming does not mend. */
function isPausedByHand(domain: DomainFacts): boolean {
  return domain.state === "paused" && domain.stateReason === "user";
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
  if (wanted.running === true && isPausedByHand(domain))
    await runOne(connection, `can't resume "${domain.name}"`, virsh(connection, ["resume", domain.uuid]));
  if (wanted.running === false && runs) await powerOff(connection, domain, wanted);
}
