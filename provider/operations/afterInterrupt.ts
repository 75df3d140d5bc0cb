import { HostError, PartialFailure } from "../errors.ts";
import { interruptedBy } from "../host/connection/interruption.ts";
import { connectionTo } from "../host/connections.ts";
import { readDomain } from "../host/read/read.ts";
import type { Arguments } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import { adoptedArguments } from "../plan/arguments/adopted.ts";
import { domainNameOf } from "../plan/arguments/declaration.ts";
import type { DomainFacts } from "../plan/situation/facts.ts";
import { treesOf } from "../plan/situation/situation.ts";

/**
 * Milliseconds for the last look at a domain after an interrupt. An idle host answers within 0.2 s; one whose
 * CPUs are busy took more than half a second. An interrupted detach goes on in libvirt, which waits 5 s for the guest to
 * let go of the device, and dumpxml waits for that (11.3.0; not 9.0.0). The engine waits for the answer, and a second
 * Ctrl-C ends it at once, so only a host or a guest that does not answer makes the user wait this long.
 */
const lookMs = 6000;

/**
 * Adds to an interrupt's error what is now true.
 * @param what What is read, for the case that it can't be
 */
export async function withTruthOf(
  error: unknown,
  what: string,
  read: () => Promise<string>,
): Promise<unknown> {
  const inner = error instanceof PartialFailure ? error.cause : error;
  if (!(inner instanceof HostError) || inner.code !== "interrupted") return error;
  const stateNow = await interruptedBy(AbortSignal.timeout(lookMs), read).catch(
    () => `what is true of ${what} now could not be read in time`,
  );
  const told = new Error(`${inner.message}\n${stateNow}`, { cause: inner });
  if (!(error instanceof PartialFailure)) return told;
  return new PartialFailure(error.id, told, error.outputs);
}

/** The same for a domain and the resource in it. */
export async function withTruth(kind: Kind, args: Arguments, error: unknown): Promise<unknown> {
  const name = domainNameOf(kind, args);
  return withTruthOf(error, `"${name}"`, async () => {
    const { domain } = await readDomain(connectionTo(String(args.host)), name);
    return domain
      ? `"${name}" is ${domain.state} now${placesOf(kind, args, domain)}`
      : `"${name}" is not on the host now`;
  });
}

/** Says whether the resource is in the definition, the running guest, or both; empty for a domain itself. */
function placesOf(kind: Kind, args: Arguments, domain: DomainFacts): string {
  const key = kind.key === null ? undefined : args[kind.key];
  if (key === undefined) return "";
  const { live, inactive } = treesOf(domain);
  const isIn = (side: XmlElement) => adoptedArguments(kind, side, String(key)) !== null;
  const sides = [
    ...(live === null ? [] : [`${isIn(live) ? "" : "not "}in the running guest`]),
    `${isIn(inactive) ? "" : "not "}in the definition`,
  ];
  return `; ${kind.name} ${String(key)}: ${sides.join(", ")}`;
}
