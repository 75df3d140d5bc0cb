import { setTimeout as pause } from "node:timers/promises";
import { HostError } from "../errors.ts";
import { parseDomainXml } from "../model/xml/parse.ts";
import { printXml } from "../model/xml/print.ts";
import { attributeOf, elementsAt, valueAt } from "../model/xml/read.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import { layDomain } from "../plan/merge.ts";
import { filesOf, findMissingFiles } from "./apply.ts";
import type { Command, Connection } from "./connection.ts";
import type { DomainFacts } from "./facts.ts";
import { readDomain } from "./read.ts";
import { virsh } from "./virsh.ts";

/** Runs one command. @throws HostError with libvirt's own words when it fails. */
async function runOne(connection: Connection, what: string, command: Command): Promise<void> {
  const [result] = await connection.run([command]);
  if (result?.exitCode !== 0)
    throw new HostError(what, connection.host, { argv: command.argv, stderr: result?.stderr ?? "" });
}

/** What a new domain gets beneath the declared: no resource owns it, so later versions may choose otherwise. */
const beneath = (isPc: boolean) =>
  parseDomainXml(
    `<domain type='kvm'><os><type>hvm</type></os>${isPc ? "<features><acpi/><apic/></features>" : ""}</domain>`,
  );

/** Defines a domain that is not there yet, with spare root ports on q35. */
export async function defineDomain(
  connection: Connection,
  name: string,
  desired: XmlElement,
  hotplugSlots: number,
): Promise<void> {
  const machine = valueAt(desired, "os/type/@machine") ?? "pc";
  if (elementsAt(desired, "memory").length === 0) {
    throw new HostError(`can't define "${name}": memory is not given`, connection.host, {
      remedy: "a new domain needs memory; nothing has changed",
    });
  }
  const missing = await findMissingFiles(connection, filesOf(desired));
  if (missing.length > 0)
    throw new HostError(`can't define "${name}"`, connection.host, { stderr: missing.join("; ") });
  const { tree } = layDomain(desired, beneath(/^(q35|pc)/.test(machine)));
  await runOne(
    connection,
    `can't define "${name}"`,
    virsh(connection, ["define", "/dev/stdin"], printXml(tree)),
  );
  if (!/q35/.test(machine) || hotplugSlots === 0) return;
  const { domain } = await readDomain(connection, name);
  if (!domain) return;
  const added = withRootPorts(parseDomainXml(domain.inactiveXml), hotplugSlots);
  await runOne(
    connection,
    `can't add hot-plug slots to "${name}"`,
    virsh(connection, ["define", "/dev/stdin"], printXml(added)),
  );
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
  const children = domain.children.map((child) =>
    child.kind === "element" && child.name === "devices"
      ? { ...child, children: [...child.children, ...ports] }
      : child,
  );
  return { ...domain, children };
}

export interface Lifecycle {
  readonly running?: boolean;
  readonly autostart?: boolean;
  readonly shutdownTimeoutSeconds?: number;
  readonly forceOff?: boolean;
}

/** What of the declared run state is not so, in words. */
export function diffLifecycle(wanted: Lifecycle, domain: DomainFacts): string[] {
  const found: string[] = [];
  if (wanted.autostart !== undefined && wanted.autostart !== domain.autostart)
    found.push(`autostart ${domain.autostart} → ${wanted.autostart} (live)`);
  const runs = domain.liveXml !== null;
  if (wanted.running !== undefined && wanted.running !== runs)
    found.push(`running ${runs} → ${wanted.running} (${wanted.running ? "start" : "shutdown"})`);
  return found;
}

/** Makes the run state as declared. @throws HostError */
export async function applyLifecycle(
  connection: Connection,
  domain: DomainFacts,
  wanted: Lifecycle,
): Promise<void> {
  if (wanted.autostart !== undefined && wanted.autostart !== domain.autostart) {
    const args = ["autostart", domain.uuid, ...(wanted.autostart ? [] : ["--disable"])];
    await runOne(connection, `can't set autostart of "${domain.name}"`, virsh(connection, args));
  }
  const runs = domain.liveXml !== null;
  if (wanted.running === true && !runs)
    await runOne(connection, `can't start "${domain.name}"`, virsh(connection, ["start", domain.uuid]));
  if (wanted.running === false && runs) await powerOff(connection, domain, wanted);
}

/** Asks the guest to power off and waits. @throws HostError when it does not and may not be cut off. */
async function powerOff(connection: Connection, domain: DomainFacts, allowed: Lifecycle): Promise<void> {
  const limitMs = (allowed.shutdownTimeoutSeconds ?? 60) * 1000;
  await runOne(connection, `can't shut down "${domain.name}"`, virsh(connection, ["shutdown", domain.uuid]));
  for (const until = Date.now() + limitMs; Date.now() < until; ) {
    await pause(Math.min(1000, limitMs));
    const now = await readDomain(connection, domain.name);
    if (!now.domain || now.domain.liveXml === null) return;
  }
  if (!allowed.forceOff) {
    throw new HostError(`"${domain.name}" did not power off within ${limitMs / 1000} s`, connection.host, {
      remedy:
        "it still runs; shut it down inside, raise shutdownTimeoutSeconds, or allow it to be cut off with forceOff: true (pulumi up, then again)",
    });
  }
  await runOne(connection, `can't cut off "${domain.name}"`, virsh(connection, ["destroy", domain.uuid]));
}

/** Powers off and undefines; gone already is good too. Disk images stay. @throws HostError */
export async function removeDomain(connection: Connection, name: string, allowed: Lifecycle): Promise<void> {
  const { domain } = await readDomain(connection, name);
  if (!domain) return;
  if (domain.liveXml !== null) await powerOff(connection, domain, allowed);
  const { domain: still } = await readDomain(connection, name);
  if (still)
    await runOne(connection, `can't undefine "${name}"`, virsh(connection, ["undefine", still.uuid]));
}
