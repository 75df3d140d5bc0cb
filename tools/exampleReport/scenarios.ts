import type { ResourcePlan } from "../../provider/plan/record/record.ts";
import type { GuestShape } from "./guest.ts";
import { printDisk } from "./guest.ts";

/** What a program declares for a guest, and the state of the guest at that time. */
export interface Scenario {
  readonly name: string;
  /** Changes to the fleet's usual shape. `node` holds the CPUs of the guest's node that are for vCPUs. */
  readonly shape?: (shape: GuestShape, node: string) => Partial<GuestShape>;
  /** Whether the guest runs. Default: true. */
  readonly isActive?: false;
  /** Content of the declared `<domain>`. */
  readonly desired?: (shape: GuestShape) => string;
  /** Labels of paths for which the program allows more (`whenRunning`). */
  readonly labels?: NonNullable<ResourcePlan["labels"]>;
  readonly extra?: (guest: string) => NonNullable<ResourcePlan["extra"]>;
}

const virsh = ["virsh", "-c", "qemu:///system"];
const shape = (edit: (shape: GuestShape) => Partial<GuestShape>) => edit;
const thread = (set: string) => (guest: GuestShape) =>
  `<iothreadids><iothread id='3'/></iothreadids><cputune><iothreadpin iothread='3' cpuset='${set}'/></cputune>
  <devices>${printDisk(guest.name, { target: "vdc", driver: "io='native' iothread='3'" })}</devices>`;
const onThread = (id: number) => () =>
  `<devices><disk><driver iothread='${id}'/><target dev='vdb'/></disk></devices>`;

/** The first scenario is for guests without differences. The fleet uses the others in turn. */
export const scenarios: readonly [Scenario, ...Scenario[]] = [
  { name: "as declared" },
  { name: "one IO thread more with a disk on it", desired: thread("44-47") },
  { name: "a pin moved", desired: () => "<cputune><iothreadpin iothread='1' cpuset='44'/></cputune>" },
  { name: "a disk to another thread, at the next boot", desired: onThread(1) },
  {
    name: "a disk to another thread, detaching allowed",
    desired: onThread(1),
    labels: new Map([["devices/disk[vdb]/driver/@iothread", "detach"]]),
    extra: (guest) => ({
      changes: [],
      steps: [
        { argv: [...virsh, "detach-disk", guest, "vdb", "--live"], label: "detach" },
        {
          argv: [...virsh, "attach-device", guest, "/dev/stdin", "--live"],
          stdin: printDisk(guest, { target: "vdb", driver: "iothread='1'" }),
          label: "detach",
        },
      ],
    }),
  },
  {
    name: "more vCPUs, restart allowed",
    desired: () => "<vcpu>8</vcpu>",
    labels: new Map([["vcpu", "restart"]]),
    extra: (guest) => ({
      changes: [],
      steps: [
        { argv: [...virsh, "shutdown", guest], label: "restart" },
        { argv: [...virsh, "start", guest], label: "restart" },
      ],
    }),
  },
  { name: "memory of a guest that is off", isActive: false, desired: () => "<memory unit='GiB'>16</memory>" },
  {
    name: "a guest to be started",
    isActive: false,
    extra: (guest) => ({
      changes: [{ kind: "change", path: "running", before: "false", after: "true", label: "start" }],
      steps: [{ argv: [...virsh, "start", guest], label: "start" }],
    }),
  },
  {
    name: "a guest to be powered off",
    extra: (guest) => ({
      changes: [{ kind: "change", path: "running", before: "true", after: "false", label: "shutdown" }],
      steps: [{ argv: [...virsh, "shutdown", guest], label: "shutdown" }],
    }),
  },
  {
    name: "a thread on a vCPU's CPU",
    shape: shape(({ vcpuCpus }) => ({ ioThreads: [`${vcpuCpus[0] ?? 0}`, `${vcpuCpus[1] ?? 1}`] })),
  },
  {
    name: "threads that share a node",
    shape: (_, node) => ({ vcpuCpus: [], cpuset: node, ioThreads: [null, null] }),
  },
  {
    name: "no pins, all in the main loop",
    shape: shape(({ disks }) => ({
      vcpuCpus: [],
      ioThreads: [],
      disks: disks.map(({ target }) => ({ target, driver: "io='native'" })),
    })),
  },
  {
    name: "an unused thread, and io threads",
    shape: shape(() => ({
      ioThreads: ["44-47", "44-47"],
      disks: [
        { target: "vda", driver: "io='threads' iothread='1'" },
        { target: "vdb", driver: "io='native'" },
      ],
    })),
  },
  {
    name: "busy disks together",
    shape: shape(() => ({
      disks: ["vda", "vdb"].map((target) => ({ target, driver: "io='native' iothread='1' queues='4'" })),
    })),
  },
  {
    name: "polling in the definition",
    desired: () => "<iothreadids><iothread id='1' thread_pool_max='8'/></iothreadids>",
  },
  { name: "a thread that there is not", desired: onThread(9) },
  { name: "another description", desired: () => "<description>primary of the orders database</description>" },
];
