/** Adds undeclared values to a definition that libvirt would otherwise choose in a harmful way. */
import { domainSchema } from "../model/elements/domain/schema.ts";
import { newMac } from "../model/values/mac.ts";
import { printXml } from "../model/xml/print.ts";
import { attributeOf, childrenOf, elementsAt, textOf, valueAt } from "../model/xml/read.ts";
import type { XmlElement, XmlNode } from "../model/xml/tree.ts";
import { emptyDomain } from "../model/xml/tree.ts";
import type { Change } from "./merge/change.ts";
import { mergeTrees } from "./merge/merge.ts";
import { placeOf } from "./merge/path.ts";

const isElement = (node: XmlNode, name: string): node is XmlElement =>
  node.kind === "element" && node.name === name;

/** Places from which libvirt takes the size of a guest's memory. */
const sizes = ["memory", "cpu/numa", "devices/memory"];

/**
 * Raises `currentMemory`, the part that the balloon leaves a guest, together with `memory`. libvirt 9.0.0 sets it
 * once and then keeps it, so a guest that gets more memory would not see it. Applies where no program declares
 * `currentMemory` and it was equal to `memory`.
 */
export function withCurrentMemory(
  next: XmlElement,
  before: XmlElement,
  declared: readonly (XmlElement | null)[],
): XmlElement {
  const isDeclared = declared.some((tree) => tree && elementsAt(tree, "currentMemory").length > 0);
  const sizeIn = (tree: XmlElement) =>
    sizes.flatMap((place) => elementsAt(tree, place).map((each) => printXml(each))).join("\n");
  if (isDeclared || !isAllOfIt(before) || sizeIn(before) === sizeIn(next)) return next;
  const [memory] = elementsAt(next, "memory");
  const isGiven = memory !== undefined && textOf(memory) !== valueAt(before, "memory");
  const children = next.children.flatMap((child): readonly XmlNode[] => {
    if (!isElement(child, "currentMemory")) return [child];
    // Where NUMA cells or memory devices determine the size, libvirt recomputes a missing `currentMemory`.
    return isGiven ? [{ ...memory, name: "currentMemory" }] : [];
  });
  return { ...next, children };
}

function isAllOfIt(domain: XmlElement): boolean {
  const [memory, current] = ["memory", "currentMemory"].map((name) => elementsAt(domain, name)[0]);
  return (
    memory !== undefined &&
    textOf(memory) === textOf(current ?? emptyDomain) &&
    attributeOf(memory, "unit") === attributeOf(current, "unit")
  );
}

const macOf = (each: XmlElement) => valueAt(each, "mac/@address")?.toLowerCase();

/** Declared interfaces without a MAC address that a side lacks, as printed XML. */
function bareInterfaces(changes: readonly Change[]): string[] {
  return changes.flatMap(({ kind, steps, desired, after }) =>
    kind === "add" && placeOf(steps) === "devices/interface" && desired && macOf(desired) === undefined
      ? [after ?? ""]
      : [],
  );
}

/**
 * Gives each new interface a MAC address for both sides. libvirt 9.0.0 would generate one for each side separately,
 * so the guest would have another address after its next start.
 */
export function withNewMacs(
  desired: XmlElement,
  changes: readonly Change[],
  sides: readonly (XmlElement | null)[],
): XmlElement {
  const bare = bareInterfaces(changes);
  if (bare.length === 0) return desired;
  const taken = new Set(
    [desired, ...sides].flatMap((tree) => (tree ? elementsAt(tree, "devices/interface").map(macOf) : [])),
  );
  const seed = valueAt(sides[0] ?? emptyDomain, "uuid") ?? "";
  return withMacs(desired, bare, () => {
    for (let attempt = 0; ; attempt++) {
      const mac = newMac(`${seed} ${attempt}`);
      if (taken.has(mac)) continue;
      taken.add(mac);
      return mac;
    }
  });
}

/** Gives an interface that only the running guest lacks the MAC address that its definition has. */
export function withDefinedMacs(
  desired: XmlElement,
  changes: readonly Change[],
  defined: XmlElement,
  live: XmlElement,
): XmlElement {
  const bare = bareInterfaces(changes);
  if (bare.length === 0) return desired;
  const used = new Set(elementsAt(live, "devices/interface").map(macOf));
  return withMacs(desired, bare, (declared) => {
    const found = elementsAt(defined, "devices/interface").find(
      (each) => !used.has(macOf(each)) && holds(declared, each),
    );
    const mac = found && macOf(found);
    used.add(mac);
    return mac;
  });
}

const domainOf = (device: XmlElement): XmlElement => ({
  ...emptyDomain,
  children: [{ kind: "element", name: "devices", attributes: [], children: [device] }],
});

function holds(declared: XmlElement, there: XmlElement): boolean {
  const sides = { recorded: null, desired: domainOf(declared), actual: domainOf(there) };
  return mergeTrees(domainSchema, sides).diff.changes.length === 0;
}

function withMacs(
  desired: XmlElement,
  bare: readonly string[],
  choose: (declared: XmlElement) => string | undefined,
): XmlElement {
  const left = [...bare];
  const given = (device: XmlElement): XmlElement => {
    const at =
      device.name === "interface" && macOf(device) === undefined ? left.indexOf(printXml(device)) : -1;
    if (at < 0) return device;
    left.splice(at, 1);
    const address = choose(device);
    if (address === undefined) return device;
    const others = childrenOf(device).filter(({ name }) => name !== "mac");
    const mac: XmlElement = {
      kind: "element",
      name: "mac",
      attributes: [{ name: "address", value: address }],
      children: [],
    };
    return { ...device, children: [mac, ...others] };
  };
  const children = desired.children.map((child) =>
    isElement(child, "devices") ? { ...child, children: childrenOf(child).map(given) } : child,
  );
  return { ...desired, children };
}
