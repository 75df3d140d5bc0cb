import { redact, redactValue } from "../../model/elements/redact.ts";
import type { Schema } from "../../model/elements/schema.ts";
import type { DefinedObject } from "../../model/objects.ts";
import type { Topology } from "../../model/values/topology.ts";
import { flatTopology, parseNodeInfo, parseTopology } from "../../model/values/topology.ts";
import { visibleJson } from "../../model/values/visible.ts";
import { printIndented } from "../../model/xml/indent.ts";
import { parseXml } from "../../model/xml/parse.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { Lint } from "../checks/lint.ts";
import { guestCpus } from "../cpus/guestCpus.ts";
import type { Label } from "../live/labels.ts";
import { dearestLabel } from "../live/labels.ts";
import { DOMAIN } from "../live/steps.ts";
import type { Change } from "../merge/change.ts";
import type { Plan } from "../plan.ts";
import type { Situation } from "../situation/situation.ts";
import { recordChange } from "./change.ts";
import { foldChanges } from "./fold.ts";
import type {
  ErrorRecord,
  HostRecord,
  PlanRecord,
  RecordedChange,
  RecordedStep,
  ResourceName,
  ResourceRecord,
} from "./types.ts";
import { recordFormat } from "./types.ts";

export interface HostRead {
  readonly host: string;
  readonly libvirtVersion: number;
  readonly qemuVersion: number;
  /** Ids of the online CPUs; empty when unknown. */
  readonly onlineCpus: readonly number[];
  /** Root element of `virsh capabilities`; `null` when it was not read. */
  readonly capabilities: XmlElement | null;
  /** Output of `virsh nodeinfo`, for hosts without better information. Omitted when it was not read. */
  readonly nodeInfo?: string;
  /** All guests, with the live XML of running ones and the inactive XML of the others. */
  readonly guests: readonly { readonly name: string; readonly isActive: boolean; readonly xml: XmlElement }[];
}

export function hostRecord(read: HostRead): HostRecord {
  const { host, libvirtVersion, qemuVersion } = read;
  const guests = read.guests.map(({ xml, name, isActive }) => guestCpus(xml, name, isActive));
  return {
    format: recordFormat,
    kind: "host",
    host,
    libvirtVersion,
    qemuVersion,
    topology: topologyOf(read.capabilities, read.onlineCpus, read.nodeInfo),
    guests: guests.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/**
 * Makes a topology from the best source: capabilities, else the online CPUs, else the number of CPUs in `virsh
 * nodeinfo`.
 */
export function topologyOf(
  capabilities: XmlElement | null,
  onlineCpus: readonly number[],
  nodeInfo = "",
): Topology {
  const known = onlineCpus.length > 0 ? onlineCpus : null;
  return (
    (capabilities && parseTopology(capabilities, known)) ?? flatTopology(known ?? parseNodeInfo(nodeInfo))
  );
}

export interface ResourcePlan {
  /** Kind of libvirt object that the record is about. */
  readonly object: DefinedObject;
  readonly host: string;
  /** URI for `virsh -c` on the host itself. */
  readonly virshUri: string;
  readonly domain: string;
  readonly resource: ResourceName;
  readonly situation: Situation;
  readonly plan: Plan;
  readonly lints: readonly Lint[];
  /** Path of a change → label that replaces the plan's. Default: none. */
  readonly labels?: ReadonlyMap<string, Label>;
  /** Whether the value of a change must be hidden. Default: no value is. */
  readonly isSecret?: (change: Change) => boolean;
  /** Changes outside the plan: run state, autostart, detaching, restarting. Default: none. */
  readonly extra?: { readonly changes: readonly RecordedChange[]; readonly steps: readonly RecordedStep[] };
}

/** Records what a plan would do for one resource of an existing domain. Secrets are hidden. */
export function planRecord(given: ResourcePlan): ResourceRecord {
  const { plan, situation, domain, virshUri } = given;
  const { schema } = given.object;
  const changes = [
    ...foldChanges(plan.changes)
      .filter(({ isDue }) => isDue)
      .map(({ change, label }) =>
        recordChange(schema, change, given.labels?.get(change.path) ?? label, given.isSecret?.(change)),
      ),
    ...(given.extra?.changes ?? []),
  ];
  const before = guestCpus(situation.inactive, domain, situation.live !== null);
  const after = guestCpus(plan.define ?? situation.inactive, domain, situation.live !== null);
  const defines = plan.define ? [defineStep(given.object, virshUri)] : [];
  const lives = plan.liveSteps.map(
    ({ args, stdin, label }): RecordedStep => ({
      argv: ["virsh", "-c", virshUri, ...args.map((word) => (word === DOMAIN ? domain : word))],
      ...(stdin === undefined ? {} : { stdin: shownInput(schema, args, stdin) }),
      label,
    }),
  );
  return {
    format: recordFormat,
    kind: "resource",
    host: given.host,
    object: { kind: given.object.name, name: domain },
    domain,
    resource: given.resource,
    isRunning: situation.live !== null,
    label: dearestLabel(changes.map(({ label }) => label)),
    changes,
    steps: [...defines, ...lives, ...(given.extra?.steps ?? [])],
    obstacles: plan.obstacles,
    lints: given.lints,
    xml: plan.define && {
      before: readable(schema, situation.inactive),
      after: readable(schema, plan.define),
    },
    cpus: JSON.stringify(before) === JSON.stringify(after) ? null : { before, after },
  };
}

export interface NewDomain
  extends Pick<ResourcePlan, "object" | "host" | "virshUri" | "domain" | "resource" | "lints"> {
  readonly definition: XmlElement;
  /** Why the domain can't be created. Default: nothing prevents it. */
  readonly obstacles?: readonly string[];
  /** Whether the domain is started after it is defined. */
  readonly starts: boolean;
}

/** Records the creation of a new domain. */
export function newDomainRecord(given: NewDomain): ResourceRecord {
  const { host, domain, resource, lints, definition, virshUri } = given;
  const name = { kind: "add", path: "domain", before: null, after: domain, label: "define" } as const;
  const start = { kind: "change", path: "running", before: "false", after: "true", label: "start" } as const;
  const cpus = guestCpus(definition, domain, given.starts);
  return {
    format: recordFormat,
    kind: "resource",
    host,
    object: { kind: given.object.name, name: domain },
    domain,
    resource,
    isRunning: false,
    label: given.starts ? "start" : "define",
    changes: given.starts ? [name, start] : [name],
    steps: [
      defineStep(given.object, virshUri),
      ...(given.starts
        ? [{ argv: ["virsh", "-c", virshUri, given.object.verbs.start, domain], label: "start" } as const]
        : []),
    ],
    obstacles: given.obstacles ?? [],
    lints,
    xml: { before: "", after: readable(given.object.schema, definition) },
    cpus: {
      before: { ...cpus, vcpus: 0, cpuset: null, vcpuPins: {}, emulatorPin: null, ioThreads: {}, disks: {} },
      after: cpus,
    },
  };
}

/** Records an error. `message` is shown unchanged, so it must not contain a secret. */
export function errorRecord(given: Omit<ErrorRecord, "format" | "kind">): ErrorRecord {
  return { format: recordFormat, kind: "error", ...given };
}

/** Prints one line of the plan file, including the line break. */
export function printRecord(record: PlanRecord): string {
  return `${visibleJson(record)}\n`;
}

function defineStep({ verbs }: DefinedObject, virshUri: string): RecordedStep {
  return { argv: ["virsh", "-c", virshUri, verbs.define, "/dev/stdin"], label: "define" };
}

function readable(schema: Schema, root: XmlElement): string {
  return printIndented(redact(schema, root));
}

/** Prints a command's input for display: a device, an element of metadata, or one of the domain's texts. */
function shownInput(schema: Schema, args: readonly string[], stdin: string): string {
  if (args[0] === "desc")
    return redactValue(schema, stdin, [args.includes("--title") ? "title" : "description"], null);
  const element = parseXml(stdin);
  return printIndented(
    redact(schema, element, [args[0] === "metadata" ? "metadata" : "devices", element.name]),
  );
}
