import type { LintId } from "../../provider/plan/checks/lintTypes.ts";

export interface LintCase {
  readonly id: LintId;
  readonly name: string;
  readonly domain: string;
  readonly live?: string;
  /** Other running guests on the host. */
  readonly others?: readonly string[];
  /** Both sides of another guest that may use the same images. */
  readonly beside?: {
    readonly live?: string;
    readonly inactive?: string;
    readonly declared?: readonly string[];
  };
  /** Targets of the disks that the program declares. Default: all. */
  readonly declaredDisks?: readonly string[];
  /** Number of the host's CPUs. Default: 8. */
  readonly cpus?: number;
  readonly libvirt?: number;
  readonly qemu?: number;
  /** Whether the guest starts with its host. */
  readonly autostart?: boolean;
  /** Pools that do not. */
  readonly poolsOff?: readonly string[];
  /** Text of the finding; `null` when there is none with this id. */
  readonly want: RegExp | null;
}

const disk = (target: string, driver: string, bus = "virtio") =>
  `<disk device='disk'><driver ${driver}</driver><target dev='${target}' bus='${bus}'/></disk>`;
const domain = (threads: number, devices: string, more = "") =>
  `<vcpu>2</vcpu><iothreads>${threads}</iothreads>${more}<devices>${devices}</devices>`;
const mapping = (inner: string, driver = "queues='2'") =>
  domain(2, disk("vda", `${driver}><iothreads>${inner}</iothreads>`));
const pins = (thread: string, vcpu: string) =>
  `<cputune><vcpupin vcpu='0' cpuset='${vcpu}'/><iothreadpin iothread='1' cpuset='${thread}'/></cputune>`;
const scsi = (model: string, driver: string) =>
  `<controller type='scsi' index='0' ${model}><driver ${driver}/></controller><disk device='disk'><target dev='sda' bus='scsi'/><address type='drive' controller='0'/></disk>`;
const busy = "io='native' queues='4' iothread='1'>";

const spread = "io='native' queues='4'><iothreads><iothread id='1'/><iothread id='2'/></iothreads>";

const volumeDisk =
  "<devices><disk type='volume'><source pool='p' volume='v'/><target dev='vda' bus='virtio'/></disk></devices>";

/** For each lint, cases that it reports and cases that it ignores. */
export const lintCases: readonly LintCase[] = [
  {
    id: "L1",
    name: "a thread without a disk",
    domain: domain(2, disk("vda", "iothread='1'>")),
    want: /IO thread 2 serves/,
  },
  {
    id: "L1",
    name: "a thread by a mapping",
    domain: mapping("<iothread id='1'/><iothread id='2'/>"),
    want: null,
  },
  {
    id: "L1",
    name: "a thread of a controller",
    domain: domain(1, scsi("model='virtio-scsi'", "iothread='1'")),
    want: null,
  },
  {
    id: "L2",
    name: "a SATA disk",
    domain: domain(1, disk("sda", "iothread='1'>", "sata")),
    want: /disk sda .* bus sata/,
  },
  {
    id: "L2",
    name: "an lsilogic controller",
    domain: domain(1, scsi("model='lsilogic'", "iothread='1'")),
    want: /lsilogic model/,
  },
  { id: "L2", name: "a virtio disk", domain: domain(1, disk("vda", "iothread='1'>")), want: null },
  {
    id: "L3",
    name: "both ways at once",
    domain: mapping("<iothread id='2'/>", "iothread='1'"),
    want: /stand together/,
  },
  {
    id: "L3",
    name: "a thread twice",
    domain: mapping("<iothread id='1'/><iothread id='1'/>"),
    want: /1 is named more than once/,
  },
  {
    id: "L3",
    name: "queues without their number",
    domain: mapping("<iothread id='1'><queue id='0'/></iothread>", ""),
    want: /does not say how many/,
  },
  {
    id: "L3",
    name: "a queue out of range",
    domain: mapping("<iothread id='1'><queue id='0'/><queue id='1'/><queue id='2'/></iothread>"),
    want: /queue 2 is beyond the 2/,
  },
  {
    id: "L3",
    name: "a queue left out",
    domain: mapping("<iothread id='1'><queue id='0'/></iothread>"),
    want: /queue 1 is mapped to no/,
  },
  {
    id: "L3",
    name: "a queue twice",
    domain: mapping(
      "<iothread id='1'><queue id='0'/><queue id='1'/></iothread><iothread id='2'><queue id='1'/></iothread>",
    ),
    want: /queue 1 is mapped more than once/,
  },
  {
    id: "L3",
    name: "one thread without queues",
    domain: mapping("<iothread id='1'><queue id='0'/><queue id='1'/></iothread><iothread id='2'/>"),
    want: /IO thread 2 has no queue/,
  },
  {
    id: "L3",
    name: "a whole mapping",
    domain: mapping("<iothread id='1'><queue id='0'/></iothread><iothread id='2'><queue id='1'/></iothread>"),
    want: null,
  },
  {
    id: "L4",
    name: "io threads",
    domain: domain(1, disk("vda", "io='threads' iothread='1'>")),
    want: /io="threads" and IO thread 1/,
  },
  {
    id: "L4",
    name: "io threads in the main loop",
    domain: domain(1, disk("vda", "io='threads'>")),
    want: null,
  },
  { id: "L4", name: "io native", domain: domain(1, disk("vda", "io='native' iothread='1'>")), want: null },
  {
    id: "L5",
    name: "three threads on one CPU",
    cpus: 1,
    domain: domain(1, ""),
    live: domain(1, ""),
    others: [domain(2, "")],
    want: /3 IO threads .* 1 CPUs/,
  },
  {
    id: "L5",
    name: "a third thread of a guest that is off",
    cpus: 1,
    domain: domain(1, ""),
    others: [domain(2, "")],
    want: null,
  },
  {
    id: "L5",
    name: "two threads on one CPU",
    cpus: 1,
    domain: domain(1, ""),
    live: domain(1, ""),
    others: [domain(1, "")],
    want: null,
  },
  {
    id: "L6",
    name: "its own vCPU",
    domain: domain(1, "", pins("0-1", "1")),
    want: /IO thread 1 of me shares CPU 1 with vCPU 0 of its own guest/,
  },
  {
    id: "L6",
    name: "another guest's vCPU",
    domain: domain(1, "", pins("2", "1")),
    others: [domain(0, "", "<cputune><vcpupin vcpu='1' cpuset='2-3'/></cputune>")],
    want: /shares CPU 2 with vCPU 1 of other0/,
  },
  {
    id: "L6",
    name: "other CPUs",
    domain: domain(1, "", pins("2", "1")),
    others: [domain(1, "", pins("2", "3"))],
    want: null,
  },
  { id: "L6", name: "a pin to all CPUs, which is none", domain: domain(1, "", pins("0-7", "1")), want: null },
  {
    id: "L7",
    name: "a disk of the running guest moves",
    domain: domain(2, disk("vda", "iothread='2'>")),
    live: domain(2, disk("vda", "iothread='1'>")),
    want: /from IO thread 1 to IO thread 2/,
  },
  {
    id: "L7",
    name: "a disk leaves the main loop",
    domain: domain(2, disk("vda", "iothread='2'>")),
    live: domain(2, disk("vda", ">")),
    want: /from the main loop to IO thread 2/,
  },
  {
    id: "L7",
    name: "queues of a running disk that are dealt otherwise to the same threads",
    domain: mapping("<iothread id='1'><queue id='0'/></iothread><iothread id='2'><queue id='1'/></iothread>"),
    live: mapping("<iothread id='1'><queue id='1'/></iothread><iothread id='2'><queue id='0'/></iothread>"),
    want: /disk vda: its queues move between IO threads 1, 2/,
  },
  { id: "L7", name: "a guest that is off", domain: domain(2, disk("vda", "iothread='2'>")), want: null },
  {
    id: "L7",
    name: "a disk that comes new",
    domain: domain(1, disk("vda", "iothread='1'>")),
    live: domain(1, ""),
    want: null,
  },
  {
    id: "L8",
    name: "a mapping for libvirt 9",
    libvirt: 9_000_000,
    domain: mapping("<iothread id='1'/>"),
    want: /needs libvirt 10.0.0, the host has 9.0.0/,
  },
  {
    id: "L8",
    name: "a mapping for QEMU 8.2",
    qemu: 8_002_000,
    domain: mapping("<iothread id='1'/>"),
    want: /needs QEMU 9.0.0, the host has 8.2.0/,
  },
  {
    id: "L8",
    name: "a controller's mapping",
    libvirt: 11_001_000,
    domain: domain(
      1,
      "<controller type='scsi' index='0' model='virtio-scsi'><driver><iothreads><iothread id='1'/></iothreads></driver></controller>",
    ),
    want: /needs libvirt 11.2.0/,
  },
  {
    id: "L8",
    name: "polling for 9.3",
    libvirt: 9_003_000,
    domain: "<iothreadids><iothread id='1'><poll max='1'/></iothread></iothreadids>",
    want: /polling in the definition needs libvirt 9.4.0/,
  },
  {
    id: "L8",
    name: "the weight of polling",
    libvirt: 12_006_000,
    domain: "<iothreadids><iothread id='1'><poll weight='1'/></iothread></iothreadids>",
    want: /needs libvirt 12.7.0/,
  },
  {
    id: "L8",
    name: "a thread pool for 8.4",
    libvirt: 8_004_000,
    domain: "<iothreadids><iothread id='1' thread_pool_max='4'/></iothreadids>",
    want: /needs libvirt 8.5.0/,
  },
  { id: "L8", name: "all of it on a new host", domain: mapping("<iothread id='1'/>"), want: null },
  {
    id: "L8",
    name: "versions that are not known",
    libvirt: 0,
    qemu: 0,
    domain: mapping("<iothread id='1'/>"),
    want: null,
  },
  {
    id: "L9",
    name: "two busy disks",
    domain: domain(1, disk("vda", busy) + disk("vdb", busy)),
    want: /busy disks vda, vdb/,
  },
  {
    id: "L9",
    name: "two busy disks whose queues several threads serve",
    domain: domain(2, disk("vda", spread) + disk("vdb", spread)),
    want: null,
  },
  {
    id: "L9",
    name: "a busy disk on one of the threads of another",
    domain: domain(2, disk("vda", busy) + disk("vdb", spread)),
    want: /IO thread 1 serves the busy disks vda, vdb/,
  },
  {
    id: "L9",
    name: "a busy and an ordinary disk",
    domain: domain(1, disk("vda", busy) + disk("vdb", "iothread='1'>")),
    want: null,
  },
  {
    id: "L9",
    name: "busy disks on threads of their own",
    domain: domain(2, disk("vda", busy) + disk("vdb", busy.replace("'1'", "'2'"))),
    want: null,
  },
  {
    id: "L10",
    name: "a disk left behind",
    domain: domain(1, disk("vda", "iothread='1'>") + disk("vdb", ">")),
    want: /disk vdb is served by/,
  },
  {
    id: "L10",
    name: "a SCSI disk left behind",
    domain: domain(1, scsi("model='virtio-scsi'", "queues='1'")),
    want: /disk sda is served by/,
  },
  { id: "L10", name: "a disk that can't have one", domain: domain(1, disk("sda", ">", "sata")), want: null },
  { id: "L10", name: "a guest without threads", domain: domain(0, disk("vda", ">")), want: null },
  {
    id: "L12",
    name: "a guest that starts with its host, on a pool that does not",
    domain: volumeDisk,
    autostart: true,
    poolsOff: ["p"],
    want: /disk vda is a volume of the pool "p"/,
  },
  { id: "L12", name: "a guest that does not either", domain: volumeDisk, poolsOff: ["p"], want: null },
  {
    id: "L12",
    name: "a guest on another pool",
    domain: volumeDisk,
    autostart: true,
    poolsOff: ["q"],
    want: null,
  },
];
