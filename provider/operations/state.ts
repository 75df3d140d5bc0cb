import { canonicalHost } from "../host/connections.ts";
import type { Arguments } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import { declare, domainNameOf } from "../plan/arguments/declaration.ts";
import type { WhenRunning } from "../plan/live/steps.ts";
import type { Plan } from "../plan/plan.ts";
import { planDomain } from "../plan/plan.ts";
import type { DomainFacts, HostFacts } from "../plan/situation/facts.ts";
import { situationOf } from "../plan/situation/situation.ts";

/** A resource as the front ends keep it: id, what its arguments became, and facts. */
export interface State {
  /** `qemu+ssh://root@hv1/system#db`, and `/IoThread/3` after it for what belongs to a domain. */
  readonly id: string;
  readonly outputs: Arguments;
}

export function idOf(kind: Kind, args: Arguments): string {
  const domain = `${canonicalHost(String(args.host))}#${domainNameOf(kind, args)}`;
  return kind.key === null ? domain : `${domain}/${kind.name}/${String(args[kind.key])}`;
}

/** Whether what a resource stands for is in the domain's definition, as declared or otherwise. */
export function isThere(kind: Kind, args: Arguments, host: HostFacts, domain: DomainFacts): boolean {
  if (kind.key === null) return true;
  const depth = kind.place.split("/").length;
  const { changes } = planDomain(null, declare(kind, args), { ...situationOf(host, domain), live: null });
  return !changes.some(({ change: { kind: how, steps } }) => how === "add" && steps.length <= depth);
}

/** Words for what is there before its resource is made. */
export function tookOver(kind: Kind, args: Arguments, name: string): string {
  const what = kind.key === null ? "the domain" : `${kind.name} ${String(args[kind.key])}`;
  return `${name}: ${what} is there already and is taken over; removing the resource removes it, unless retainOnDelete is set`;
}

/** What may be done to the running guest for this resource. Absent: only what it does not notice. */
export function allowedOf(args: Arguments): WhenRunning {
  return (args.whenRunning as WhenRunning | undefined) ?? "live";
}

/** Verified facts that become outputs. */
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
