import { forRun } from "../../host/process/perRun.ts";
import type { HostSnapshot } from "../../host/read/read.ts";
import { domainSchema } from "../../model/elements/domain/schema.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { Lint, LintLevels } from "../../plan/checks/lint.ts";
import { byLevel, lintDomain } from "../../plan/checks/lint.ts";
import { lintRows } from "../../plan/checks/lintTable.ts";
import { undecidedOf } from "../../plan/checks/undecided.ts";
import type { GuestCpus } from "../../plan/cpus/guestCpus.ts";
import { guestCpus } from "../../plan/cpus/guestCpus.ts";
import { mayCount } from "../../plan/cpus/guestPins.ts";
import { definableBy, planDefinition } from "../../plan/definition.ts";
import { mergeTrees } from "../../plan/merge/merge.ts";
import { topologyOf } from "../../plan/record/record.ts";
import type { DomainFacts } from "../../plan/situation/facts.ts";
import { treesOf } from "../../plan/situation/situation.ts";
import { treesOfAll } from "../declarations/otherDeclarations.ts";
import type { Look, PlannedLook } from "../look.ts";
import { sharedImagesOf } from "./imageUses.ts";
import { poolsOffOf } from "./poolsOff.ts";

let levels: LintLevels = {};

/** Sets the lint levels of the configuration for this process. */
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
/** What we know of a domain so far. Grows with each of its resources that we look at. */
interface Known {
  readonly declared: Set<XmlElement>;
  /** The definition after the program has run, as far as its resources were looked at. */
  definition: XmlElement;
  /** The definition that `lints` was computed for, and which parts of it were undecided then. */
  question: readonly [XmlElement | null, string];
  lints: readonly Lint[];
}

const known = new WeakMap<HostSnapshot, Map<string, Known>>();

/** Lints that look at one resource, whatever else the program declares. */
const rowsOfOne = lintRows.filter(({ isForNew }) => isForNew);
const rowsOfAll = lintRows.filter(({ isForNew }) => !isForNew);

/**
 * Finds what is unwise or impossible about a domain after the program has run, as far as its resources were
 * looked at. Takes the other guests of the host into account.
 */
export function lintsOf(look: PlannedLook): readonly Lint[] {
  const domain = knownOf(look);
  const own = lintsOfNew(look, look, domain.definition);
  const { connection, name, snapshot } = look;
  const undecided = undecidedOf(domain.definition, treesOfAll(connection.host, name));
  const question = [domain.definition, JSON.stringify([...undecided])] as const;
  if (question[0] !== domain.question[0] || question[1] !== domain.question[1]) {
    const guests = guestsOf.get(snapshot) ?? countedGuests(snapshot.domains);
    guestsOf.set(snapshot, guests);
    domain.question = question;
    domain.lints = lintDomain(
      { name, definition: domain.definition, live: look.situation.live, undecided },
      { ...snapshot.host, topology: topologyOf(null, snapshot.host.onlineCpus), guests },
      levels,
      rowsOfAll,
    );
  }
  return [...domain.lints, ...own].toSorted(byLevel);
}

/**
 * Finds what is unwise about one resource, whatever else the program declares. `planned` is `null` when the
 * domain is not on the host yet.
 */
export function lintsOfNew(
  look: Look,
  planned: PlannedLook | null,
  definition = planned ? (planned.plan.define ?? planned.situation.inactive) : look.declared,
): readonly Lint[] {
  const { name, snapshot } = look;
  const { uses, linted } = sharedImagesOf(look, planned);
  const topology = topologyOf(null, snapshot.host.onlineCpus);
  const declared = look.kind.name === "Domain" ? look.args.autostart : undefined;
  const autostart = (declared ?? planned?.domain.autostart) === true;
  return lintDomain(
    { name, definition, live: planned?.situation.live ?? null, declaredDisks: linted, autostart },
    { ...snapshot.host, topology, guests: [], uses, poolsOff: poolsOffOf(snapshot) },
    levels,
    rowsOfOne,
  );
}

/**
 * Merges a resource's change into the definition known so far, including what the change removes. This takes
 * one merge per resource; merging all other declarations into each resource's own plan took 45 ms for each of
 * 200 disks.
 */
function knownOf(look: PlannedLook): Known {
  const { connection, name, snapshot, declared: own, situation, plan, recorded, desired } = look;
  const domains = known.get(snapshot) ?? new Map<string, Known>();
  known.set(snapshot, domains);
  const found: Known = domains.get(name) ?? {
    declared: new Set(),
    definition: situation.inactive,
    question: [null, ""],
    lints: [],
  };
  domains.set(name, found);
  const lay = (actual: XmlElement, tree: XmlElement) => {
    found.declared.add(tree);
    return mergeTrees(domainSchema, {
      recorded: null,
      desired: definableBy(situation.libvirtVersion, tree),
      actual,
    }).tree;
  };
  if (plan.define) {
    const isFirst = found.definition === situation.inactive;
    const inactive = found.definition;
    found.definition = isFirst
      ? plan.define
      : planDefinition(recorded, desired, { ...situation, inactive }).inactive.tree;
  }
  const all = treesOfAll(connection.host, name).filter((tree) => tree !== own);
  found.definition = all.filter((tree) => !found.declared.has(tree)).reduce(lay, found.definition);
  found.declared.add(own);
  return found;
}

const told = forRun(() => new Set<string>());

/**
 * Returns the lines of findings that were not shown yet. A finding about a domain is shown once, with the
 * first of its resources that has it; a finding about a host is shown once for the host.
 */
export function linesNotYetShown(host: string, domain: string, lints: readonly Lint[]): string[] {
  return lints.flatMap(({ id, level, path, message, remedy }) => {
    const line = `${path === "" ? host : domain}: ${level} ${id}: ${path && `${path}: `}${message}; ${remedy}`;
    const place = path === "" ? host : `${host}#${domain}`;
    if (told().has(`${place} ${line}`)) return [];
    told().add(`${place} ${line}`);
    return [line];
  });
}
