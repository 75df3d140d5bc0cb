import { parseDomainXml } from "../model/xml/parse.ts";
import type { GuestCpus } from "../plan/guestCpus.ts";
import { guestCpus } from "../plan/guestCpus.ts";
import type { Lint, LintLevels } from "../plan/lint.ts";
import { lintDomain } from "../plan/lint.ts";
import type { Plan, Situation } from "../plan/plan.ts";
import { topologyOf } from "../plan/record.ts";
import type { HostSnapshot } from "./read.ts";

let levels: LintLevels = {};

/** Levels of the configuration, for all that this process looks at. */
export function setLintLevels(given: LintLevels): void {
  levels = given;
}

const guestsOf = new WeakMap<HostSnapshot, readonly GuestCpus[]>();

/** What is unwise or impossible about a domain as it will be, beside all other guests of its host. */
export function lintsOf(name: string, situation: Situation, plan: Plan, snapshot: HostSnapshot): Lint[] {
  const { host, domains } = snapshot;
  const found = guestsOf.get(snapshot);
  const guests =
    found ??
    [...domains.values()].map((each) =>
      guestCpus(parseDomainXml(each.liveXml ?? each.inactiveXml), each.name, each.liveXml !== null),
    );
  guestsOf.set(snapshot, guests);
  const definition = plan.define ?? situation.inactive;
  const own = guestCpus(definition, name, situation.live !== null);
  return lintDomain(
    { name, definition, live: situation.live },
    {
      ...host,
      topology: topologyOf(null, host.onlineCpus),
      guests: guests.map((each) => (each.name === name ? own : each)),
    },
    levels,
  );
}

const told = new Set<string>();

/** A domain's findings are told with the first of its resources, not with each. */
export function tellOnce(domain: string, lints: readonly Lint[]): string[] {
  return lints.flatMap(({ id, level, path, message, remedy }) => {
    const line = `${level} ${id}: ${path && `${path}: `}${message}; ${remedy}`;
    if (told.has(`${domain} ${line}`)) return [];
    told.add(`${domain} ${line}`);
    return [line];
  });
}
