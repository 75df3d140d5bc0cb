import { expect } from "chai";
import { handlers } from "../../provider/adapters/dynamic.ts";
import type { KindName } from "../../provider/model/arguments/kinds.ts";

interface Case {
  readonly name: string;
  readonly kind: KindName;
  readonly args: Record<string, unknown>;
  /** `property` and a part of the reason; `null` when the arguments are accepted. */
  readonly want: readonly [string, RegExp] | null;
}

const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const host = "qemu:///system";
const at = { host, domain: "db" };
const cases: readonly Case[] = [
  {
    name: "a thread with id 0",
    kind: "IoThread",
    args: { ...at, ioThreadId: 0 },
    want: ["ioThreadId", /from 1/],
  },
  {
    name: "a thread with id 0 in a list",
    kind: "Domain",
    args: { host, name: "db", ioThreads: [{ id: 0 }] },
    want: ["ioThreads[0].id", /from 1/],
  },
  {
    name: "a pin of thread 0",
    kind: "IoThreadPin",
    args: { ...at, ioThread: 0, cpuset: "0" },
    want: ["ioThread", /from 1/],
  },
  {
    name: "a disk on thread 0",
    kind: "VirtioDisk",
    args: { ...at, target: "vdb", source: { file: "/a" }, ioThread: 0 },
    want: ["ioThread", /from 1/],
  },
  {
    name: "a controller on thread 0",
    kind: "VirtioScsiController",
    args: { ...at, index: 0, ioThread: 0 },
    want: ["ioThread", /from 1/],
  },
  {
    name: "a pool without an upper end",
    kind: "IoThread",
    args: { ...at, threadPoolMin: 2 },
    want: ["threadPoolMin", /threadPoolMax/],
  },
  {
    name: "a CPU set that is none",
    kind: "IoThreadPin",
    args: { ...at, ioThread: 1, cpuset: "all; reboot" },
    want: ["cpuset", /0-3/],
  },
  {
    name: "native IO through the page cache",
    kind: "VirtioDisk",
    args: { ...at, target: "vdb", source: { file: "/a" }, io: "native" },
    want: ["io", /cache "none"/],
  },
  {
    name: "a relative path",
    kind: "VirtioDisk",
    args: { ...at, target: "vdb", source: { file: "a" } },
    want: ["source.file", /absolute path/],
  },
  {
    name: "two sources",
    kind: "VirtioDisk",
    args: { ...at, target: "vdb", source: { file: "/a", block: "/b" } },
    want: ["source", /exactly one of/],
  },
  {
    name: "a thread on a SATA disk, typed",
    kind: "Domain",
    args: { host, name: "db", disks: [{ target: "vda" }, { target: "sda", bus: "sata", ioThread: 1 }] },
    want: ["disks[1].ioThread", /^1 of disk sda: only virtio disks/],
  },
  {
    name: "native IO through the page cache in a list",
    kind: "Domain",
    args: {
      host,
      name: "db",
      disks: [{ target: "vda" }, { target: "vdb", io: "native", cache: "writeback" }],
    },
    want: ["disks[1].io", /"native" of disk vdb needs cache "none"/],
  },
  {
    name: "native IO in xml beside typed disks",
    kind: "Domain",
    args: {
      host,
      name: "db",
      disks: [{ target: "vda" }],
      xml: "<domain><devices><disk><driver io='native'/><target dev='vdb'/></disk></devices></domain>",
    },
    want: ['xml["devices/disk[vdb]/driver/@io"]', /"native" of disk vdb needs cache "none"/],
  },
  {
    name: "a pool without an upper end in a list",
    kind: "Domain",
    args: { host, name: "db", ioThreads: [{ id: 1 }, { id: 2, threadPoolMin: 2 }] },
    want: ["ioThreads[1].threadPoolMin", /^2 needs a threadPoolMax/],
  },
  {
    name: "one thread and several of a disk",
    kind: "VirtioDisk",
    args: { ...at, target: "vdb", source: { file: "/a" }, ioThread: 1, ioThreads: [{ id: 2 }] },
    want: ["ioThreads[0]", /of disk vdb can't stand together with ioThread 1/],
  },
  {
    name: "a disk behind a socket on another bus",
    kind: "Domain",
    args: { host, name: "db", disks: [{ target: "vdb", bus: "sata", source: { vhostUser: "/run/a" } }] },
    want: ["disks[0].bus", /^of disk vdb: source.vhostUser needs virtio, this is sata/],
  },
  {
    name: "a disk behind a socket whose target says another bus",
    kind: "Domain",
    args: { host, name: "db", disks: [{ target: "sda", source: { vhostUser: "/run/a" } }] },
    want: ["disks[0].target", /^of disk sda: source.vhostUser needs virtio, this is scsi/],
  },
  {
    name: "a disk behind a socket that is to be read only",
    kind: "Domain",
    args: {
      host,
      name: "db",
      disks: [{ target: "vda", source: { vhostUser: "/run/a" }, readonly: true, serial: "a" }],
    },
    want: ["disks[0].readonly", /can't stand together with source.vhostUser/],
  },
  {
    name: "a thread on a SATA disk, in xml",
    kind: "Domain",
    args: {
      host,
      xml: "<domain><name>db</name><devices><disk><driver iothread='1'/><target dev='sda' bus='sata'/></disk></devices></domain>",
    },
    want: ['xml["devices/disk[sda]/driver/@iothread"]', /only virtio disks/],
  },
  {
    name: "XML that does not parse",
    kind: "Domain",
    args: { host, name: "db", xml: "<domain><a></domain>" },
    want: ["xml", /line 1/],
  },
  {
    name: "XML that is no domain",
    kind: "Domain",
    args: { host, name: "db", xml: "<network/>" },
    want: ["xml", /must be <domain>/],
  },
  { name: "a name with a slash", kind: "Domain", args: { host, name: "a/b" }, want: ["name", /without \//] },
  { name: "no name at all", kind: "Domain", args: { host }, want: ["name", /is required/] },
  {
    name: "an unsupported URI",
    kind: "Domain",
    args: { host: "xen+tls://hv1/", name: "db" },
    want: ["host", /qemu\+ssh/],
  },
  {
    name: "an argument that does not exist",
    kind: "IoThread",
    args: { ...at, affinity: "0" },
    want: ["affinity", /known ones/],
  },
  {
    name: "a typed argument that contradicts the xml",
    kind: "Domain",
    args: { host, name: "db", vcpus: 4, xml: "<domain><vcpu>2</vcpu></domain>" },
    want: ["vcpus", /is 4, and vcpu in xml is 2; keep one of them/],
  },
  {
    name: "typed arguments that say the same as the xml",
    kind: "Domain",
    args: {
      host,
      name: "db",
      memory: "1 GiB",
      xml: "<domain><name>db</name><memory unit='MiB'>1024</memory></domain>",
    },
    want: null,
  },
  {
    name: "a pin",
    kind: "IoThreadPin",
    args: { host, domain: "rivals", ioThread: 1, cpuset: "0" },
    want: null,
  },
  {
    name: "a domain that declares the same pin otherwise",
    kind: "Domain",
    args: { host, name: "rivals", cpuTune: { ioThreadPins: [{ ioThread: 1, cpuset: "1" }] } },
    want: [
      "cpuTune.ioThreadPins[0].cpuset",
      /is 1 in Domain rivals and 0 in IoThreadPin 1 of rivals; declare it in one/,
    ],
  },
  {
    name: "a disk of a domain whose xml has it",
    kind: "Domain",
    args: {
      host,
      name: "rivals",
      xml: "<domain><devices><disk><driver cache='none'/><target dev='vdc'/></disk></devices></domain>",
    },
    want: null,
  },
  {
    name: "a disk that declares the same place otherwise, by the name of its argument",
    kind: "VirtioDisk",
    args: { host, domain: "rivals", target: "vdc", source: { file: "/c" }, cache: "unsafe" },
    want: ["cache", /is unsafe in VirtioDisk vdc of rivals and none in Domain rivals; declare it in one/],
  },
  {
    name: "a disk of the same domain, which nobody else declares",
    kind: "VirtioDisk",
    args: { host, domain: "rivals", target: "vdb", source: { file: "/b" } },
    want: null,
  },
  ...(
    [
      [
        "a thread twice",
        { ioThreads: [{ id: 1 }, { id: 1 }] },
        "ioThreads[0]",
        /vdb: IO thread 1 is named more than once/,
      ],
      [
        "queues without their number",
        { ioThreads: [{ id: 1, queues: [{ id: 0 }] }] },
        "ioThreads[0]",
        /how many there are; give queues/,
      ],
      [
        "a queue beyond",
        { queues: 1, ioThreads: [{ id: 1, queues: [{ id: 0 }, { id: 1 }] }] },
        "ioThreads[0]",
        /queue 1 is beyond the 1/,
      ],
      [
        "a queue twice",
        {
          queues: 1,
          ioThreads: [
            { id: 1, queues: [{ id: 0 }] },
            { id: 2, queues: [{ id: 0 }] },
          ],
        },
        "ioThreads[0]",
        /queue 0 is mapped more than once/,
      ],
      [
        "a queue left out",
        { queues: 2, ioThreads: [{ id: 1, queues: [{ id: 0 }] }] },
        "ioThreads[0]",
        /queue 1 is mapped to no IO thread/,
      ],
      [
        "queues for one thread only",
        { queues: 1, ioThreads: [{ id: 1, queues: [{ id: 0 }] }, { id: 2 }] },
        "ioThreads[0]",
        /IO thread 2 has no queue while others have/,
      ],
      [
        "one thread beside it",
        { ioThread: 1, ioThreads: [{ id: 2 }] },
        "ioThreads[0]",
        /can't stand together with ioThread 1/,
      ],
    ] as const
  ).flatMap(([name, device, property, reason]): Case[] => [
    {
      name: `a mapping with ${name}`,
      kind: "VirtioDisk",
      args: { ...at, target: "vdb", source: { file: "/a" }, ...device },
      want: [property, reason],
    },
    {
      name: `a controller's mapping with ${name}`,
      kind: "VirtioScsiController",
      args: { ...at, index: 1, ...device },
      want: [property, new RegExp(reason.source.replace("vdb", "scsi 1"))],
    },
  ]),
  {
    name: "a mapping whose number of queues is not known yet",
    kind: "VirtioDisk",
    args: { ...at, target: "vdb", queues: unknownMark, ioThreads: [{ id: 1, queues: [{ id: 0 }] }] },
    want: null,
  },
  {
    name: "an empty mapping, which is none, beside one thread",
    kind: "VirtioDisk",
    args: { ...at, target: "vdc", ioThread: 1, ioThreads: [] },
    want: null,
  },
  {
    name: "a mapping on another bus",
    kind: "Domain",
    args: { host, name: "db", disks: [{ target: "sda", ioThreads: [{ id: 1 }] }] },
    want: ["disks[0].ioThreads[0]", /only virtio disks can have one, this is scsi/],
  },
  {
    name: "a mapping with a thread twice, in xml",
    kind: "Domain",
    args: {
      host,
      name: "db",
      xml: "<domain><devices><disk><driver><iothreads><iothread id='1'/><iothread id='1'/></iothreads></driver><target dev='vda'/></disk></devices></domain>",
    },
    want: ['xml["devices/disk[vda]/driver/iothreads"]', /IO thread 1 is named more/],
  },
  {
    name: "two disks of one target",
    kind: "Domain",
    args: {
      host,
      name: "db",
      disks: [
        { target: "vda", source: { file: "/a" } },
        { target: "vda", source: { file: "/b" } },
      ],
    },
    want: ["disks[0].target", /is the target of two disks, vda/],
  },
  {
    name: "two disks of one target on two buses",
    kind: "Domain",
    args: {
      host,
      name: "db",
      disks: [
        { target: "vda", bus: "virtio" },
        { target: "vda", bus: "sata" },
      ],
    },
    want: ["disks[0].target", /whatever the bus/],
  },
  {
    name: "two disks of one target, in xml",
    kind: "Domain",
    args: {
      host,
      name: "db",
      xml: "<domain><devices><disk><source file='/a'/><target dev='vda'/></disk><disk><source file='/b'/><target dev='vda'/></disk></devices></domain>",
    },
    want: ['xml["devices/disk[vda]/target/@dev"]', /is the target of two disks/],
  },
  {
    name: "two threads of one id",
    kind: "Domain",
    args: { host, name: "db", ioThreads: [{ id: 2 }, { id: 2 }] },
    want: ["ioThreads[0].id", /is given to two IO threads, 2/],
  },
  {
    name: "two controllers of one index",
    kind: "Domain",
    args: {
      host,
      name: "db",
      controllers: [
        { type: "scsi", index: 1 },
        { type: "scsi", index: 1 },
      ],
    },
    want: ["controllers[0].index", /is given twice for controller scsi 1/],
  },
  {
    name: "two pins of a thread",
    kind: "Domain",
    args: {
      host,
      name: "db",
      cpuTune: {
        ioThreadPins: [
          { ioThread: 1, cpuset: "0" },
          { ioThread: 1, cpuset: "1" },
        ],
      },
    },
    want: ["cpuTune.ioThreadPins[0].ioThread", /is pinned twice, IO thread 1/],
  },
  {
    name: "schedulers that overlap",
    kind: "Domain",
    args: {
      host,
      name: "db",
      cpuTune: {
        ioThreadScheds: [
          { ioThreads: "1-2", scheduler: "batch" },
          { ioThreads: "2-3", scheduler: "idle" },
        ],
      },
    },
    want: ["cpuTune.ioThreadScheds[1].ioThreads", /names IO thread 2, which has a scheduler already/],
  },
  {
    name: "a set of threads that is none",
    kind: "Domain",
    args: { host, name: "db", cpuTune: { ioThreadScheds: [{ ioThreads: "all" }] } },
    want: ["cpuTune.ioThreadScheds[0].ioThreads", /must be a set of IO threads/],
  },
  {
    name: "two disks of one boot order",
    kind: "Domain",
    args: {
      host,
      name: "db",
      disks: [
        { target: "vda", bootOrder: 1 },
        { target: "vdb", bootOrder: 1 },
      ],
    },
    want: ["disks[1].bootOrder", /1 of disk vdb is that of disk vda as well/],
  },
  {
    name: "a boot order beside bootDevices",
    kind: "Domain",
    args: { host, name: "db", bootDevices: [{ dev: "hd" }], disks: [{ target: "vda", bootOrder: 1 }] },
    want: ["disks[0].bootOrder", /can't stand together with bootDevices/],
  },
  ...([64, "64", "512"] as const).map(
    (memory): Case => ({
      name: `memory of ${JSON.stringify(memory)}`,
      kind: "Domain",
      args: { host, name: "db", memory },
      want: ["memory", new RegExp(`did you mean ${memory} MiB\\?`)],
    }),
  ),
  {
    name: "current memory without a unit",
    kind: "Domain",
    args: { host, name: "db", currentMemory: "64" },
    want: ["currentMemory", /did you mean 64 MiB\?/],
  },
  {
    name: "memory without a unit, in xml",
    kind: "Domain",
    args: { host, name: "db", xml: "<domain><memory>64</memory></domain>" },
    want: ['xml["memory"]', /did you mean 64 MiB\?/],
  },
  ...([1024, "2048", "64 KiB"] as const).map(
    (memory): Case => ({
      name: `memory of ${JSON.stringify(memory)}`,
      kind: "Domain",
      args: { host, name: "db", memory },
      want: null,
    }),
  ),
  {
    name: "boot devices of a domain",
    kind: "Domain",
    args: { host, name: "boots", bootDevices: [{ dev: "hd" }] },
    want: null,
  },
  {
    name: "a boot order of its disk in another resource",
    kind: "VirtioDisk",
    args: { host, domain: "boots", target: "vda", source: { file: "/a" }, bootOrder: 1 },
    want: [
      "devices/disk[vda]/boot/@order",
      /can't stand together with bootDevices.*VirtioDisk vda of boots and Domain boots/,
    ],
  },
  {
    name: "more vCPUs at the start than at most",
    kind: "Domain",
    args: { host, name: "plugged", vcpus: 2, currentVcpus: 3 },
    want: ["currentVcpus", /3 is more than vcpus 2/],
  },
  {
    name: "a topology of other vCPUs than there are",
    kind: "Domain",
    args: { host, name: "topology", vcpus: 4, cpu: { topology: { sockets: 1, cores: 3, threads: 1 } } },
    want: ["cpu.topology.sockets", /of a topology of 3 vCPUs: vcpus is 4/],
  },
  {
    name: "a topology of as many vCPUs, with dies, some of them unplugged",
    kind: "Domain",
    args: {
      host,
      name: "dies",
      vcpus: 8,
      currentVcpus: 2,
      cpu: { topology: { sockets: 1, dies: 2, cores: 2, threads: 2 } },
    },
    want: null,
  },
  {
    name: "a topology of vCPUs that are not known yet, or not declared here",
    kind: "Domain",
    args: {
      host,
      name: "later",
      vcpus: unknownMark,
      cpu: { topology: { sockets: 1, cores: 3, threads: 1 } },
    },
    want: null,
  },
  {
    name: "a real-time scheduler without a priority",
    kind: "Domain",
    args: { host, name: "fifo", cpuTune: { vcpuScheds: [{ vcpus: "0", scheduler: "fifo" }] } },
    want: ["cpuTune.vcpuScheds[0].scheduler", /"fifo" needs a priority/],
  },
  {
    name: "hostile text as data",
    kind: "Domain",
    args: { host, name: "a'; $(reboot) <b>&", description: "`x`" },
    want: null,
  },
  {
    name: "values that are not known yet",
    kind: "IoThreadPin",
    args: { host, domain: unknownMark, ioThread: unknownMark, cpuset: "0" },
    want: null,
  },
];

describe("arguments", () => {
  for (const { name, kind, args, want } of cases) {
    it(`${want ? "refuses" : "accepts"} ${name}`, async () => {
      // Like a resource that the state has on another host: then the check asks no host.
      const { failures, inputs } = await handlers[kind].check({ host: "qemu:///session" }, args);
      expect(inputs).to.deep.equal(args);
      if (want === null) expect(failures).to.deep.equal([]);
      else {
        // The engine prints the value of the property in a failure's own field, so a possible secret is not
        // named there.
        const named = failures.map(({ property, reason }) => property || reason.replace(/ .*$/, ""));
        expect(named).to.include(want[0]);
        expect(failures.map((failure) => failure.reason).join("; ")).to.match(want[1]);
      }
    });
  }
});
