import { HostError } from "../errors.ts";
import type { Connection } from "../host/connection/connection.ts";
import { parseHostUri } from "../host/connection/uri.ts";
import { connectionTo } from "../host/connections.ts";
import type { Unread } from "../host/read/answer.ts";
import { requireRead } from "../host/read/busy.ts";
import { askCapabilities, parseCapabilities } from "../host/read/capabilities.ts";
import type { HostSnapshot } from "../host/read/read.ts";
import { snapshotOf } from "../host/read/snapshot.ts";
import { runOne } from "../host/virsh/virsh.ts";
import { checkFields } from "../model/arguments/check.ts";
import type { Arguments, Failure } from "../model/arguments/field.ts";
import type { FunctionName } from "../model/arguments/functions.ts";
import { functions } from "../model/arguments/functions.ts";
import { ioThreadIds } from "../model/elements/domain/ioThreads.ts";
import { parseMemoryKiB } from "../model/values/units.ts";
import { printVersion } from "../model/values/version.ts";
import { attributeOf, elementsAt, valueAt } from "../model/xml/read.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import { listFeatures } from "../plan/checks/features.ts";
import { threadsOfDevice } from "../plan/cpus/guestCpus.ts";
import type { DomainFacts, HostFacts } from "../plan/situation/facts.ts";
import { treesOf } from "../plan/situation/situation.ts";
import { poolAnswer, volumesAnswer } from "./storage/functions.ts";

export interface FunctionResult {
  readonly values: Arguments;
  /** Names of results that must stay encrypted. */
  readonly secrets: ReadonlySet<string>;
}

const open: ReadonlySet<string> = new Set();

/** Finds everything wrong with a function's arguments. */
export function checkFunction(name: FunctionName, args: Arguments): Failure[] {
  const failures = checkFields(functions[name].inputs, args);
  const uri = typeof args.host === "string" ? parseHostUri(args.host) : null;
  return uri && "failure" in uri ? [...failures, { property: "host", reason: uri.failure }] : failures;
}

/** @throws HostError when the host can't be read, or has no such domain or pool */
export async function callFunction(name: FunctionName, args: Arguments): Promise<FunctionResult> {
  const connection = connectionTo(String(args.host));
  switch (name) {
    case "getStoragePool":
      return { values: await poolAnswer(connection, String(args.name)), secrets: open };
    case "listVolumes":
      return { values: await volumesAnswer(connection, String(args.pool)), secrets: open };
    default:
      return domainAnswer(name, connection, args);
  }
}

async function domainAnswer(
  name: Exclude<FunctionName, "getStoragePool" | "listVolumes">,
  connection: Connection,
  args: Arguments,
): Promise<FunctionResult> {
  const snapshot = await snapshotOf(connection);
  const { host, domains, busy } = snapshot;
  switch (name) {
    case "getHost":
      return { values: await hostAnswer(connection, host), secrets: open };
    case "listDomains": {
      const sorted = [...domains.values(), ...busy.values()].toSorted((a, b) =>
        a.name.localeCompare(b.name, "en"),
      );
      return { values: { domains: sorted.map(summaryOf) }, secrets: open };
    }
    case "getDomain": {
      const domain = oneOf(snapshot, connection, args);
      const { inactiveXml: xml, liveXml } = domain;
      return { values: { ...summaryOf(domain), xml, liveXml }, secrets: new Set(["xml", "liveXml"]) };
    }
    case "getIoThreads":
      return { values: { ioThreads: threadsOf(oneOf(snapshot, connection, args)) }, secrets: open };
  }
}

function oneOf(snapshot: HostSnapshot, connection: Connection, args: Arguments): DomainFacts {
  const { domains } = snapshot;
  const found = domains.get(String(args.domain));
  if (found) return found;
  requireRead(connection, snapshot, String(args.domain));
  const names = [...domains.keys()]
    .toSorted((a, b) => a.localeCompare(b, "en"))
    .slice(0, 20)
    .join(", ");
  throw new HostError(`there is no domain "${String(args.domain)}"`, connection.host, {
    remedy: `it has ${names || "none"}`,
  });
}

function summaryOf({ name, uuid, state, autostart, persistent }: DomainFacts | Unread): Arguments {
  return { name, uuid, state, autostart, persistent };
}

function threadsOf(domain: DomainFacts): Arguments[] {
  const { ioThreads } = domain;
  const { live, inactive } = treesOf(domain);
  const tree = live ?? inactive;
  const users = [
    ...elementsAt(tree, "devices/disk").map((disk) => [String(valueAt(disk, "target/@dev")), disk] as const),
    ...elementsAt(tree, "devices/controller").map(
      (each) => [`${attributeOf(each, "type")} ${attributeOf(each, "index")}`, each] as const,
    ),
  ];
  return ioThreadIds(tree)
    .toSorted((a, b) => a - b)
    .map((id) => {
      const facts = ioThreads.find((each) => each.id === id);
      const usedBy = users
        .filter(([, device]) => threadsOfDevice(device).includes(String(id)))
        .map(([name]) => name);
      return { ...facts, id, usedBy };
    });
}

async function hostAnswer(connection: Connection, host: HostFacts): Promise<Arguments> {
  const what = "can't read the capabilities";
  const capabilities = parseCapabilities(
    connection,
    await runOne(connection, what, askCapabilities(connection)),
  );
  const arch = valueAt(capabilities, "host/cpu/arch") ?? "";
  const own = elementsAt(capabilities, "guest/arch").find((each) => attributeOf(each, "name") === arch);
  const { libvirtVersion: libvirt, qemuVersion: qemu } = host;
  return {
    libvirtVersion: printVersion(libvirt),
    qemuVersion: printVersion(qemu),
    arch,
    cpus: host.onlineCpus,
    numaNodes: elementsAt(capabilities, "host/topology/cells/cell").map(nodeOf),
    domainTypes: own ? elementsAt(own, "domain").map((each) => attributeOf(each, "type")) : [],
    features: Object.fromEntries(listFeatures(libvirt, qemu).map(({ key, isThere }) => [key, isThere])),
  };
}

function nodeOf(cell: XmlElement): Arguments {
  const [memory] = elementsAt(cell, "memory");
  return {
    id: Number(attributeOf(cell, "id")),
    memoryKiB: parseMemoryKiB(valueAt(cell, "memory") ?? "0", memory && attributeOf(memory, "unit")) ?? 0,
    cpus: elementsAt(cell, "cpus/cpu").map((cpu) => Number(attributeOf(cpu, "id"))),
  };
}
