import { forRun } from "../host/process/perRun.ts";
import type { HostSnapshot } from "../host/read/read.ts";
import { domainSchema } from "../model/elements/domain/schema.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import type { Lint, LintLevels } from "../plan/checks/lint.ts";
import { lintDomain } from "../plan/checks/lint.ts";
import { lintRows } from "../plan/checks/lintTable.ts";
import { undecidedOf } from "../plan/checks/undecided.ts";
import type { GuestCpus } from "../plan/cpus/guestCpus.ts";
import { guestCpus } from "../plan/cpus/guestCpus.ts";
import { mayCount } from "../plan/cpus/guestPins.ts";
import { definableBy } from "../plan/definition.ts";
import { mergeTrees } from "../plan/merge/merge.ts";
import { topologyOf } from "../plan/record/record.ts";
import type { DomainFacts } from "../plan/situation/facts.ts";
import { treesOf } from "../plan/situation/situation.ts";
import { treesOfAll } from "./declarations/otherDeclarations.ts";
import { imageUsesBeside, targetsOf } from "./imageUses.ts";
import type { Look, PlannedLook } from "./look.ts";

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
/** What is known of a domain so far: it grows with each of its resources that is looked at. */
interface Known {
  readonly declared: Set<XmlElement>;
  /** As the program will have made it, as far as it was looked at. */
  definition: XmlElement;
  /** Of which definition the lints are, what of it was undecided, and who was known to have its images. */
  question: readonly [XmlElement | null, string];
  lints: readonly Lint[];
}

const known = new WeakMap<HostSnapshot, Map<string, Known>>();

/**
 * What is unwise or impossible about a domain as the program will have made it, as far as its resources were looked at,
 * beside all other guests of its host.
 */
export function lintsOf(look: PlannedLook): readonly Lint[] {
  const { name, situation, snapshot } = look;
  const { host } = look.connection;
  const domain = knownOf(look);
  const declared = treesOfAll(host, name);
  const undecided = undecidedOf(domain.definition, declared);
  const declaredDisks = targetsOf(declared);
  const uses = imageUsesBeside(snapshot, host, name, domain.definition, declaredDisks);
  const question = [domain.definition, JSON.stringify([[...undecided], [...declaredDisks], uses])] as const;
  if (question[0] === domain.question[0] && question[1] === domain.question[1]) return domain.lints;
  const guests = guestsOf.get(snapshot) ?? countedGuests(snapshot.domains);
  guestsOf.set(snapshot, guests);
  domain.question = question;
  domain.lints = lintDomain(
    { name, definition: domain.definition, live: situation.live, undecided, declaredDisks },
    { ...snapshot.host, topology: topologyOf(null, snapshot.host.onlineCpus), guests, uses },
    levels,
  );
  return domain.lints;
}

const rowsForNew = lintRows.filter(({ isForNew }) => isForNew);

/** What is unwise about a resource that is new, whatever else the program declares. Null: its domain is not there yet. */
export function lintsOfNew(
  { connection: { host }, name, declared, snapshot }: Look,
  planned: PlannedLook | null,
): readonly Lint[] {
  const definition = planned ? (planned.plan.define ?? planned.situation.inactive) : declared;
  const declaredDisks = targetsOf([declared]);
  const uses = imageUsesBeside(snapshot, host, name, definition, declaredDisks);
  const topology = topologyOf(null, snapshot.host.onlineCpus);
  return lintDomain(
    { name, definition, live: planned?.situation.live ?? null, declaredDisks },
    { ...snapshot.host, topology, guests: [], uses },
    levels,
    rowsForNew,
  );
}

function knownOf(look: PlannedLook): Known {
  const { connection, name, declared: own, situation, plan, snapshot } = look;
  const { host } = connection;
  const domains = known.get(snapshot) ?? new Map<string, Known>();
  known.set(snapshot, domains);
  const found: Known = domains.get(name) ?? {
    declared: new Set(),
    definition: situation.inactive,
    question: [null, ""],
    lints: [],
  };
  domains.set(name, found);
  const lay = (actual: XmlElement, desired: XmlElement) => {
    found.declared.add(desired);
    const stays = definableBy(situation.libvirtVersion, desired);
    return mergeTrees(domainSchema, { recorded: null, desired: stays, actual }).tree;
  };
  const all = treesOfAll(host, name).filter((tree) => tree !== own);
  // What a plan takes away is in no declaration: then all others are laid over it anew.
  if (plan.define) found.definition = all.reduce(lay, plan.define);
  else found.definition = all.filter((tree) => !found.declared.has(tree)).reduce(lay, found.definition);
  found.declared.add(own);
  return found;
}

const told = forRun(() => new Set<string>());

/**
 * Lines of findings: a domain's are told with the first of its resources that shows them, not with each; what is true
 * of a host as a whole, once for the host.
 */
export function tellOnce(host: string, domain: string, lints: readonly Lint[]): string[] {
  return lints.flatMap(({ id, level, path, message, remedy }) => {
    const line = `${path === "" ? host : domain}: ${level} ${id}: ${path && `${path}: `}${message}; ${remedy}`;
    const place = path === "" ? host : `${host}#${domain}`;
    if (told().has(`${place} ${line}`)) return [];
    told().add(`${place} ${line}`);
    return [line];
  });
}
