import { HostError } from "../../errors.ts";
import { objects } from "../../model/objects.ts";
import { mapChildren } from "../../model/xml/edit.ts";
import { printXml } from "../../model/xml/print.ts";
import { attributeOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import { findNewDomainObstacles, layNewDomain } from "../../plan/checks/newDomain.ts";
import { treesOf } from "../../plan/situation/situation.ts";
import type { Connection } from "../connection/connection.ts";
import { capabilitiesOf } from "../read/capabilities.ts";
import { newUuidOf } from "../read/newUuid.ts";
import type { DomainRead } from "../read/read.ts";
import { runAndRead } from "../read/read.ts";
import { commandError } from "../virsh/errors.ts";
import { virsh } from "../virsh/virsh.ts";
import { filesOf, findMissingFiles, missingOf, requireFiles } from "./imageFiles.ts";

/** The declaration of a domain that the host does not have yet. */
export interface NewDomain {
  readonly desired: XmlElement;
  /** The program's name for a path of the declaration. */
  readonly nameOf: (path: string) => string;
  readonly hotplugSlots: number;
}

/**
 * Defines a new domain, with spare root ports on q35, and reads it.
 * @throws HostError when it can't be defined; the host then has no such domain.
 */
export async function defineDomain(
  connection: Connection,
  { host, uuids }: DomainRead,
  name: string,
  { desired, nameOf, hotplugSlots }: NewDomain,
): Promise<DomainRead> {
  const machine = valueAt(desired, "os/type/@machine") ?? "pc";
  const uuid = valueAt(desired, "uuid") === undefined ? await newUuidOf(connection, name, uuids) : null;
  const tree = layNewDomain(desired, uuid);
  const files = filesOf(desired);
  const obstacles = findNewDomainObstacles(
    desired,
    tree,
    { ...host, nameOf },
    await capabilitiesOf(connection),
  );
  const refuse = (why: readonly string[]) =>
    new HostError(`can't define "${name}"`, connection.host, {
      stderr: why.join("; "),
      remedy: "nothing has changed on the host",
    });
  if (obstacles.length > 0) throw refuse([...obstacles, ...(await findMissingFiles(connection, files))]);
  const define = async (xml: XmlElement): Promise<DomainRead> => {
    const needed = requireFiles(files);
    const command = virsh(connection, [objects.domain.verbs.define, "/dev/stdin"], printXml(xml));
    const { results, read } = await runAndRead(connection, [...needed, command], name);
    if (read) return read;
    const missing = needed.length > 0 ? missingOf(files, results[0]) : [];
    if (missing.length > 0) throw refuse(missing);
    const failed = results.at(-1) ?? { ...command, exitCode: 1, stderr: "" };
    throw commandError(`can't define "${name}"`, connection.host, failed);
  };
  const made = await define(tree);
  if (!/q35/.test(machine) || hotplugSlots === 0 || !made.domain) return made;
  // libvirt assigns declared root ports to devices of its own, so add the spare ones after the first define.
  try {
    return await define(withRootPorts(treesOf(made.domain).inactive, hotplugSlots));
  } catch (error) {
    await connection.run([virsh(connection, [objects.domain.verbs.undefine, made.domain.uuid])]);
    throw error;
  }
}

function withRootPorts(domain: XmlElement, slots: number): XmlElement {
  const pci = elementsAt(domain, "devices/controller").filter((each) => attributeOf(each, "type") === "pci");
  const last = Math.max(0, ...pci.map((each) => Number(attributeOf(each, "index"))));
  const ports = Array.from({ length: slots }, (_, index): XmlElement => {
    const attributes = { type: "pci", index: String(last + 1 + index), model: "pcie-root-port" };
    return {
      kind: "element",
      name: "controller",
      attributes: Object.entries(attributes).map(([key, value]) => ({ name: key, value })),
      children: [],
    };
  });
  return mapChildren(domain, "devices", (devices) => ({
    ...devices,
    children: [...devices.children, ...ports],
  }));
}
