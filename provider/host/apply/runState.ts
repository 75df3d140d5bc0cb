import type { Label } from "../../plan/live/labels.ts";
import type { DomainFacts } from "../../plan/situation/facts.ts";
import type { Connection } from "../connection/connection.ts";
import type { DomainRead } from "../read/read.ts";
import { readDomain, runAndRead } from "../read/read.ts";
import { commandError } from "../virsh/errors.ts";
import { virsh } from "../virsh/virsh.ts";
import type { PowerOff } from "./power.ts";
import { powerOff } from "./power.ts";

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

/** Makes the run state as declared. Returns the domain where it was read after that. @throws HostError */
export async function applyLifecycle(
  connection: Connection,
  domain: DomainFacts,
  wanted: Lifecycle,
): Promise<DomainRead | undefined> {
  const { name, uuid } = domain;
  const runs = domain.liveXml !== null;
  const step = (what: string, ...args: string[]) => ({ what, command: virsh(connection, args) });
  const steps = [];
  if (wanted.autostart !== undefined && wanted.autostart !== domain.autostart)
    steps.push(
      step(`can't set autostart of "${name}"`, "autostart", uuid, ...(wanted.autostart ? [] : ["--disable"])),
    );
  if (wanted.running === true && !runs) steps.push(step(`can't start "${name}"`, "start", uuid));
  if (wanted.running === true && isPausedByHand(domain))
    steps.push(step(`can't resume "${name}"`, "resume", uuid));
  const commands = steps.map(({ command }) => command);
  const { results, read } = await runAndRead(connection, commands, name);
  if (!read) {
    // Somebody else may have done it just before, which makes virsh fail; that it is so is what counts.
    const now = await readDomain(connection, name).catch(() => null);
    if (now?.domain && diffLifecycle(wanted, now.domain).length === 0) return now;
    const at = results.length - 1;
    const failed = results[at] ?? { argv: [], exitCode: 1, stderr: "" };
    throw commandError(steps[at]?.what ?? "", connection.host, failed);
  }
  if (wanted.running !== false || !runs) return read;
  await powerOff(connection, domain, wanted);
  return undefined;
}
