import type { Label } from "../plan/labels.ts";
import type { Connection } from "./connection.ts";
import type { DomainFacts } from "./facts.ts";
import type { PowerOff } from "./power.ts";
import { powerOff, start } from "./power.ts";
import { runOne, virsh } from "./virsh.ts";

export interface Lifecycle extends PowerOff {
  readonly running?: boolean;
  readonly autostart?: boolean;
}

/** Something about the run state that is not as declared. */
export interface RunStateChange {
  readonly path: "running" | "autostart";
  readonly before: string;
  readonly after: string;
  readonly label: Label;
  /** What virsh is called with, less the domain. */
  readonly command: string;
}

/** What of the declared run state is not so. */
export function diffLifecycle(wanted: Lifecycle, domain: DomainFacts): RunStateChange[] {
  const found: RunStateChange[] = [];
  if (wanted.autostart !== undefined && wanted.autostart !== domain.autostart)
    found.push({
      path: "autostart",
      before: String(domain.autostart),
      after: String(wanted.autostart),
      label: "live",
      command: wanted.autostart ? "autostart" : "autostart --disable",
    });
  const runs = domain.liveXml !== null;
  const before = `${domain.state}${domain.stateReason && ` (${domain.stateReason})`}`;
  const running = (after: string, label: Label, command: string) =>
    found.push({ path: "running", before, after, label, command });
  if (wanted.running === true && !runs) running("running", "start", "start");
  if (wanted.running === true && isPausedByHand(domain)) running("running", "live", "resume");
  if (wanted.running === false && runs) running("shut off", "shutdown", "shutdown");
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
