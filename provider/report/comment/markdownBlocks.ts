/** Describes a comment's guests. Guests with the same changes share one block with all their names. */

import { counted } from "../../model/values/counted.ts";
import type { Label } from "../../plan/live/labels.ts";
import { domainsOf } from "../attention.ts";
import type { DomainReport, HostReport, Report } from "../report.ts";
import { clipped } from "../words.ts";
import { domainFold, domainTitle, domainWords } from "./markdownParts.ts";
import { codeText } from "./markdownText.ts";

/** One guest, or several with the same changes. */
export interface Block {
  /** Heading above the block. */
  readonly heading: string;
  readonly words: string;
  readonly fold: string;
  readonly label: Label | null;
  readonly labels: ReadonlySet<Label>;
  readonly guests: number;
  readonly changes: number;
}

type Member = readonly [HostReport, DomainReport];

/** Fewest guests that share a block: sharing does not make two guests shorter. */
const fewest = 3;
/** Most guests of a host, and most hosts, that are listed by name. */
const mostNames = 60;

export function blocksOf(report: Report): Block[] {
  const members = domainsOf(report).filter(([, { changes }]) => changes.length > 0);
  const groups = new Map<string, Member[]>();
  for (const member of members) {
    const key = alikeAs(member[1]);
    groups.set(key, [...(groups.get(key) ?? []), member]);
  }
  const isShared = (domain: DomainReport) => (groups.get(alikeAs(domain))?.length ?? 0) >= fewest;
  return [
    ...[...groups.values()].filter((group) => group.length >= fewest).map(shared),
    ...members.filter(([, domain]) => !isShared(domain)).map(([host, domain]) => single(host, domain)),
  ];
}

/** Key that is equal for guests with the same changes. A guest with obstacles shares its key with no other. */
function alikeAs(domain: DomainReport): string {
  const { name, obstacles, label, isRunning } = domain;
  return JSON.stringify([obstacles.length > 0 ? name : "", label, isRunning, domainWords(domain)]);
}

function single(host: HostReport, domain: DomainReport): Block {
  const title = domainTitle(codeText(clipped(domain.name, 80)), domain);
  return {
    ...costOf([domain]),
    heading: `### ${codeText(clipped(host.name, 80))}\n\n`,
    words: `${title}\n${domainWords(domain)}\n`,
    fold: domainFold(domain),
  };
}

function shared(group: readonly Member[]): Block {
  const [first] = group;
  const domains = group.map(([, domain]) => domain);
  const hosts = new Map<HostReport, string[]>();
  for (const [host, { name }] of group) hosts.set(host, [...(hosts.get(host) ?? []), name]);
  const places = [...hosts].map(([host, names]) => `- ${codeText(clipped(host.name, 80))}: ${listed(names)}`);
  const more = places.length - mostNames;
  if (more > 0) places.splice(mostNames, more, `- and ${counted(more, "more host")}`);
  const title = first ? domainTitle(counted(group.length, "guest"), first[1]) : "";
  const words = first ? domainWords(first[1]) : "";
  return {
    ...costOf(domains),
    heading: "### Alike on several guests\n\n",
    words: `${title}\n${words}\n\non:\n${places.join("\n")}\n`,
    fold: first ? domainFold(first[1], ` of ${codeName(first[1].name)}, like the others`) : "",
  };
}

const codeName = (name: string) => clipped(name, 80).replace(/[<>&"]/g, "_");

function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).map((name) => codeText(clipped(name, 80)));
  const more = names.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function costOf(domains: readonly DomainReport[]): Omit<Block, "heading" | "words" | "fold"> {
  const changes = domains.flatMap((domain) => domain.changes);
  return {
    label: domains[0]?.label ?? null,
    labels: new Set(changes.map(({ label }) => label)),
    guests: domains.length,
    changes: changes.length,
  };
}
