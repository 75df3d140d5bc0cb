/**
 * Power-cycles a guest for its pending changes and notes which of them did not take effect. We never
 * power-cycle twice for the same reason.
 */
import { HostError, PartialFailure } from "../errors.ts";
import type { Applied, Declaration } from "../host/apply/apply.ts";
import { applyDeclaration } from "../host/apply/apply.ts";
import { powerCycle } from "../host/apply/powerCycle.ts";
import type { Lifecycle } from "../host/apply/runState.ts";
import { whyNotOff } from "../host/apply/runState.ts";
import type { Connection } from "../host/connection/connection.ts";
import type { DomainRead } from "../host/read/read.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import type { Tried } from "../plan/plan.ts";
import { planDomain } from "../plan/plan.ts";
import { situationOf } from "../plan/situation/situation.ts";

export interface Cycled {
  readonly applied: Applied;
  /**
   * Changes that still wait after a power cycle made for them. No later update power-cycles for them again.
   */
  readonly tried: readonly Tried[];
  readonly notes: readonly string[];
}

/**
 * Power-cycles the guest if the plan requires it, then checks the result. @throws HostError or PartialFailure
 */
export async function bringIntoForce(
  connection: Connection,
  declaration: Declaration,
  before: Applied,
  wanted: Lifecycle,
): Promise<Cycled> {
  const { restartsFor, inVain: known } = before.plan;
  if (restartsFor.length === 0) return { applied: before, tried: known, notes: [] };
  await powerCycle(connection, before.domain, wanted).catch((error: Error) => {
    throw withWhatIsDone(error, before);
  });
  const applied = await applyDeclaration(connection, declaration);
  const inVain = applied.plan.restartsFor;
  const stillKnown = known.filter(({ path }) => applied.plan.pending.some((each) => each.path === path));
  return { applied, tried: [...stillKnown, ...inVain], notes: inVain.map((each) => noteOf(applied, each)) };
}

function noteOf({ domain }: Applied, { path }: Tried): string {
  return `${domain.name}: ${path} is defined, the guest was power-cycled for it, and does not have it: libvirt or QEMU gives it something else (virsh dumpxml); it is not power-cycled for that again until the declaration changes`;
}

/** Adds what was already defined to an error that came later. */
export function withWhatIsDone(error: Error, { done, plan }: Applied): Error {
  const paths = [...new Set([...done, ...plan.pending.map(({ path }) => path)])];
  const inner = error instanceof PartialFailure ? error.cause : error;
  if (paths.length === 0 || !(inner instanceof HostError)) return error;
  const { what, host, code, argv, stderr, remedy, cause } = inner;
  const told = new HostError(what, host, {
    code,
    argv,
    stderr,
    cause,
    remedy: `${remedy && `${remedy}\n`}defined already: ${paths.join(", ")}; what of it the running guest does not have yet comes with its next start`,
  });
  return error instanceof PartialFailure || done.length > 0 ? new PartialFailure(null, told) : told;
}

/**
 * Refuses a change before anything is touched when the guest must go off, can't be asked to, and must not be
 * forced off.
 */
export function refuseUnaskable(
  connection: Connection,
  { recorded, desired, allowed, tried }: Declaration,
  kind: Kind,
  wanted: Lifecycle,
  { host, domain }: DomainRead,
): void {
  if (!domain || whyNotOff(wanted, domain, true) === null) return;
  const isOff = kind.name === "Domain" && wanted.running === false;
  const { restarts } = planDomain(recorded, desired, situationOf(host, domain), allowed, tried);
  const why = whyNotOff(wanted, domain, isOff || restarts);
  if (why !== null)
    throw new HostError(`"${domain.name}" can't be changed so`, connection.host, {
      stderr: why,
      remedy: "nothing has changed on the host",
    });
}
