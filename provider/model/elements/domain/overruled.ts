import { attributeOf, childrenOf, valueAt } from "../../xml/read.ts";
import type { XmlElement } from "../../xml/tree.ts";
import type { ThreeTrees } from "../schema.ts";

/** Devices that IO threads serve, with the places that identify them. */
const served: Readonly<Record<string, readonly string[]>> = {
  disk: ["target/@dev"],
  controller: ["@type", "@index"],
};

/**
 * Adds to what is recorded the IO threads of the host's devices that the declaration of the same device can't stand
 * beside, so that a merge removes them. A device has one thread or a mapping, and a mapping is one value: with a queue
 * of a thread that is no longer declared, libvirt refuses it (`iothread queue '2' is already assigned`, 11.3 and 12.8).
 * Such threads are on a running guest whose mapping waits for its next boot, and wherever others have edited it.
 */
export function withOverruledThreads({ recorded, desired, actual }: ThreeTrees): XmlElement | null {
  const overruled = new Map<string, Overruled>();
  const there = new Map(devicesOf(actual).map((device) => [keyOf(device), driverOf(device)]));
  for (const device of devicesOf(desired)) {
    const driver = there.get(keyOf(device));
    const left = driver && overruledBy(driverOf(device), driver);
    if (left) overruled.set(keyOf(device), { device, left });
  }
  return overruled.size === 0 ? recorded : withDrivers(recorded ?? desired, overruled);
}

interface Overruled {
  /** The declared device. */
  readonly device: XmlElement;
  /** A `<driver>` that holds nothing but what is to leave. */
  readonly left: XmlElement;
}

const emptyDriver: XmlElement = { kind: "element", name: "driver", attributes: [], children: [] };
const driverOf = (device: XmlElement) => childrenOf(device, "driver")[0] ?? emptyDriver;
const mappingOf = (driver: XmlElement) =>
  childrenOf(driver, "iothreads").flatMap((each) => childrenOf(each, "iothread"));

function devicesOf(domain: XmlElement): XmlElement[] {
  return childrenOf(domain, "devices").flatMap((all) =>
    childrenOf(all).filter(({ name }) => Object.hasOwn(served, name)),
  );
}

function keyOf(device: XmlElement): string {
  return [device.name, ...(served[device.name] ?? []).map((place) => valueAt(device, place))].join(" ");
}

function overruledBy(declared: XmlElement, actual: XmlElement): XmlElement | null {
  const mapping = mappingOf(declared);
  const isOne = attributeOf(declared, "iothread") !== undefined;
  if (!isOne && mapping.length === 0) return null;
  const attributes = isOne ? [] : actual.attributes.filter(({ name }) => name === "iothread");
  const threads = mapping.length === 0 ? mappingOf(actual) : leftOf(mapping, mappingOf(actual));
  if (attributes.length + threads.length === 0) return null;
  return { ...emptyDriver, attributes, children: withThreads([], threads) };
}

/** Elements whose id is not declared, and of the others the parts that are not. */
function leftOf(declared: readonly XmlElement[], there: readonly XmlElement[]): XmlElement[] {
  return there.flatMap((each): XmlElement[] => {
    const same = declared.find((one) => attributeOf(one, "id") === attributeOf(each, "id"));
    if (!same) return [each];
    const children = leftOf(childrenOf(same), childrenOf(each));
    return children.length === 0 ? [] : [{ ...each, children }];
  });
}

function withDrivers(domain: XmlElement, overruled: ReadonlyMap<string, Overruled>): XmlElement {
  const known = new Set(devicesOf(domain).map(keyOf));
  const missing = [...overruled].filter(([key]) => !known.has(key)).map(([, { device }]) => device);
  const [devices = { ...emptyDriver, name: "devices" }] = childrenOf(domain, "devices");
  const children = [...devices.children, ...missing].map((child) => {
    const found = child.kind === "element" ? overruled.get(keyOf(child)) : undefined;
    return child.kind === "element" && found ? withDriver(child, found.left) : child;
  });
  const others = domain.children.filter((child) => child !== devices);
  return { ...domain, children: [...others, { ...devices, children }] };
}

function withDriver(device: XmlElement, left: XmlElement): XmlElement {
  const driver = driverOf(device);
  const own = driver.attributes.filter(({ name }) => attributeOf(left, name) === undefined);
  const kept = driver.children.filter((child) => child.kind !== "element" || child.name !== "iothreads");
  const attributes = [...own, ...left.attributes];
  const children = [...kept, ...withThreads(mappingOf(driver), mappingOf(left))];
  const others = device.children.filter((child) => child !== driver);
  return { ...device, children: [...others, { ...driver, attributes, children }] };
}

/** The mapping with further threads; none when there is no thread. */
function withThreads(threads: readonly XmlElement[], more: readonly XmlElement[]): XmlElement[] {
  const children = united(threads, more);
  return children.length === 0 ? [] : [{ ...emptyDriver, name: "iothreads", children }];
}

function united(ones: readonly XmlElement[], others: readonly XmlElement[]): XmlElement[] {
  const same = (one: XmlElement, of: readonly XmlElement[]) =>
    of.find((each) => attributeOf(each, "id") === attributeOf(one, "id"));
  const both = ones.map((one) => {
    const other = same(one, others);
    return other ? { ...one, children: united(childrenOf(one), childrenOf(other)) } : one;
  });
  return [...both, ...others.filter((each) => !same(each, ones))];
}
