import * as virsh from "../../provider/index.ts";
import type { FeatureName } from "../../provider/plan/checks/features.ts";

/** The environment in which the mistaken programs run. */
export interface Given {
  readonly host: string;
  readonly type: "kvm" | "qemu";
  /** Begins the names of the program's resources, so that one preview can run several programs. */
  readonly label: string;
  /** A running guest of another owner: one IO thread, a disk vda, 64 MiB. */
  readonly web: string;
  readonly webUuid: string;
  readonly webImage: string;
  /** Another guest, which is off. */
  readonly other: string;
  /** A running guest without a persistent definition. */
  readonly brief: string;
  /** Name of a guest that does not exist. */
  readonly db: string;
  readonly image: string;
  readonly otherImage: string;
  /** An image in a folder that QEMU's user can't enter. */
  readonly closedImage: string;
}

export interface Mistake {
  readonly title: string;
  readonly program: (given: Given) => void;
  /** The important part of the preview's message. */
  readonly want: RegExp;
  /** Text that no line of the preview may contain. Default: nothing is forbidden. */
  readonly not?: RegExp;
  /** Whether the preview itself fails, because the arguments are invalid on any host. */
  readonly fails?: true;
  /** The feature that the host has to lack. */
  readonly lacks?: FeatureName;
}

export const domain = ({ host, type, label, db }: Given, args: object = {}) =>
  new virsh.Domain(`${label}db`, { host, name: db, type, memory: "64 MiB", ...args });
const disk = ({ host, label, image }: Given, on: string, args: object = {}) =>
  new virsh.VirtioDisk(`${label}data`, { host, domain: on, target: "vdb", source: { file: image }, ...args });
const ofDisk = (title: string, args: object, want: RegExp): Mistake => ({
  title,
  program: (given) => disk(given, given.web, args),
  want,
  fails: true,
});
const mapped = (...threads: (readonly number[] | null)[]) =>
  threads.map((queues, index) => ({
    id: index + 1,
    ...(queues && { queues: queues.map((id) => ({ id })) }),
  }));

/** `up` refuses it too, before it applies anything. */
export const lackingFeature: Mistake = {
  title: "a feature that the host's libvirt lacks",
  program: (given) => disk(given, given.web, { queues: 1, ioThreads: mapped([0]) }),
  want: /not possible: ioThreads: a disk's queues mapped to IO threads needs libvirt 10\.0\.0, the host has \d/,
  lacks: "diskIoThreads",
};

const onNetwork = (network: string) =>
  `<domain><devices><interface type='network'><source network='${network}'/></interface></devices></domain>`;

/**
 * What a guest needs of its host besides files. An error when the guest is to start, a warning when it stays
 * off.
 */
const lackingNeeds: readonly Mistake[] = [
  {
    title: "an interface on a network that the host lacks",
    program: (given) => domain(given, { running: true, xml: onNetwork("nowhere") }),
    want: /not possible: xml\["devices\/interface\[0\]\/source\/@network"\]: there is no network "nowhere" on the host; define it first/,
  },
  {
    title: "the same, of a guest that stays off",
    program: (given) => domain(given, { xml: onNetwork("nowhere") }),
    want: /^(?!.*not possible).*there is no network "nowhere" on the host; define it first.*: the next start fails/,
    not: /not possible/,
  },
  {
    title: "an interface on a bridge that the host lacks",
    program: (given) =>
      domain(given, {
        running: true,
        xml: "<domain><devices><interface type='bridge'><source bridge='nowhere0'/></interface></devices></domain>",
      }),
    want: /not possible: xml\["devices\/interface\[0\]\/source\/@bridge"\]: there is no bridge "nowhere0" on the host; make it first/,
  },
  {
    title: "a network device of the host that is no bridge",
    program: (given) =>
      domain(given, {
        running: true,
        xml: "<domain><devices><interface type='bridge'><source bridge='lo'/></interface></devices></domain>",
      }),
    want: /not possible: xml\[.*\]: "lo" is a network device of the host and no bridge; name a bridge/,
  },
  {
    title: "a disk of a storage pool that the host lacks",
    program: (given) => disk(given, given.web, { source: { volume: { pool: "nowhere", volume: "a" } } }),
    want: /not possible: source\.volume\S*: there is no storage pool "nowhere" on the host; define it first/,
  },
  {
    title: "a CPU model that there is not",
    program: (given) => domain(given, { running: true, cpu: { mode: "custom", model: "Skylake-Klient" } }),
    want: /not possible: cpu\.model: there is no CPU model "Skylake-Klient" for QEMU on the host; the nearest is "Skylake-Client"/,
  },
  {
    title: "memory of a NUMA node that the host lacks",
    program: (given) => domain(given, { running: true, numaTune: { nodeset: "63" } }),
    want: /not possible: numaTune\.nodeset: nodeset 63 names NUMA node 63, which the host lacks; it has 0/,
  },
  {
    title: "UEFI for a machine type that has none",
    program: (given) => domain(given, { running: true, machine: "isapc", firmware: "efi" }),
    want: /not possible: firmware: the host has no firmware "efi" for machine "isapc"/,
  },
  {
    title: "more vCPUs than the machine type can have",
    program: (given) => domain(given, { vcpus: 300 }),
    want: /not possible: vcpus: 300 vCPUs are more than the 255 that machine "pc" can have on the host/,
  },
  {
    title: "more memory than the host has",
    program: (given) => domain(given, { memory: "64 TiB" }),
    want: /memory: 64 TiB is more memory than the host has, \S+ MiB: QEMU may get it only from swap/,
    not: /not possible/,
  },
  {
    title: "a folder as an image",
    program: (given) => disk(given, given.web, { source: { file: "/var/lib" } }),
    want: /not possible: source\.file \/var\/lib of disk vdb is a folder there; name an image in it/,
  },
  {
    title: "a regular file as a block device",
    program: (given) => disk(given, given.web, { source: { block: given.image } }),
    want: /not possible: source\.block \S+ of disk vdb is a regular file there and no block device/,
  },
  {
    title: "an image in a folder that QEMU may not enter",
    program: (given) => disk(given, given.web, { source: { file: given.closedImage } }),
    want: /not possible: source\.file \S+ of disk vdb is out of reach: the user of QEMU may not enter its folder/,
  },
];

/** Every mistake that a preview reports, with a program that makes it. */
export const mistakes: readonly Mistake[] = [
  {
    title: "a host that does not answer",
    program: ({ label, db }) =>
      new virsh.Domain(`${label}db`, {
        host: "qemu+ssh://root@nowhere.invalid/system",
        name: db,
        memory: "64 MiB",
      }),
    want: /nowhere\.invalid/,
  },
  {
    title: "a pin of an IO thread that nobody has or declares",
    program: ({ host, label, web }) =>
      new virsh.IoThreadPin(`${label}pin`, { host, domain: web, ioThread: 9, cpuset: "0" }),
    want: /not possible: a pin names IO thread 9, which the domain does not have; declare it or use one of 1/,
  },
  {
    title: "a pin in a new guest without IO threads",
    program: (given) => {
      const { name } = domain(given);
      new virsh.IoThreadPin(`${given.label}pin`, {
        host: given.host,
        domain: name,
        ioThread: 1,
        cpuset: "0",
      });
    },
    want: /not possible: a pin names IO thread 1, and the domain has no IO threads; declare it first/,
  },
  {
    title: "a scheduler of an IO thread that is not there",
    program: (given) =>
      domain(given, {
        ioThreads: 1,
        cpuTune: { ioThreadScheds: [{ ioThreads: "7", scheduler: "batch" }] },
      }),
    want: /not possible: a scheduler \(ioThreadScheds\) names IO thread 7/,
  },
  {
    title: "a disk on an IO thread that is not there",
    program: (given) => disk(given, given.web, { ioThread: 7 }),
    want: /not possible: disk vdb names IO thread 7/,
  },
  {
    title: "a CPU that the host lacks",
    program: (given) => domain(given, { cpuset: "4000" }),
    want: /not possible: cpuset 4000 of vcpu names CPU 4000, which the host lacks/,
  },
  {
    title: "a pin to a CPU that the host lacks",
    program: ({ host, label, web }) =>
      new virsh.IoThreadPin(`${label}pin`, { host, domain: web, ioThread: 1, cpuset: "4000" }),
    want: /not possible: cpuset 4000 of iothreadpin names CPU 4000, which the host lacks; it has \d/,
  },
  {
    title: "an image file that is missing",
    program: (given) => domain(given, { disks: [{ target: "vda", source: { file: "/none.raw" } }] }),
    want: /not possible: source\.file \/none\.raw of disk vda does not exist there; create it first/,
  },
  {
    title: "a kernel that is missing",
    program: (given) => domain(given, { kernel: "/none/vmlinuz" }),
    want: /not possible: kernel \/none\/vmlinuz does not exist there; put it there first/,
  },
  {
    title: "a disk whose image file is missing",
    program: (given) => disk(given, given.web, { source: { file: "/none.raw" } }),
    want: /not possible: source\.file \/none\.raw of disk vdb does not exist there/,
  },
  {
    title: "a disk of a guest that nobody has or declares",
    program: (given) => disk(given, given.db),
    want: /not possible: there is no domain ".*" on the host, and no Domain before this resource declares it/,
  },
  {
    title: "a new guest without memory",
    program: ({ host, type, label, db }) => new virsh.Domain(`${label}db`, { host, name: db, type }),
    want: /not possible: a new domain needs memory/,
  },
  {
    title: "a machine type that the host lacks",
    program: (given) => domain(given, { machine: "q53" }),
    want: /not possible: machine "q53" is no machine type of \S+ on the host; the nearest is "q35"/,
  },
  {
    title: "a machine type that the host lacks, of a guest that is there",
    program: ({ host, type, label, web }) =>
      new virsh.Domain(`${label}db`, { host, name: web, type, machine: "q53" }),
    want: /not possible: machine "q53" is no machine type of \S+ on the host; the nearest is "q35"/,
  },
  {
    title: "an image that a running guest writes to",
    program: (given) =>
      domain(given, { running: true, disks: [{ target: "vdc", source: { file: given.webImage } }] }),
    want: /not possible: source\.file \S+ of disk vdc is that of disk vda of ".*" as well, which writes to it/,
    not: /L11/,
  },
  {
    title: "an image of two guests that are to run",
    program: (given) => {
      const args = { running: true, disks: [{ target: "vda", source: { file: given.image } }] };
      const first = domain(given, args);
      const { host, type, label, db } = given;
      new virsh.Domain(
        `${label}db2`,
        { host, type, name: `${db}-2`, memory: "64 MiB", ...args },
        { dependsOn: first },
      );
    },
    want: /-2: not possible: source\.file \S+ of disk vda is that of disk vda of ".*" as well, which writes to it/,
    not: /L11/,
  },
  {
    title: "a UUID that another guest has",
    program: (given) => domain(given, { uuid: given.webUuid }),
    want: /not possible: uuid \S+ is that of ".*"; give another one, or leave it out/,
  },
  {
    title: "a disk for a guest without a definition",
    program: (given) => disk(given, given.brief),
    want: /not possible: the domain ".*" is transient and has no definition to change/,
  },
  {
    title: "a name that is taken by a running guest",
    program: ({ host, type, label, web }) =>
      new virsh.Domain(`${label}db`, { host, name: web, type, memory: "64 MiB", vcpus: 2 }),
    want: /vcpu 1 → 2/,
  },
  {
    title: "an image that a running guest holds open",
    program: (given) => domain(given, { disks: [{ target: "vda", source: { file: given.webImage } }] }),
    want: /warning L11: devices\/disk\[vda\]\/source: disk vda is on \S+, which other running guests hold open for writing: "[^"]*"; give each guest/,
  },
  {
    title: "a disk on an image that a running guest holds open",
    program: (given) => disk(given, given.other, { source: { file: given.webImage } }),
    want: /warning L11: devices\/disk\[vdb\]\/source: disk vdb is on \S+, which other running guests hold open for writing: "[^"]*"/,
  },
  {
    title: "an image that the program gives to two guests",
    program: (given) => {
      const disks = [{ target: "vda", source: { file: given.image } }];
      const first = domain(given, { disks });
      const { host, type, label, db } = given;
      const second = { host, name: `${db}-2`, type, memory: "64 MiB", disks };
      new virsh.Domain(`${label}second`, second, { dependsOn: first });
    },
    want: /-2: warning L11: devices\/disk\[vda\]\/source: disk vda is on \S+, which the program gives to other guests too: "[^"]*"/,
  },
  lackingFeature,
  ...lackingNeeds,
  {
    title: "two disks of one target",
    program: (given) =>
      domain(given, {
        disks: [given.image, given.otherImage].map((file) => ({ target: "vda", source: { file } })),
      }),
    want: /is the target of two disks, vda; targets are unique whatever the bus/,
    fails: true,
  },
  {
    title: "two disks of one target on two buses",
    program: (given) =>
      domain(given, {
        disks: [
          { target: "vda", bus: "virtio" },
          { target: "vda", bus: "sata" },
        ],
      }),
    want: /is the target of two disks, vda; targets are unique whatever the bus/,
    fails: true,
  },
  {
    title: "two disks of one target in two resources",
    program: (given) => {
      const { name } = domain(given, { disks: [{ target: "vdb", source: { file: given.otherImage } }] });
      new virsh.VirtioDisk(`${given.label}data`, {
        host: given.host,
        domain: name,
        target: "vdb",
        source: { file: given.image },
      });
    },
    want: /declare it in one of them/,
    fails: true,
  },
  {
    title: "a boot order beside bootDevices",
    program: (given) =>
      domain(given, { bootDevices: [{ dev: "hd" }], disks: [{ target: "vda", bootOrder: 1 }] }),
    want: /can't stand together with bootDevices/,
    fails: true,
  },
  {
    title: "more vCPUs at the start than at most",
    program: (given) => domain(given, { vcpus: 2, currentVcpus: 3 }),
    want: /is more than vcpus 2/,
    fails: true,
  },
  {
    title: "a topology of other vCPUs",
    program: (given) => domain(given, { vcpus: 4, cpu: { topology: { sockets: 1, cores: 1, threads: 1 } } }),
    want: /of a topology of 1 vCPUs: vcpus is 4/,
    fails: true,
  },
  {
    title: "memory without a unit",
    program: (given) => domain(given, { memory: "64" }),
    want: /is 64 without a unit, which is 64 KiB; did you mean 64 MiB\?/,
    fails: true,
  },
  ofDisk(
    "a mapping with a thread twice",
    { ioThreads: [{ id: 1 }, { id: 1 }] },
    /IO thread 1 is named more than once/,
  ),
  ofDisk(
    "a mapping beside one thread",
    { ioThread: 1, ioThreads: mapped(null) },
    /can't stand together with ioThread 1/,
  ),
  ofDisk("a mapping of queues whose number is not given", { ioThreads: mapped([0]) }, /give queues/),
  ofDisk(
    "a mapping of a queue that is not there",
    { queues: 1, ioThreads: mapped([0, 1]) },
    /queue 1 is beyond the 1/,
  ),
  ofDisk(
    "a mapping of a queue twice",
    { queues: 1, ioThreads: mapped([0], [0]) },
    /queue 0 is mapped more than once/,
  ),
  ofDisk(
    "a mapping that leaves a queue out",
    { queues: 2, ioThreads: mapped([0]) },
    /queue 1 is mapped to no IO thread/,
  ),
  ofDisk(
    "a mapping with queues for some threads only",
    { queues: 1, ioThreads: mapped([0], null) },
    /IO thread 2 has no queue/,
  ),
];
