import { expect } from "chai";
import { flatTopology, parseTopology } from "../../provider/model/values/topology.ts";
import { parseDomainXml, parseXml } from "../../provider/model/xml/parse.ts";
import { guestCpus, overlayCpus } from "../../provider/plan/cpus/guestCpus.ts";
import { countIoThreads, mayCount } from "../../provider/plan/cpus/guestPins.ts";
import { readLedger, readOverlaps } from "../../provider/plan/cpus/ledger.ts";
import { topologyOf } from "../../provider/plan/record/record.ts";

const cell = (id: number, cpus: readonly number[]) =>
  `<cell id='${id}'><memory unit='KiB'>1048576</memory><cpus num='${cpus.length}'>${cpus.map((cpu) => `<cpu id='${cpu}' siblings='${cpu & ~1}-${cpu | 1}'/>`).join("")}</cpus></cell>`;
const capabilities = (...cells: string[]) =>
  parseXml(`<capabilities><host><topology><cells>${cells.join("")}</cells></topology></host></capabilities>`);
const twoNodes =
  parseTopology(capabilities(cell(0, [0, 1, 2, 3]), cell(1, [4, 5, 6, 7]))) ?? flatTopology([]);
const guest = (name: string, inner: string, isActive = true) =>
  guestCpus(parseDomainXml(`<domain>${inner}</domain>`), name, isActive);
const tuned = (pins: string, more = "<vcpu>1</vcpu><iothreads>1</iothreads>") =>
  `${more}<cputune>${pins}</cputune>`;
const vcpu = (id: number, cpus: string) => `<vcpupin vcpu='${id}' cpuset='${cpus}'/>`;
const io = (cpus: string) => `<iothreadpin iothread='1' cpuset='${cpus}'/>`;

describe("a host's topology", () => {
  it("has nodes, memory and the CPUs of a core", () => {
    expect(twoNodes.nodes).to.deep.equal([
      { id: 0, memoryKiB: 1048576, cpus: "0-3", siblings: ["0-1", "2-3"] },
      { id: 1, memoryKiB: 1048576, cpus: "4-7", siblings: ["4-5", "6-7"] },
    ]);
  });
  it("leaves out CPUs that are offline, and nodes without any", () => {
    const some = parseTopology(capabilities(cell(0, [0, 1]), cell(1, [2, 3])), [0]);
    expect(some?.nodes.map(({ cpus }) => cpus)).to.deep.equal(["0"]);
  });
  it("is null where capabilities tell none", () =>
    expect(parseTopology(parseXml("<capabilities/>"))).to.equal(null));
  it("is one node of the online CPUs else, or of those of nodeinfo", () => {
    const nodeInfo = "CPU model:  x86_64\nCPU(s):              4\n";
    expect(topologyOf(null, [1, 2], nodeInfo).nodes[0]?.cpus).to.equal("1-2");
    expect(topologyOf(parseXml("<capabilities/>"), [], nodeInfo).nodes[0]?.cpus).to.equal("0-3");
  });
});

describe("the CPU ledger", () => {
  const cases: readonly { name: string; guests: ReturnType<typeof guest>[]; want: readonly string[] }[] = [
    { name: "nothing pinned", guests: [guest("a", "<vcpu>4</vcpu><iothreads>2</iothreads>")], want: [] },
    { name: "all CPUs count as none", guests: [guest("a", tuned(vcpu(0, "0-7") + io("0-7")))], want: [] },
    {
      name: "an IO thread on vCPUs of two guests",
      guests: [
        guest("a", tuned(vcpu(0, "0") + io("1-2"))),
        guest("b", tuned(vcpu(0, "1"))),
        guest("c", tuned(vcpu(0, "2")), false),
      ],
      want: [
        "overlap a,b 1: IO thread 1 of a shares CPU 1 with vCPU 0 of b",
        "overlap a,c 2: IO thread 1 of a shares CPU 2 with vCPU 0 of c (shut off)",
      ],
    },
    {
      name: "threads that share one set of CPUs make room for each other",
      guests: [guest("a", "<vcpu cpuset='0-1'>1</vcpu><iothreads>1</iothreads>")],
      want: [],
    },
    {
      name: "threads without a pin follow <vcpu cpuset>",
      guests: [
        guest("a", "<vcpu cpuset='0'>2</vcpu><iothreads>1</iothreads>"),
        guest("b", tuned(vcpu(0, "5"), "<vcpu cpuset='0'>1</vcpu><iothreads>1</iothreads>")),
      ],
      want: [
        "oversubscribed a 0: 2 vCPUs of a share CPU 0",
        "cross-node b 0: emulator of b is on node 0, its vCPUs on node 1",
        "cross-node b 0: IO thread 1 of b is on node 0, its vCPUs on node 1",
      ],
    },
    {
      name: "the emulator on a vCPU's CPU",
      guests: [guest("a", tuned(`${vcpu(0, "0")}<emulatorpin cpuset='0-1'/>`))],
      want: ["overlap a 0: emulator of a shares CPU 0 with vCPU 0 of its own guest"],
    },
    {
      name: "an IO thread away from its vCPUs",
      guests: [guest("a", tuned(vcpu(0, "0") + io("4-5")))],
      want: ["cross-node a 4-5: IO thread 1 of a is on node 1, its vCPUs on node 0"],
    },
    {
      name: "vCPUs on two nodes",
      guests: [guest("a", tuned(vcpu(0, "3") + vcpu(1, "4"), "<vcpu>2</vcpu>"))],
      want: [
        "cross-node a 3-4: vCPUs of a lie on nodes 0 and 1, and the guest has no NUMA topology of its own",
      ],
    },
    {
      name: "vCPUs on two nodes of a guest with two",
      guests: [
        guest(
          "a",
          tuned(
            vcpu(0, "3") + vcpu(1, "4"),
            "<vcpu>2</vcpu><cpu><numa><cell id='0'/><cell id='1'/></numa></cpu>",
          ),
        ),
      ],
      want: [],
    },
    {
      name: "more vCPUs than CPUs, the smallest set told",
      guests: [
        guest("a", tuned(vcpu(0, "0"))),
        guest("b", tuned(vcpu(0, "0"))),
        guest("c", tuned(vcpu(0, "0-1"))),
      ],
      want: ["oversubscribed a,b 0: 2 vCPUs of a, b share CPU 0"],
    },
    {
      name: "the same guests on several CPUs, in one",
      guests: [
        guest("a", tuned(vcpu(0, "0") + vcpu(1, "1"), "<vcpu>2</vcpu>")),
        guest("b", tuned(vcpu(0, "0") + vcpu(1, "1"), "<vcpu>2</vcpu>")),
      ],
      want: ["oversubscribed a,b 0-1: 4 vCPUs of a, b share CPU 0-1"],
    },
    {
      name: "sets that only together are too small",
      guests: [
        guest("a", tuned(vcpu(0, "0"))),
        guest("b", tuned(vcpu(0, "1"))),
        guest("c", tuned(vcpu(0, "0-1"))),
      ],
      want: ["oversubscribed a,b,c 0-1: 3 vCPUs of a, b, c share CPU 0-1"],
    },
    {
      name: "guests that are off take no CPU",
      guests: [guest("a", tuned(vcpu(0, "0"))), guest("b", tuned(vcpu(0, "0")), false)],
      want: [],
    },
    {
      name: "a CPU that is not there",
      guests: [guest("a", tuned(vcpu(0, "3,9")))],
      want: ["lacking a 9: vCPU 0 of a is pinned to CPU 9, which the host does not have online"],
    },
  ];
  for (const { name, guests, want } of cases) {
    it(name, () => {
      const { findings } = readLedger(twoNodes, guests);
      expect(
        findings.map((each) => `${each.kind} ${each.guests} ${each.cpus}: ${each.message}`),
      ).to.deep.equal(want);
    });
  }

  it("counts running guests only", () => {
    const guests = [
      guest("a", "<vcpu current='2'>4</vcpu><iothreads>2</iothreads>"),
      guest("b", "<vcpu>8</vcpu>", false),
    ];
    expect(readLedger(twoNodes, guests)).to.include({ cpus: 8, vcpus: 2, ioThreads: 2 });
  });

  it("takes a guest that is asked about as it will be, among the others as they are", () => {
    const before = guest("a", tuned(vcpu(0, "2"), "<vcpu>1</vcpu><iothreads>3</iothreads>"));
    const others = [before, guest("b", tuned(vcpu(0, "1"))), guest("c", tuned(vcpu(0, "0")), false)];
    const after = guest("a", tuned(vcpu(0, "3") + io("0-3")));
    expect(countIoThreads(others, before)).to.equal(4);
    expect(countIoThreads(others, after)).to.equal(2);
    expect(countIoThreads(others, guest("new", "<iothreads>2</iothreads>"))).to.equal(6);
    const met = (own: ReturnType<typeof guest>) =>
      readOverlaps(twoNodes, others, own).map(({ message }) =>
        message.replace("IO thread 1 of a shares ", ""),
      );
    expect(met(after)).to.deep.equal([
      "CPU 0 with vCPU 0 of c (shut off)",
      "CPU 1 with vCPU 0 of b",
      "CPU 3 with vCPU 0 of its own guest",
    ]);
    expect(met(before)).to.deep.equal([]);
  });

  const texts: readonly { readonly xml: string; readonly isActive: boolean; readonly may: boolean }[] = [
    { xml: "<vcpu cpuset='0'>2</vcpu><iothreads>2</iothreads>", isActive: false, may: false },
    { xml: "<vcpu cpuset='0'>2</vcpu>", isActive: true, may: false },
    { xml: "<iothreads>2</iothreads>", isActive: true, may: true },
    { xml: "<iothreadids><iothread id='4'/></iothreadids>", isActive: true, may: true },
    { xml: tuned(vcpu(0, "1")), isActive: false, may: true },
    { xml: tuned("<emulatorpin cpuset='1'/>", ""), isActive: true, may: false },
  ];
  for (const { xml, isActive, may } of texts)
    it(`${may ? "reads" : "passes over"} a guest that ${isActive ? "runs" : "is off"} with ${xml}`, () => {
      const one = guest("a", xml, isActive);
      const asked = guest("b", tuned(io("0-3")));
      expect(mayCount(`<domain>${xml}</domain>`, isActive)).to.equal(may);
      const counts = countIoThreads([one], asked) > 1 || readOverlaps(twoNodes, [one], asked).length > 0;
      expect(counts).to.equal(may);
    });

  it("lays the changes of several resources over what runs", () => {
    const now = guest("a", tuned(io("1"), "<vcpu>1</vcpu><iothreads>2</iothreads>"));
    const base = guest("a", tuned(io("0"), "<vcpu>1</vcpu><iothreads>2</iothreads>"));
    const pinned = guest("a", tuned(io("5"), "<vcpu>1</vcpu><iothreads>2</iothreads>"));
    const fewer = guest("a", tuned(io("0"), "<vcpu>1</vcpu><iothreads>1</iothreads>"));
    const edits = [
      { before: base, after: pinned },
      { before: base, after: fewer },
    ];
    expect(overlayCpus(now, edits).ioThreads).to.deep.equal({ "1": "5" });
    expect(overlayCpus(now, [])).to.deep.equal(now);
    expect(overlayCpus(now, [{ before: base, after: base }])).to.deep.equal(now);
  });
});
