import { expect } from "chai";
import fc from "fast-check";
import { parseCpuset } from "../../provider/model/values/cpuset.ts";
import { nodesOfCpus, parseDistances } from "../../provider/model/values/topology.ts";
import { parseDomainXml, parseXml } from "../../provider/model/xml/parse.ts";
import type { DiskProfile } from "../../provider/plan/activity/profile.ts";
import type { Load } from "../../provider/plan/cpus/placement/guest.ts";
import { guestToPlace } from "../../provider/plan/cpus/placement/guest.ts";
import { planPlacement } from "../../provider/plan/cpus/placement/plan.ts";
import type {
  GuestToPlace,
  HostCpus,
  Placement,
  PlacementWish,
} from "../../provider/plan/cpus/placement/types.ts";
import { device, hostOf, onHost, printCapabilities, toPlace } from "../support/hostCpus.ts";

const quiet: Load = { sequential: [], expectedDepth: {}, profiles: [] };
const wish: PlacementWish = { ioCpus: null, maxThreads: null };
const one = { nodes: 1, cores: 8, threadsPerCore: 1 } as const;
const two = { nodes: 2, cores: 4, threadsPerCore: 2 } as const;
const eight = { nodes: 8, cores: 4, threadsPerCore: 2, isInterleaved: true } as const;
/** A host that can map queues of disks and of controllers. */
const mapping = { libvirtVersion: 11_003_000, qemuVersion: 10_000_000 };
const busy = (inFlight = 64, by: "expectedDepth" | "profile" = "expectedDepth") => ({
  busy: { inFlight, by },
});
const disks = (count: number) => Array.from({ length: count }, (_, at) => device(`vd${"abcdefghijkl"[at]}`));

/** Prints `vda→1 vdb→2+3 | 1:4 2:5 3:6`; threads without a pin by their id only. */
function told({ devices, mappings, ioThreads }: Placement): string {
  const served = Object.entries(devices).map(
    ([name, id]) => `${name}→${mappings?.[name]?.ioThreads.join("+") ?? id}`,
  );
  const pins = ioThreads.map(({ id, cpuset }) => (cpuset === null ? `${id}` : `${id}:${cpuset}`));
  return `${served.join(" ")} | ${pins.join(" ")}`;
}

interface Case {
  readonly name: string;
  readonly host: HostCpus;
  readonly guests: readonly GuestToPlace[];
  readonly wish?: Partial<PlacementWish>;
  readonly want: readonly string[];
  /** Rules and words that must be in the first guest's reasons. */
  readonly because?: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: "one node, nothing pinned: threads, and no pins",
    host: hostOf(one),
    guests: [toPlace("a", 4, disks(2))],
    want: ["vda→1 vdb→2 | 1 2"],
    because: [
      "P1 2 threads for 2 disks: 4 vCPUs, 8 CPUs for IO",
      "P5 IO thread 1: no pin, no vCPU is pinned",
    ],
  },
  {
    name: "one node, every vCPU pinned: a CPU of its own for each thread",
    host: hostOf(one),
    guests: [toPlace("a", 4, disks(2), [0, 1, 2, 3])],
    want: ["vda→1 vdb→2 | 1:4 2:5"],
    because: ["P2 a thread for each disk", "P6 IO thread 1: a CPU of its own, nothing else runs there"],
  },
  {
    name: "vCPUs of another guest may run anywhere: a set",
    host: hostOf(one, { guests: [onHost("b", 2)] }),
    guests: [toPlace("a", 2, disks(1), [0, 1])],
    want: ["vda→1 | 1:2-7"],
    because: ["P6 IO thread 1: a set, vCPUs of b may run on any CPU"],
  },
  {
    name: "a guest that is off keeps its CPUs, and floats nowhere",
    host: hostOf(one, {
      guests: [onHost("b", 2, { isActive: false, vcpuPins: { 0: "2" } }), onHost("c", 1, { cpuset: "3-4" })],
    }),
    guests: [toPlace("a", 2, disks(2), [0, 1])],
    want: ["vda→1 vdb→2 | 1:5 2:6"],
  },
  {
    name: "CPUs where other guests' IO threads and emulators are pinned are not given to one thread alone",
    host: hostOf(one, {
      guests: [onHost("b", 1, { vcpuPins: { 0: "2" }, ioThreads: { 1: "3" }, emulatorPin: "4" })],
    }),
    guests: [toPlace("a", 2, disks(2), [0, 1])],
    want: ["vda→1 vdb→2 | 1:5 2:6"],
  },
  {
    name: "more threads than CPUs: all share a set",
    host: hostOf({ nodes: 1, cores: 4, threadsPerCore: 1 }),
    guests: [toPlace("a", 2, disks(2), [0, 1]), toPlace("b", 1, disks(1), [2])],
    want: ["vda→1 vdb→1 | 1:3", "vda→1 | 1:3"],
    because: [
      "P1 1 thread for 2 disks",
      "P2 2 disks on 1 thread, round robin",
      "P6 IO thread 1: a set, more",
    ],
  },
  {
    name: "the node of the disk's device, with cores that no vCPU disturbs first",
    host: hostOf(two, { guests: [onHost("b", 1, { vcpuPins: { 0: "8" } })] }),
    guests: [toPlace("a", 2, [device("vda", { node: 1 }), device("vdb", { node: 0 })], [0, 1])],
    want: ["vda→1 vdb→2 | 1:10 2:2"],
    because: ["P5 IO thread 1: CPU 10, node 1, of vda's device", "P5 IO thread 2: CPU 2, node 0, of vdb's"],
  },
  {
    name: "the guest's own node where the disk's is not known",
    host: hostOf(two),
    guests: [toPlace("a", 2, disks(1), [8, 9]), { ...toPlace("b", 2, disks(1), [0, 1]), memoryNodes: [1] }],
    want: ["vda→1 | 1:10", "vda→1 | 1:12"],
    because: ["P5 IO thread 1: CPU 10, node 1, of the guest"],
  },
  {
    name: "the nearest node that has free CPUs, by the firmware's distances",
    host: hostOf(eight, { guests: [onHost("full", 8, { cpuset: "16-19,48-51" })] }),
    guests: [toPlace("a", 2, [device("vda", { node: 4 })], [0, 32])],
    want: ["vda→1 | 1:20"],
    because: ["P5 IO thread 1: CPU 20, node 5, the nearest to node 4 of vda's device that has CPUs without"],
  },
  {
    name: "eight nodes: whole cores before second threads",
    host: hostOf(eight),
    guests: [
      toPlace(
        "a",
        8,
        disks(5).map((each) => ({ ...each, node: 2 })),
        [0, 1, 2, 3, 32, 33, 34, 35],
      ),
    ],
    want: ["vda→1 vdb→2 vdc→3 vdd→4 vde→5 | 1:8 2:9 3:10 4:11 5:40"],
  },
  {
    name: "a near set on a host where nothing is pinned",
    host: hostOf(two),
    guests: [toPlace("a", 2, [device("vda", { node: 1 })])],
    want: ["vda→1 | 1:8-15"],
    because: ["P6 IO thread 1: a set, vCPUs of a may run on any CPU"],
  },
  {
    name: "CPUs set aside",
    host: hostOf(one, { guests: [onHost("b", 4)] }),
    guests: [toPlace("a", 4, disks(2)), toPlace("c", 4, disks(3))],
    wish: { ioCpus: "3,5-8" },
    want: ["vda→1 vdb→2 | 1:3,5-7 2:3,5-7", "vda→1 vdb→2 vdc→3 | 1:3,5-7 2:3,5-7 3:3,5-7"],
    because: ["P1 2 threads for 2 disks: 4 vCPUs, 4 CPUs for IO"],
  },
  {
    name: "CPUs set aside, enough of them",
    host: hostOf(one, { guests: [onHost("b", 4)] }),
    guests: [toPlace("a", 4, disks(2))],
    wish: { ioCpus: "6,7" },
    want: ["vda→1 vdb→2 | 1:6 2:7"],
  },
  {
    name: "every CPU carries a vCPU: no pins",
    host: hostOf({ nodes: 1, cores: 4, threadsPerCore: 1 }),
    guests: [toPlace("a", 4, disks(2), [0, 1, 2, 3])],
    want: ["vda→1 vdb→2 | 1 2"],
    because: ["P1 2 threads for 2 disks: 4 vCPUs, no CPU without vCPUs", "P5 IO thread 2: no pin, every CPU"],
  },
  {
    name: "two CPUs: threads without pins",
    host: hostOf({ nodes: 1, cores: 2, threadsPerCore: 1 }),
    guests: [toPlace("a", 1, disks(2), [0])],
    want: ["vda→1 vdb→1 | 1"],
    because: ["P6 no pins: the host has 2 CPUs"],
  },
  {
    name: "two CPUs, nothing pinned: a thread for each disk",
    host: hostOf({ nodes: 1, cores: 2, threadsPerCore: 1 }),
    guests: [toPlace("a", 1, disks(2))],
    want: ["vda→1 vdb→2 | 1 2"],
  },
  {
    name: "one CPU: one thread",
    host: hostOf({ nodes: 1, cores: 1, threadsPerCore: 1 }),
    guests: [toPlace("a", 1, disks(3))],
    want: ["vda→1 vdb→1 vdc→1 | 1"],
  },
  {
    name: "no more than eight threads, and round robin beyond",
    host: hostOf(eight),
    guests: [toPlace("a", 16, disks(10))],
    want: ["vda→1 vdb→2 vdc→3 vdd→4 vde→5 vdf→6 vdg→7 vdh→8 vdi→1 vdj→2 | 1 2 3 4 5 6 7 8"],
    because: ["P2 10 disks on 8 threads, round robin"],
  },
  {
    name: "maxThreads in place of P1",
    host: hostOf(one),
    guests: [toPlace("a", 1, disks(4))],
    wish: { maxThreads: 3 },
    want: ["vda→1 vdb→2 vdc→3 vdd→1 | 1 2 3"],
    because: ["P1 3 threads for 4 disks: maxThreads is 3"],
  },
  {
    name: "disks of large blocks share one thread; many queues are told",
    host: hostOf(one),
    guests: [
      toPlace("a", 4, [
        device("vda", { queues: 4 }),
        device("vdb", { isSequential: true }),
        device("vdc", { isSequential: true }),
      ]),
    ],
    want: ["vda→1 vdb→2 vdc→2 | 1 2"],
    because: ["P3 vda has 4 queues and one thread", "P4 vdb, vdc move large blocks: IO thread 2 is enough"],
  },
  {
    name: "a busy disk of several queues: a second thread, on a CPU of its own near the disk",
    host: hostOf(two, { ...mapping }),
    guests: [toPlace("a", 4, [device("vda"), device("vdb", { node: 1, ...busy() })], [0, 1, 2, 3])],
    want: ["vda→1 vdb→2+3 | 1:4 2:8 3:10"],
    because: [
      "P1 3 threads for 2 disks",
      "P3 vdb (64 requests in flight by expectedDepth): its 4 queues on IO threads 2 and 3",
    ],
  },
  {
    name: "a busy controller, by its profile, with the queues that are declared",
    host: hostOf(one, { ...mapping }),
    guests: [toPlace("a", 4, [device("scsi 0", { queues: 2, ...busy(11.7, "profile") })])],
    want: ["scsi 0→1+2 | 1 2"],
    because: ["P3 scsi 0 (12 requests in flight by its profile): its 2 queues on IO threads 1 and 2"],
  },
  {
    name: "busy disks beside those that share a thread: no more threads than P1 allows",
    host: hostOf(one, { ...mapping }),
    guests: [
      toPlace("a", 3, [device("vda", busy()), device("vdb", busy())]),
      toPlace("b", 2, [device("vda", busy()), device("vdb")]),
    ],
    want: ["vda→1+3 vdb→2 | 1 2 3", "vda→1 vdb→2 | 1 2"],
    because: [
      "P3 vda (64 requests in flight by expectedDepth): its 3 queues on IO threads 1 and 3",
      "P3 vdb (64 requests in flight by expectedDepth): one thread, none is left: 3 vCPUs",
    ],
  },
  {
    name: "a busy disk and one for large requests",
    host: hostOf(one, { ...mapping }),
    guests: [toPlace("a", 4, [device("vda", busy()), device("vdb", { isSequential: true, ...busy() })])],
    want: ["vda→1+3 vdb→2 | 1 2 3"],
  },
  {
    name: "a busy disk of one queue, or of a guest with one vCPU",
    host: hostOf(one, { ...mapping }),
    guests: [
      toPlace("a", 4, [device("vda", { queues: 1, ...busy() })]),
      toPlace("b", 1, [device("vda", busy())]),
    ],
    want: ["vda→1 | 1", "vda→1 | 1"],
    because: ["P3 vda (64 requests in flight by expectedDepth): one thread, it has one queue"],
  },
  {
    name: "a busy disk on a host that can't map",
    host: hostOf(one, { libvirtVersion: 9_000_000, qemuVersion: 7_002_000 }),
    guests: [toPlace("a", 4, [device("vda", busy())])],
    want: ["vda→1 | 1"],
    because: [
      "P3 vda (64 requests in flight by expectedDepth): one thread, several need libvirt 10.0.0 and QEMU 9.0.0, the host has 9.0.0 and 7.2.0",
    ],
  },
  {
    name: "a busy controller on a host that can map disks only, and a host of unknown versions",
    host: hostOf(one, { libvirtVersion: 11_001_000, qemuVersion: 10_000_000 }),
    guests: [toPlace("a", 4, [device("vda", busy()), device("scsi 0", busy())])],
    want: ["vda→1+3 scsi 0→2 | 1 2 3"],
    because: ["P3 scsi 0 (64 requests in flight by expectedDepth): one thread, several need libvirt 11.2.0"],
  },
  {
    name: "a busy disk where the versions are not known",
    host: hostOf(one),
    guests: [toPlace("a", 4, [device("vda", busy())])],
    want: ["vda→1 | 1"],
    because: [
      "P3 vda (64 requests in flight by expectedDepth): one thread, the host's versions are not known",
    ],
  },
  { name: "no disks", host: hostOf(one), guests: [toPlace("a", 2, [])], want: [" | "] },
];

describe("where IO threads go", () => {
  for (const { name, host, guests, wish: more, want, because = [] } of cases)
    it(name, () => {
      const plan = planPlacement(host, guests, { ...wish, ...more });
      expect(Object.values(plan).map(told)).to.deep.equal(want);
      const reasons = Object.values(plan)[0]?.reasons ?? [];
      for (const text of because)
        expect(
          reasons.some((each) => `${each.rule} ${each.text}`.startsWith(text)),
          `${text}\nin\n${reasons.map((each) => `${each.rule} ${each.text}`).join("\n")}`,
        ).to.equal(true);
      for (const each of reasons) expect(each.source).not.to.equal("");
    });

  it("reads distances as capabilities print them", () => {
    const distances = parseDistances(parseXml(printCapabilities({ nodes: 4, cores: 1, threadsPerCore: 1 })));
    expect(distances["1"]).to.deep.equal({ 0: 12, 1: 10, 2: 32, 3: 32 });
    expect(parseDistances(parseXml("<capabilities/>"))).to.deep.equal({});
  });

  it("takes disks and controllers from what is declared, and the rest from the host", () => {
    const domain = parseDomainXml(`<domain><devices>
      <disk><target dev='vdaa'/></disk><disk><target dev='vdc'/></disk>
      <disk type='block'><source dev='/dev/nvme0n1'/><target dev='vda'/><driver queues='4'/></disk>
      <disk type='vhostuser'><target dev='vdb' bus='virtio'/></disk><disk><target dev='sda' bus='scsi'/></disk>
      <controller type='scsi' index='1' model='virtio-scsi'/><controller type='scsi' index='2' model='lsilogic'/>
      </devices></domain>`);
    const host = hostOf(two, {
      guests: [onHost("a", 3, { vcpuPins: { 0: "1" } })],
      diskNodes: { "/dev/nvme0n1": 1 },
    });
    expect(guestToPlace("a", domain, host, { ...quiet, sequential: ["scsi 1"] })).to.deep.equal({
      ...toPlace(
        "a",
        3,
        [
          device("vda", { node: 1, queues: 4 }),
          device("vdc"),
          device("vdaa"),
          device("scsi 1", { isSequential: true }),
        ],
        [1],
      ),
    });
  });
});

describe("busy disks", () => {
  const domain = parseDomainXml(`<domain><devices>
    <disk><target dev='vda'/></disk><disk><target dev='vdb'/></disk>
    <disk><target dev='sda' bus='scsi'/></disk><disk><target dev='sdb' bus='scsi'/><address controller='1'/></disk>
    <controller type='scsi' index='0' model='virtio-scsi'/><controller type='scsi' index='1' model='virtio-scsi'/>
    </devices></domain>`);
  const disk = (target: string, ...inFlight: number[]): DiskProfile => ({
    ...{ target, ioThreads: [], requestsPerSecond: [], bytesPerSecond: [], meanUs: [] },
    inFlight,
  });
  const told = (load: Partial<Load>) =>
    guestToPlace("a", domain, hostOf(one), { ...quiet, ...load }).devices.flatMap(({ name, busy }) =>
      busy ? [`${name} ${busy.inFlight} ${busy.by}`] : [],
    );

  it("are those that are expected to keep 16 requests in flight", () => {
    expect(told({ expectedDepth: { vda: 16, vdb: 15, sda: 32, "scsi 1": 17, vdz: 99 } })).to.deep.equal([
      "vda 16 expectedDepth",
      "scsi 0 32 expectedDepth",
      "scsi 1 17 expectedDepth",
    ]);
  });

  it("or kept 4 in a profile of theirs, which counts more", () => {
    const disks = [disk("vda", 1, 2, 90), disk("vdb", 3, 5, 4), disk("sdb", 9, 9)];
    const load = { profiles: [{ domain: "a", disks }], expectedDepth: { vda: 64, sda: 16 } };
    expect(told(load)).to.deep.equal(["vdb 4 profile", "scsi 0 16 expectedDepth", "scsi 1 9 profile"]);
    expect(told({ profiles: [{ domain: "b", disks }] })).to.deep.equal([]);
  });
});

const shapes = fc.record({
  nodes: fc.constantFrom(1, 2, 4, 8),
  cores: fc.integer({ min: 1, max: 4 }),
  threadsPerCore: fc.constantFrom(1 as const, 2 as const),
  isInterleaved: fc.boolean(),
});
/** A host, guests to place on it, and other guests, some of them pinned. */
const worlds = shapes.chain((shape) => {
  const cpus = shape.nodes * shape.cores * shape.threadsPerCore;
  const pins = fc.array(fc.integer({ min: 0, max: cpus - 1 }), { maxLength: 4 });
  const disk = fc.record({
    node: fc.option(fc.integer({ min: 0, max: shape.nodes - 1 })),
    isSequential: fc.boolean(),
  });
  const placed = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.array(disk, { maxLength: 10 }), pins), {
      minLength: 1,
      maxLength: 4,
    })
    .map((all) =>
      all.map(([vcpus, own, pinned], index) =>
        toPlace(
          `g${index}`,
          vcpus,
          own.map((each, at) => device(`vd${at}`, each)),
          pinned.slice(0, vcpus),
        ),
      ),
    );
  const others = fc.array(fc.tuple(pins, fc.boolean(), pins), { maxLength: 3 }).map((all) =>
    all.map(([pinned, isActive, threads], index) =>
      onHost(`o${index}`, 4, {
        isActive,
        vcpuPins: Object.fromEntries(pinned.map((cpu, id) => [id, String(cpu)])),
        ioThreads: Object.fromEntries(threads.map((cpu, id) => [id + 1, String(cpu)])),
      }),
    ),
  );
  const wishes = fc.record({
    ioCpus: fc.option(fc.integer({ min: 0, max: cpus - 1 }).map((last) => `0-${last}`)),
    maxThreads: fc.option(fc.integer({ min: 1, max: 4 })),
  });
  return fc.record({ host: others.map((guests) => hostOf(shape, { guests })), placed, wishes });
});

describe("laws of placements", () => {
  it("no thread is pinned to a CPU that carries a pinned vCPU", () => {
    const law = fc.property(worlds, ({ host, placed, wishes }) => {
      const all = nodesOfCpus(host.topology).size;
      const carrying = [...host.guests, ...placed].flatMap(({ vcpuPins, vcpus }) =>
        Object.entries(vcpuPins)
          .filter(([id]) => Number(id) < vcpus)
          .map(([, cpus]) => parseCpuset(cpus) ?? [])
          .filter((set) => set.length < all)
          .flat(),
      );
      for (const { ioThreads } of Object.values(planPlacement(host, placed, wishes)))
        for (const { cpuset } of ioThreads)
          for (const cpu of parseCpuset(cpuset ?? "") ?? []) {
            expect(carrying).not.to.include(cpu);
            expect(nodesOfCpus(host.topology).has(cpu)).to.equal(true);
            if (wishes.ioCpus !== null) expect(parseCpuset(wishes.ioCpus)).to.include(cpu);
          }
    });
    fc.assert(law);
  });

  it("every disk has a thread, every thread a disk; a thread each up to the cap, then as even as can be", () => {
    const law = fc.property(worlds, ({ host, placed, wishes }) => {
      const plan = planPlacement(host, placed, wishes);
      for (const guest of placed) {
        const { devices, ioThreads } = plan[guest.name] as Placement;
        expect(Object.keys(devices)).to.deep.equal(guest.devices.map(({ name }) => name));
        expect([...new Set(Object.values(devices))].toSorted((a, b) => a - b)).to.deep.equal(
          ioThreads.map(({ id }) => id),
        );
        if (wishes.maxThreads !== null) expect(ioThreads.length).to.be.at.most(wishes.maxThreads);
        else expect(ioThreads.length).to.be.at.most(Math.min(8, Math.max(2, guest.vcpus)));
        const hot = guest.devices.filter(({ isSequential }) => !isSequential);
        const ids = hot.map(({ name }) => devices[name]);
        const counts = [...new Set(ids)].map((id) => ids.filter((each) => each === id).length);
        expect(Math.max(0, ...counts) - Math.min(...counts, Number.POSITIVE_INFINITY)).to.be.at.most(1);
      }
    });
    fc.assert(law);
  });

  it("a CPU that a thread has for itself is in no other thread's set", () => {
    const law = fc.property(worlds, ({ host, placed, wishes }) => {
      const threads = Object.values(planPlacement(host, placed, wishes)).flatMap((each) =>
        each.ioThreads.map(({ id, cpuset }) => ({
          cpus: parseCpuset(cpuset ?? ""),
          isOwn: each.reasons.some(({ text }) => text.startsWith(`IO thread ${id}: a CPU of its own`)),
        })),
      );
      for (const own of threads.filter(({ isOwn }) => isOwn))
        for (const other of threads)
          if (other !== own && other.cpus) expect(other.cpus).not.to.include(own.cpus?.[0]);
    });
    fc.assert(law);
  });

  it("says the same with its own pins in force, and for the same guests in another order of the host's list", () => {
    const law = fc.property(worlds, ({ host, placed, wishes }) => {
      const plan = planPlacement(host, placed, wishes);
      const made = placed.map(({ name, vcpus, vcpuPins }) =>
        onHost(name, vcpus, {
          vcpuPins,
          ioThreads: Object.fromEntries(
            (plan[name]?.ioThreads ?? []).map(({ id, cpuset }) => [String(id), cpuset]),
          ),
        }),
      );
      expect(planPlacement({ ...host, guests: [...made, ...host.guests] }, placed, wishes)).to.deep.equal(
        plan,
      );
    });
    fc.assert(law);
  });
});
