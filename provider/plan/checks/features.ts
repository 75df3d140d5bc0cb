import { printVersion } from "../../model/values/version.ts";
import { attributeOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { LintFinding } from "./lintTypes.ts";

interface FeatureRow {
  /** The feature's name for messages. */
  readonly name: string;
  /**
   * First version that has the feature, as a number: 9.4.0 is 9004000. Omitted when the version does not
   * matter.
   */
  readonly libvirt: number;
  readonly qemu?: number;
  /** Places of the feature in the definition. */
  readonly places: readonly string[];
  readonly find: (domain: XmlElement) => readonly string[];
}

const threadsWith = (domain: XmlElement, place: string) =>
  elementsAt(domain, "iothreadids/iothread")
    .filter((thread) => valueAt(thread, place) !== undefined)
    .map((thread) => `iothreadids/iothread[${attributeOf(thread, "id")}]/${place}`);

const mapped = (domain: XmlElement, place: string, name: (device: XmlElement) => string) =>
  elementsAt(domain, place)
    .filter((device) => elementsAt(device, "driver/iothreads").length > 0)
    .map((device) => `${place}[${name(device)}]/driver/iothreads`);

/** @see libvirt's formatdomain and NEWS. Measured on 9.0.0: older versions silently drop these. */
const features = {
  threadPool: {
    name: "a thread pool of an IO thread",
    places: ["iothreadids/iothread/@thread_pool_min", "iothreadids/iothread/@thread_pool_max"],
    libvirt: 8_005_000,
    qemu: 7_001_000,
    find: (domain) => [
      ...threadsWith(domain, "@thread_pool_min"),
      ...threadsWith(domain, "@thread_pool_max"),
    ],
  },
  pollingInXml: {
    name: "polling in the definition",
    places: ["iothreadids/iothread/poll"],
    libvirt: 9_004_000,
    find: (domain) => threadsWith(domain, "poll"),
  },
  pollWeight: {
    name: "the weight of polling",
    places: ["iothreadids/iothread/poll/@weight"],
    // libvirt's NEWS of v12.7.0; QEMU's qapi/qom.json says "since 11.1".
    libvirt: 12_007_000,
    qemu: 11_001_000,
    find: (domain) => threadsWith(domain, "poll/@weight"),
  },
  diskIoThreads: {
    name: "a disk's queues mapped to IO threads",
    places: ["devices/disk/driver/iothreads"],
    libvirt: 10_000_000,
    qemu: 9_000_000,
    find: (domain) => mapped(domain, "devices/disk", (disk) => valueAt(disk, "target/@dev") ?? "?"),
  },
  controllerIoThreads: {
    name: "a virtio-scsi controller's queues mapped to IO threads",
    places: ["devices/controller/driver/iothreads"],
    libvirt: 11_002_000,
    qemu: 10_000_000,
    find: (domain) =>
      mapped(
        domain,
        "devices/controller",
        (each) => `${attributeOf(each, "type")} ${attributeOf(each, "index")}`,
      ),
  },
} as const satisfies Readonly<Record<string, FeatureRow>>;

/** Names of the features in `getHost`. */
export type FeatureName = keyof typeof features;

const rows: readonly (readonly [string, FeatureRow])[] = Object.entries(features);

/**
 * Finds features in the definition that the host's libvirt or QEMU is too old for. A version of 0 is unknown;
 * then nothing is reported.
 */
export function findNewFeatures(
  definition: XmlElement,
  libvirtVersion: number,
  qemuVersion: number,
  except: readonly FeatureName[] = [],
): LintFinding[] {
  return rows.flatMap(([key, { name, libvirt, qemu = 0, find }]) => {
    if (except.some((each) => each === key)) return [];
    const lacks = [
      libvirtVersion > 0 && libvirtVersion < libvirt && told("libvirt", libvirt, libvirtVersion),
      qemuVersion > 0 && qemuVersion < qemu && told("QEMU", qemu, qemuVersion),
    ].filter((text) => typeof text === "string");
    if (lacks.length === 0) return [];
    return find(definition).map((path) => ({ path, message: `${name} needs ${lacks.join(", and ")}` }));
  });
}

/**
 * Returns the feature that places of the definition belong to; `null` when every supported version has all of them. Of
 * several the later row wins: of rows that contain each other, that is the narrower.
 */
export function featureAt(...all: readonly string[]): Feature | null {
  const isWithin = (outer: string) => all.some((place) => place === outer || place.startsWith(`${outer}/`));
  const found = rows.findLast(([, { places }]) => places.some(isWithin));
  return listFeatures(0, 0).find(({ key }) => key === found?.[0]) ?? null;
}

function printNeeds({ libvirt, qemu }: FeatureRow): string {
  return [`libvirt ${printVersion(libvirt)}`, ...(qemu ? [`QEMU ${printVersion(qemu)}`] : [])].join(" and ");
}

export interface Feature {
  readonly key: string;
  readonly name: string;
  /** The first versions that have it, as `libvirt 10.0.0 and QEMU 9.0.0`. */
  readonly needs: string;
  readonly isThere: boolean;
}

/** Whether libvirt is new enough for a feature. QEMU's version does not count here. */
export function libvirtHas(key: FeatureName, libvirtVersion: number): boolean {
  return libvirtVersion >= features[key].libvirt;
}

/** Lists the features that depend on versions, and whether the host's versions are new enough. */
export function listFeatures(libvirtVersion: number, qemuVersion: number): Feature[] {
  return rows.map(([key, row]) => ({
    key,
    name: row.name,
    needs: printNeeds(row),
    isThere: libvirtVersion >= row.libvirt && qemuVersion >= (row.qemu ?? 0),
  }));
}

function told(name: string, needed: number, there: number): string {
  return `${name} ${printVersion(needed)}, the host has ${printVersion(there)}`;
}
