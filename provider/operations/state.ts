import { canonicalHost } from "../host/connections.ts";
import type { Arguments } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import { declare, domainNameOf } from "../plan/arguments/declaration.ts";
import type { WhenRunning } from "../plan/live/steps.ts";
import type { Plan } from "../plan/plan.ts";
import { planDomain } from "../plan/plan.ts";
import type { DomainFacts, HostFacts } from "../plan/situation/facts.ts";
import { situationOf } from "../plan/situation/situation.ts";

/** A resource as the front ends store it: its id, the resolved arguments and verified facts. */
export interface State {
  /** `qemu+ssh://root@hv1/system#db`, followed by `/IoThread/3` or the like for a part of a domain. */
  readonly id: string;
  readonly outputs: Arguments;
}

export function idOf(kind: Kind, args: Arguments): string {
  const domain = `${canonicalHost(String(args.host))}#${domainNameOf(kind, args)}`;
  return kind.key === null ? domain : `${domain}/${kind.name}/${String(args[kind.key])}`;
}

/** Whether the domain's definition contains the resource, with the declared values or others. */
export function isThere(kind: Kind, args: Arguments, host: HostFacts, domain: DomainFacts): boolean {
  if (kind.key === null) return true;
  const depth = kind.place.split("/").length;
  const { changes } = planDomain(null, declare(kind, args), { ...situationOf(host, domain), live: null });
  return !changes.some(({ change: { kind: how, steps } }) => how === "add" && steps.length <= depth);
}

/** Says that a resource existed before it was created. */
export function tookOver(kind: Kind, args: Arguments, name: string): string {
  const what = kind.key === null ? "the domain" : `${kind.name} ${String(args[kind.key])}`;
  return `${name}: ${what} is there already and is taken over; removing the resource removes it, unless retainOnDelete is set`;
}

/**
 * What an update may do to the running guest for this resource. Default: only what the guest does not notice.
 */
export function allowedOf(args: Arguments): WhenRunning {
  return (args.whenRunning as WhenRunning | undefined) ?? "live";
}

/** Returns the verified facts that become outputs. */
export function factsOf(kind: Kind, args: Arguments, domain: DomainFacts, plan: Plan): Arguments {
  const id = Number(kind.name === "IoThread" ? args.ioThreadId : args.ioThread);
  const thread = domain.ioThreads.find((each) => each.id === id);
  const domainUuid = domain.uuid;
  switch (kind.name) {
    case "Domain":
      return { uuid: domain.uuid, state: domain.state, pendingRestart: plan.pending };
    case "IoThread":
      return {
        domainUuid,
        ioThreadId: args.ioThreadId,
        threadId: thread?.threadId ?? null,
        pollMaxNs: thread?.pollMaxNs ?? args.pollMaxNs ?? null,
      };
    case "IoThreadPin":
      return { domainUuid, cpusAllowed: thread?.cpusAllowed ?? null };
    case "VirtioDisk":
    case "VirtioScsiController":
      return { domainUuid, pendingRestart: plan.pending };
  }
}
