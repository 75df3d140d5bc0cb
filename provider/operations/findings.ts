import { forRun } from "../host/process/perRun.ts";
import type { HostSnapshot } from "../host/read/read.ts";
import type { Lint, LintLevels } from "../plan/checks/lint.ts";
import { lintDomain } from "../plan/checks/lint.ts";
import type { GuestCpus } from "../plan/cpus/guestCpus.ts";
import { guestCpus } from "../plan/cpus/guestCpus.ts";
import { mayCount } from "../plan/cpus/guestPins.ts";
import type { Plan, Situation } from "../plan/plan.ts";
import { topologyOf } from "../plan/record/record.ts";
import type { DomainFacts } from "../plan/situation/facts.ts";
import { treesOf } from "../plan/situation/situation.ts";

let levels: LintLevels = {};

/** Levels of the configuration, for all that this process looks at. */
export function setLintLevels(given: LintLevels): void {
  levels = given;
}

const cpus = new WeakMap<DomainFacts, GuestCpus>();

function cpusOf(domain: DomainFacts): GuestCpus {
  const { live, inactive } = treesOf(domain);
  const found = cpus.get(domain) ?? guestCpus(live ?? inactive, domain.name, live !== null);
  cpus.set(domain, found);
  return found;
}

function countedGuests(domains: HostSnapshot["domains"]): GuestCpus[] {
  return [...domains.values()]
    .filter(({ liveXml, inactiveXml }) => mayCount(liveXml ?? inactiveXml, liveXml !== null))
    .map(cpusOf);
}

const guestsOf = new WeakMap<HostSnapshot, readonly GuestCpus[]>();
/** Of domains whose definition stays as it is, by name: all resources of a domain ask for the same. */
const found = new WeakMap<HostSnapshot, Map<string, readonly Lint[]>>();

/** What is unwise or impossible about a domain as it will be, beside all other guests of its host. */
export function lintsOf(
  name: string,
  situation: Situation,
  plan: Plan,
  snapshot: HostSnapshot,
): readonly Lint[] {
  const known = found.get(snapshot) ?? new Map<string, readonly Lint[]>();
  found.set(snapshot, known);
  const lints = (plan.define ? undefined : known.get(name)) ?? findLints(name, situation, plan, snapshot);
  if (!plan.define) known.set(name, lints);
  return lints;
}

function findLints(name: string, situation: Situation, plan: Plan, snapshot: HostSnapshot): Lint[] {
  const { host, domains } = snapshot;
  const guests = guestsOf.get(snapshot) ?? countedGuests(domains);
  guestsOf.set(snapshot, guests);
  const definition = plan.define ?? situation.inactive;
  return lintDomain(
    { name, definition, live: situation.live },
    { ...host, topology: topologyOf(null, host.onlineCpus), guests },
    levels,
  );
}

const told = forRun(() => new Set<string>());

/** A domain's findings are told with the first of its resources, not with each. */
export function tellOnce(domain: string, lints: readonly Lint[]): string[] {
  return lints.flatMap(({ id, level, path, message, remedy }) => {
    const line = `${level} ${id}: ${path && `${path}: `}${message}; ${remedy}`;
    if (told().has(`${domain} ${line}`)) return [];
    told().add(`${domain} ${line}`);
    return [line];
  });
}
