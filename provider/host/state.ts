import type { Arguments } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import { domainNameOf } from "../plan/declaration.ts";
import type { Plan } from "../plan/plan.ts";
import type { WhenRunning } from "../plan/steps.ts";
import type { DomainFacts } from "./facts.ts";
import { canonicalHost } from "./session.ts";

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

/** What may be done to the running guest for this resource. Absent: only what it does not notice. */
export function allowedOf(args: Arguments): WhenRunning {
  return (args.whenRunning as WhenRunning | undefined) ?? "live";
}

/** Verified facts that become outputs. */
export function factsOf(kind: Kind, args: Arguments, domain: DomainFacts, plan: Plan): Arguments {
  const id = Number(kind.name === "IoThread" ? args.ioThreadId : args.ioThread);
  const thread = domain.ioThreads.find((each) => each.id === id);
  switch (kind.name) {
    case "Domain":
      return { uuid: domain.uuid, state: domain.state, pendingRestart: plan.pending };
    case "IoThread":
      return {
        ioThreadId: args.ioThreadId,
        threadId: thread?.threadId ?? null,
        pollMaxNs: thread?.pollMaxNs ?? args.pollMaxNs ?? null,
      };
    case "IoThreadPin":
      return { cpusAllowed: thread?.cpusAllowed ?? null };
    case "VirtioDisk":
    case "VirtioScsiController":
      return { pendingRestart: plan.pending };
  }
}
