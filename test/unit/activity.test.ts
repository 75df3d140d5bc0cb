import { expect } from "chai";
import { parseStats, parseThreads } from "../../provider/host/activity/answer.ts";
import { splitFrames } from "../../provider/host/read/frames.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import type { DiskActivity, ThreadActivity } from "../../provider/plan/activity/activity.ts";
import { activityBetween } from "../../provider/plan/activity/between.ts";
import { findingsOf } from "../../provider/plan/activity/findings.ts";
import { placementOf } from "../../provider/plan/activity/placement.ts";
import type {
  ActivitySample,
  DiskCounters,
  ThreadCounters,
  ThreadPlacement,
} from "../../provider/plan/activity/sample.ts";
import { printActivity } from "../../provider/report/activity/top.ts";

const placement: ThreadPlacement = {
  disks: [
    { target: "vda", ioThreads: [] },
    { target: "vdb", ioThreads: [] },
    { target: "vdc", ioThreads: [1] },
    { target: "vdd", ioThreads: [1] },
  ],
  ioThreads: [1],
  controllerIoThreads: [],
  ioThreadPins: new Map(),
  vcpuPins: new Map(),
  memoryNodes: null,
};

const idle: DiskActivity = {
  target: "vda",
  ioThreads: [],
  readsPerSecond: 0,
  writesPerSecond: 0,
  flushesPerSecond: 0,
  bytesPerSecond: 0,
  meanUs: null,
  inFlight: 0,
};
const busy: DiskActivity = { ...idle, readsPerSecond: 5000, meanUs: 190, inFlight: 0.95 };
const onThread = (target: string, inFlight: number): DiskActivity => ({
  ...busy,
  target,
  ioThreads: [1],
  inFlight,
});

const mainLoop: ThreadActivity = {
  kind: "main loop",
  id: null,
  threadId: 10,
  cpuPercent: 5,
  waitPercent: 0,
  wakeupsPerSecond: 100,
  cpusAllowed: [0, 1, 2, 3],
  pin: null,
  polling: null,
  serves: ["vda", "vdb"],
};
const ioThread: ThreadActivity = {
  ...mainLoop,
  kind: "IO thread",
  id: 1,
  threadId: 11,
  polling: { maxNs: 32768, grow: 0, shrink: 0 },
  serves: ["vdc", "vdd"],
};
const vcpu: ThreadActivity = { ...mainLoop, kind: "vCPU", id: 0, threadId: 12, serves: [] };

describe("findings about threads and disks", () => {
  const cases: readonly {
    name: string;
    placement?: Partial<ThreadPlacement>;
    threads?: readonly ThreadActivity[];
    disks?: readonly DiskActivity[];
    nodes?: readonly (readonly number[])[];
    want: readonly (readonly [string, string, string])[];
  }[] = [
    { name: "nothing to say of an idle guest", threads: [mainLoop, ioThread], disks: [idle], want: [] },
    {
      name: "one disk alone on the main loop is a note",
      disks: [busy],
      want: [["main loop", "note", "vda"]],
    },
    {
      name: "one disk on a main loop that is full is a warning",
      threads: [{ ...mainLoop, cpuPercent: 90 }],
      disks: [busy],
      want: [
        ["main loop", "warning", "vda"],
        ["saturated", "warning", "main loop"],
      ],
    },
    {
      name: "two disks on the main loop are warnings",
      disks: [busy, { ...busy, target: "vdb" }],
      want: [
        ["main loop", "warning", "vda"],
        ["main loop", "warning", "vdb"],
      ],
    },
    {
      name: "a busy disk beside an idle one is alone",
      disks: [busy, { ...idle, target: "vdb" }],
      want: [["main loop", "note", "vda"]],
    },
    {
      name: "two shallow disks on one thread are a note",
      disks: [onThread("vdc", 0.9), onThread("vdd", 0.9)],
      want: [["shared", "note", "IO thread 1"]],
    },
    {
      name: "a deep disk beside a shallow one is a warning",
      disks: [onThread("vdc", 0.9), onThread("vdd", 40)],
      want: [["shared", "warning", "IO thread 1"]],
    },
    {
      name: "queues over several threads are not sharing",
      disks: [
        { ...busy, target: "vdc", ioThreads: [1, 2], inFlight: 40 },
        { ...busy, target: "vdd", ioThreads: [1, 2], inFlight: 40 },
      ],
      want: [],
    },
    {
      name: "a disk of one thread that serves a mapped one too shares it",
      disks: [onThread("vdc", 0.9), { ...busy, target: "vdd", ioThreads: [1, 2], inFlight: 40 }],
      want: [["shared", "warning", "IO thread 1"]],
    },
    {
      name: "threads of a mapping are used, by a controller without disks too",
      placement: {
        disks: [{ target: "vda", ioThreads: [1, 2] }],
        ioThreads: [1, 2, 3, 4],
        controllerIoThreads: [3, 4],
      },
      disks: [{ ...busy, ioThreads: [1, 2], inFlight: 40 }],
      want: [],
    },
    {
      name: "a thread without disk is unused, one with a controller is not",
      placement: { ioThreads: [1, 2, 3], controllerIoThreads: [3] },
      want: [["unused", "warning", "IO thread 2"]],
    },
    {
      name: "a thread at work all the time is saturated",
      threads: [{ ...ioThread, cpuPercent: 97 }],
      disks: [{ ...onThread("vdc", 0.2), readsPerSecond: 100_000 }],
      want: [["saturated", "warning", "IO thread 1"]],
    },
    {
      name: "a thread that polls all the time is a note",
      threads: [{ ...ioThread, cpuPercent: 97, polling: { maxNs: 1e9, grow: 0, shrink: 0 } }],
      disks: [{ ...idle, target: "vdc", ioThreads: [1] }],
      want: [["polling", "note", "IO thread 1"]],
    },
    {
      name: "short polling does not explain a full thread",
      threads: [{ ...ioThread, cpuPercent: 97 }],
      disks: [{ ...idle, target: "vdc", ioThreads: [1] }],
      want: [["saturated", "warning", "IO thread 1"]],
    },
    {
      name: "a thread that waits for a CPU is starved",
      threads: [{ ...ioThread, cpuPercent: 23, waitPercent: 77 }],
      want: [["starved", "warning", "IO thread 1"]],
    },
    { name: "a full vCPU is the guest's own affair", threads: [{ ...vcpu, cpuPercent: 100 }], want: [] },
    {
      name: "a pin that the kernel does not know",
      threads: [{ ...ioThread, pin: [2, 3], cpusAllowed: [0, 1] }],
      want: [["pin not in force", "warning", "IO thread 1"]],
    },
    { name: "a pin in force", threads: [{ ...ioThread, pin: [2, 3], cpusAllowed: [2, 3] }], want: [] },
    {
      name: "a thread on another node than the vCPUs",
      threads: [
        { ...ioThread, cpusAllowed: [2, 3] },
        { ...vcpu, cpusAllowed: [0] },
      ],
      nodes: [
        [0, 1],
        [2, 3],
      ],
      want: [["far NUMA node", "warning", "IO thread 1"]],
    },
    {
      name: "memory bound to the thread's node counts more than the vCPUs",
      placement: { memoryNodes: [1] },
      threads: [
        { ...ioThread, cpusAllowed: [2, 3] },
        { ...vcpu, cpusAllowed: [0] },
      ],
      nodes: [
        [0, 1],
        [2, 3],
      ],
      want: [],
    },
  ];
  for (const { name, placement: changed, threads = [], disks = [], nodes = [], want } of cases) {
    it(name, () => {
      const found = findingsOf({ ...placement, ...changed }, threads, disks, nodes);
      expect(found.map(({ kind, level, subject }) => [kind, level, subject])).to.deep.equal(want);
    });
  }
});

describe("activity between two samples", () => {
  const counters = (requests: number): DiskCounters => ({
    readRequests: requests,
    readBytes: requests * 4096,
    readNs: requests * 250_000,
    writeRequests: 0,
    writeBytes: 0,
    writeNs: 0,
    flushRequests: 0,
    flushNs: 0,
  });
  const thread = (threadId: number, command: string, runNs: number): ThreadCounters => ({
    threadId,
    command,
    runNs,
    waitNs: runNs / 10,
    voluntarySwitches: runNs / 1e6,
    cpusAllowed: [0, 1],
  });
  const sample = (second: number, requests: number, pid = 10): ActivitySample => ({
    disksAtMs: second * 1000,
    threadsAtMs: second * 1000 + 5,
    nodes: [[0, 1]],
    missing: [],
    domains: new Map([
      [
        "db",
        {
          name: "db",
          placement,
          disks: new Map([["vda", counters(requests)]]),
          polling: new Map([[1, { maxNs: 32768, grow: 0, shrink: 0 }]]),
          pid,
          threads: [
            thread(14, "worker", second * 1e8),
            thread(13, "call_rcu", second * 1e8),
            thread(12, "CPU 0/KVM", second * 1e9),
            thread(11, "IO iothread1", second * 5e8),
            thread(10, "qemu-system-x86", second * 1e8),
          ],
        },
      ],
    ]),
  });

  it("is rates, means and shares", () => {
    const [domain] = activityBetween(sample(1, 1000), sample(3, 9000)).domains;
    expect(domain?.disks).to.deep.equal([
      {
        target: "vda",
        ioThreads: [],
        readsPerSecond: 4000,
        writesPerSecond: 0,
        flushesPerSecond: 0,
        bytesPerSecond: 4000 * 4096,
        meanUs: 250,
        inFlight: 1,
      },
    ]);
    const told = domain?.threads.map(({ kind, id, cpuPercent, waitPercent }) => [
      kind,
      id,
      cpuPercent,
      waitPercent,
    ]);
    expect(told).to.deep.equal([
      ["main loop", null, 10, 1],
      ["IO thread", 1, 50, 5],
      ["vCPU", 0, 100, 10],
      ["others", null, 20, 2],
    ]);
  });

  it("leaves out a guest that was power-cycled, and a disk that was plugged anew", () => {
    expect(activityBetween(sample(1, 1000), sample(3, 9000, 20)).domains).to.deep.equal([]);
    expect(activityBetween(sample(1, 9000), sample(3, 10)).domains[0]?.disks).to.deep.equal([]);
  });

  it("has no mean without requests", () => {
    expect(activityBetween(sample(1, 9), sample(3, 9)).domains[0]?.disks[0]?.meanUs).to.equal(null);
  });

  it("prints as tables, the remedy after the finding", () => {
    const text = printActivity(activityBetween(sample(1, 1000), sample(3, 9000)), (_, part) => part).join(
      "\n",
    );
    expect(text).to.equal(
      [
        "1 running domain, 0 warnings, over 2.0 s",
        "",
        "db",
        "  THREAD       TID  CPU %  WAIT %  WAKE/s  CPUS  POLL ns  SERVES",
        "  main loop     10   10.0     1.0     100  0-1            vda vdb",
        "  IO thread 1   11   50.0     5.0     500  0-1     32768  vdc vdd",
        "  vCPU 0        12  100.0    10.0    1000  0-1",
        "  others             20.0     2.0     200  0-1",
        "  DISK  IO/s  READ/s  WRITE/s  MiB/s  MEAN µs  IN FLIGHT  SERVED BY",
        "  vda   4000    4000        0     16      250       1.00  main loop",
        "  · vda: 4000 IO/s served by the main loop, alone there; give it an IO thread of its own if monitoring or other disks will make the main loop busy; alone it gains little",
      ].join("\n"),
    );
  });
});

describe("reading what a host counts", () => {
  it("places disks by driver, mapping and controller", () => {
    const xml = `<domain><iothreads>4</iothreads>
<cputune><vcpupin vcpu='0' cpuset='0'/><iothreadpin iothread='2' cpuset='1,3'/></cputune>
<numatune><memory mode='strict' nodeset='1'/></numatune>
<devices>
<disk><driver iothread='1'/><target dev='vda' bus='virtio'/></disk>
<disk><driver queues='2'><iothreads><iothread id='2'/><iothread id='3'/></iothreads></driver><target dev='vdb' bus='virtio'/></disk>
<disk><target dev='sda' bus='scsi'/><address type='drive' controller='1' bus='0' target='0' unit='0'/></disk>
<disk><target dev='hda' bus='ide'/><address type='drive' controller='0'/></disk>
<controller type='scsi' index='1' model='virtio-scsi'><driver iothread='4'/></controller>
</devices></domain>`;
    expect(placementOf(parseDomainXml(xml))).to.deep.equal({
      disks: [
        { target: "vda", ioThreads: [1] },
        { target: "vdb", ioThreads: [2, 3] },
        { target: "sda", ioThreads: [4] },
        { target: "hda", ioThreads: [] },
      ],
      ioThreads: [1, 2, 3, 4],
      controllerIoThreads: [4],
      ioThreadPins: new Map([[2, [1, 3]]]),
      vcpuPins: new Map([[0, [0]]]),
      memoryNodes: [1],
    });
  });

  it("reads domstats of several domains, and tells one that another job has", () => {
    const stats = parseStats(`Domain: 'it's one'
  iothread.count=1
  iothread.7.poll-max-ns=32768
  iothread.7.poll-grow=2
  iothread.7.poll-shrink=0
  block.count=2
  block.0.name=sdc
  block.1.name=vda
  block.1.path=/images/a=b.raw
  block.1.rd.reqs=3
  block.1.rd.bytes=12288
  block.1.rd.times=900

Domain: 'two'
  block.count=1
  block.0.name=vda
`);
    expect([...stats.values()].map(({ isBusy }) => isBusy)).to.deep.equal([false, true]);
    expect([...stats.keys()]).to.deep.equal(["it's one", "two"]);
    expect([...(stats.get("it's one")?.disks.keys() ?? [])]).to.deep.equal(["vda"]);
    expect(stats.get("it's one")?.disks.get("vda")).to.include({
      readRequests: 3,
      readNs: 900,
      writeRequests: 0,
    });
    expect(stats.get("it's one")?.polling).to.deep.equal(
      new Map([[7, { maxNs: 32768, grow: 2, shrink: 0 }]]),
    );
  });

  it("reads threads, and leaves out one that ended meanwhile", () => {
    const threads = parseThreads(`/proc/10/task/11/schedstat:500 20 7
/proc/10/task/11/status:Name:\tIO iothread1
/proc/10/task/11/status:Cpus_allowed_list:\t0-1,3
/proc/10/task/11/status:voluntary_ctxt_switches:\t42
/proc/10/task/12/schedstat:1 1 1
`);
    expect(threads).to.deep.equal(
      new Map([
        [
          10,
          [
            {
              threadId: 11,
              command: "IO iothread1",
              runNs: 500,
              waitNs: 20,
              voluntarySwitches: 42,
              cpusAllowed: [0, 1, 3],
            },
          ],
        ],
      ]),
    );
  });

  it("takes frames apart by the mark alone", () => {
    expect(splitFrames("noise\n@@m list\na b\n\n@@m xml u1\n<domain/>\n", "@@m")).to.deep.equal([
      ["list", "a b\n\n"],
      ["xml u1", "<domain/>\n"],
    ]);
  });
});
