import { attributeOf, childrenOf, textOf } from "../../../xml/read.ts";
import type { XmlElement } from "../../../xml/tree.ts";
import { declaredPrefix, namespaceOf, splitName } from "../../namespace.ts";
import { factOf, isEmpty, type Omission, ownFactOf, type Site } from "../../omission.ts";

/** The element's namespace, or its prefix when nothing declares the namespace; empty when it has neither. */
const namespaceIn = (element: XmlElement): string => namespaceOf(element) ?? splitName(element.name)[0];

/** Whether the namespace is of that driver: `http://libvirt.org/schemas/domain/lxc/1.0` is of `lxc`. */
const isOfDriver = (namespace: string, type: string | undefined) =>
  /\/schemas\/domain\/([a-z]+)\//.exec(namespace)?.[1] === type;

const hasNoLabelModel = (site: Site) => (ownFactOf(site, "@model") ?? "none") === "none";
const isZero = (text: string) => /^0*$/.test(text.trim());
const zero = (id: string, place: string): Omission => ({
  id,
  place,
  kind: "default",
  when: ({ element, value, place: where }) => isZero(where.includes("/@") ? value : textOf(element)),
  reason: "zero is no limit, as silence",
});

/** Elements that mean nothing when they are empty. */
const emptied = [
  ...["title", "description", "metadata", "memtune", "blkiotune", "cputune", "numatune", "features"],
  ...["memoryBacking", "pm", "perf", "resource", "vcpus", "sysinfo", "keywrap", "devices"],
];

/** General settings, memory, vCPUs and tuning. libvirt 11.3 unless the reason names another version. */
export const domains: readonly Omission[] = [
  {
    id: "iothreads-zero",
    place: "iothreads",
    kind: "default",
    when: ({ element }) => isZero(textOf(element)),
    reason: "none is what silence says",
  },
  {
    id: "empty-iothreadids",
    place: "iothreadids",
    kind: "default",
    when: ({ element }) => childrenOf(element).length === 0,
    reason: "an empty list names no thread",
  },
  {
    id: "empty-defaultiothread",
    place: "defaultiothread",
    kind: "default",
    when: ({ element }) => element.attributes.length === 0,
    reason: "says nothing",
  },
  ...emptied.map(
    (place): Omission => ({
      id: `empty-${place}`,
      place,
      kind: "default",
      when: ({ element }) => isEmpty(element),
      reason: "says nothing",
    }),
  ),
  {
    id: "empty-commandline",
    place: "qemu:commandline",
    kind: "default",
    when: ({ element }) => childrenOf(element).length === 0,
    reason: "says nothing",
  },
  {
    id: "vcpupin-beyond",
    place: "cputune/vcpupin",
    kind: "dropped",
    when: (site) => Number(attributeOf(site.element, "vcpu")) >= Number(factOf(site, "vcpu") ?? Number.NaN),
    reason: "pins a vCPU that does not exist (9.0.0)",
  },
  {
    id: "vcpu-all-current",
    place: "vcpu/@current",
    kind: "default",
    when: ({ element, actual, value }) => Number(value) === Number(textOf(element) || textOf(actual)),
    reason: "all of them is what silence says",
  },
  {
    id: "placement-numad",
    place: "vcpu/@placement",
    kind: "dropped",
    values: ["static"],
    evenOver: true,
    when: (site) =>
      site.there === "auto" &&
      ownFactOf(site, "@cpuset") === undefined &&
      factOf(site, "numatune/memory/@placement") === "auto",
    reason: "without a cpuset, the vCPUs follow the automatic placement of memory",
  },
  {
    id: "cpuset-numad",
    place: "vcpu/@cpuset",
    kind: "dropped",
    when: ({ element }) => attributeOf(element, "placement") === "auto",
    reason: "with automatic placement numad chooses the CPUs",
  },
  {
    id: "numatune-static",
    place: "numatune/memory/@placement",
    kind: "default",
    values: ["static"],
    when: ({ element }) => attributeOf(element, "nodeset") !== undefined,
    reason: "a nodeset says so",
  },
  ...["shares", "period", "global_period", "emulator_period", "iothread_period"].map((name) =>
    zero(`zero-${name}`, `cputune/${name}`),
  ),
  ...["quota", "global_quota", "emulator_quota", "iothread_quota"].map((name) =>
    zero(`zero-${name}`, `cputune/${name}`),
  ),
  zero("zero-weight", "blkiotune/weight"),
  ...["weight", "read_bytes_sec", "write_bytes_sec", "read_iops_sec", "write_iops_sec"].map((name) =>
    zero(`zero-device-${name}`, `blkiotune/device/${name}`),
  ),
  ...["vcpusched", "iothreadsched", "emulatorsched"].map(
    (name): Omission => ({
      id: "priority-without-realtime",
      place: `cputune/${name}/@priority`,
      kind: "dropped",
      when: (site) => !/^(?:fifo|rr)$/.test(ownFactOf(site, "@scheduler") ?? ""),
      reason: "only the real-time schedulers fifo and rr have priorities",
    }),
  ),
  {
    id: "metadata-namespace",
    place: "metadata/*",
    kind: "dropped",
    when: ({ element, trail }) => {
      const own = namespaceIn(element);
      const others = childrenOf(trail.at(-1) ?? element).filter((each) => namespaceIn(each) === own);
      return own === "" || others.indexOf(element) > 0;
    },
    reason: "metadata holds one element of each namespace (virxml.c)",
  },
  {
    id: "metadata-prefix",
    place: "metadata/**",
    kind: "default",
    when: ({ place, value, actualTrail }) =>
      declaredPrefix(place.slice(place.lastIndexOf("@") + 1)) !== null &&
      actualTrail.some((each) => each.attributes.some((one) => one.value === value)),
    reason: "a namespace that is declared further up is declared",
  },
  {
    id: "foreign-namespace",
    place: "*",
    kind: "dropped",
    when: (site) =>
      site.there === null &&
      !site.element.name.startsWith("qemu:") &&
      namespaceIn(site.element) !== "" &&
      !isOfDriver(namespaceIn(site.element), factOf(site, "@type")),
    reason: "belongs to another hypervisor, or to none that libvirt knows (9.0.0)",
  },
  {
    id: "seclabel-without-model",
    place: "seclabel/@type",
    kind: "dropped",
    values: ["dynamic"],
    evenOver: true,
    when: (site) => hasNoLabelModel(site) && site.there !== "static",
    reason: "without a security driver on the host there is no label to make",
  },
  {
    id: "relabel-without-model",
    place: "seclabel/@relabel",
    kind: "dropped",
    when: hasNoLabelModel,
    reason: "without a security driver on the host there is no label to make",
  },
];
