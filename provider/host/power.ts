import { setTimeout as pause } from "node:timers/promises";
import { HostError, PartialFailure } from "../errors.ts";
import type { Connection } from "./connection.ts";
import type { DomainFacts } from "./facts.ts";
import { currentSignal } from "./interruption.ts";
import { quote } from "./quote.ts";
import { runOne, virsh } from "./virsh.ts";

/** How a guest may be powered off. */
export interface PowerOff {
  /** Seconds that it has after it was asked. Absent: 60. */
  readonly shutdownTimeoutSeconds?: number;
  /** Whether it is cut off after that. Absent: it is not, and that is an error. */
  readonly forceOff?: boolean;
}

export async function start(connection: Connection, domain: DomainFacts): Promise<void> {
  await runOne(connection, `can't start "${domain.name}"`, virsh(connection, ["start", domain.uuid]));
}

/** Asks the guest to power off and waits. @throws HostError when it does not and may not be cut off. */
export async function powerOff(connection: Connection, domain: DomainFacts, how: PowerOff): Promise<void> {
  const limitMs = (how.shutdownTimeoutSeconds ?? 60) * 1000;
  await runOne(connection, `can't shut down "${domain.name}"`, virsh(connection, ["shutdown", domain.uuid]));
  const isOff = async () => {
    await pause(Math.min(500, limitMs), undefined, { signal: currentSignal() });
    const what = `can't ask for the state of "${domain.name}"`;
    const { stdout } = await runOne(connection, what, virsh(connection, ["domstate", domain.uuid]));
    return stdout.trim() === "shut off";
  };
  for (const until = Date.now() + limitMs; Date.now() < until; ) {
    const isDone = await isOff().catch((cause: unknown) => {
      if (!currentSignal()?.aborted) throw cause;
      throw new HostError(`interrupted while "${domain.name}" powers off`, connection.host, {
        code: "interrupted",
        remedy: "it was asked to and may yet do so; the next up goes on from there",
        cause,
      });
    });
    if (isDone) return;
  }
  if (!how.forceOff) {
    throw new HostError(`"${domain.name}" did not power off within ${limitMs / 1000} s`, connection.host, {
      remedy: `it still runs; shut it down inside or cut it off (virsh destroy ${quote(domain.name)}) and run this again; or raise shutdownTimeoutSeconds, or allow it to be cut off with forceOff: true (pulumi up, then this again)`,
    });
  }
  await runOne(connection, `can't cut off "${domain.name}"`, virsh(connection, ["destroy", domain.uuid]));
}

/** Off and on again, so that the definition comes into force. @throws PartialFailure when it stays off. */
export async function powerCycle(connection: Connection, domain: DomainFacts, how: PowerOff): Promise<void> {
  await powerOff(connection, domain, how);
  await start(connection, domain).catch((error: Error) => {
    throw new PartialFailure(null, error);
  });
}
