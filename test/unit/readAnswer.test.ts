import { assert } from "chai";
import { type Answer, parseAnswer } from "../../provider/host/read/answer.ts";

const mark = "@@0123456789abcdef";
const uuid = (digit: number) => `5bd1e995-0000-4000-8000-00000000000${digit}`;
const [off, on, odd] = [uuid(1), uuid(2), uuid(3)];
const frame = (head: string, body: string) => `\n${mark} ${head}\n${body}\n`;
const xml = (name: string, id: string, attribute = "") =>
  `<domain type='qemu'${attribute}>\n  <name>${name}</name>\n  <uuid>${id}</uuid>\n${name === "on" ? "  <iothreads>1</iothreads>\n" : ""}</domain>\n`;

const facts = [
  frame("version", "Running hypervisor: QEMU 7.2.22\nRunning against daemon: 9.0.0"),
  frame("cpus", "CPUs present: 4\nCPUs online: 3\nCPU map: 0-1,3"),
  frame("transient", `${on}\n`),
  frame("autostart", `${off}\n`),
  frame("saved", `${off}\n`),
  frame(
    "states",
    "Domain: 'it's off'\n  state.state=5\n  state.reason=5\n\nDomain: 'on'\n  state.state=3\n  state.reason=1\n",
  ),
  frame("active", `${on}\n`),
];
const xmls = [
  frame(`inactive ${off}`, xml("it's off", off)),
  frame(`inactive ${on}`, xml("on", on)),
  frame(`live ${on}`, xml("on", on, " id='7'")),
];
const threadsOf = (name: string) =>
  `Domain: '${name}'\n  iothread.count=1\n  iothread.1.poll-max-ns=32768\n  iothread.1.poll-weight=3\n`;
const told = frame("threads", threadsOf("on"));
const threads = `${told}${frame("end", "")}`;
const end = frame("done", "");
/** The read script asks for each list twice. */
const twice = (name: string, body: string) =>
  `${frame(name, body)}${frame(name === "again" ? "regain" : `re${name}`, body)}`;
const read = (parts: readonly string[], only = ""): Answer => {
  const answer = parseAnswer(parts.join(""), mark, "h", only);
  if ("gap" in answer) throw new Error(answer.gap);
  return answer;
};
const process = `\n${mark} process 4711\non\nS 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 99887\nthread 4712 1 0-1\n`;

describe("what a host answered", () => {
  const list = twice("list", `${off} it's off\n${on} on\n`);
  const again = twice("again", `${off}\n${on}\n`);

  it("tells which machine it is, where libvirt has a UUID of it", () => {
    const machine = "ba3d4b2d-92a0-4f49-9ad9-fc4cd659f4e6";
    const told = (name: string, line: string) => [
      ...facts,
      frame("hostname", `${name}\n`),
      frame("capabilities", line),
      ...[list, ...xmls, again, threads, process, end],
    ];
    const line = `    <uuid>${machine}</uuid>\n`;
    assert.deepEqual(read(told("hv1", line)).identity, { uuid: machine, hostName: "hv1" });
    assert.deepEqual([read(told("hv1", "")).identity, read(told("", line)).identity], [null, null]);
  });

  it("is read into facts, by name", () => {
    const { host, domains, unread } = read([...facts, list, ...xmls, again, threads, process, end]);
    assert.deepEqual(host, { libvirtVersion: 9_000_000, qemuVersion: 7_002_022, onlineCpus: [0, 1, 3] });
    assert.deepEqual(unread, []);
    assert.deepInclude(domains.get("it's off"), {
      uuid: off,
      persistent: true,
      autostart: true,
      managedSave: true,
      state: "shut off",
      stateReason: "saved",
      liveXml: null,
    });
    assert.deepInclude(domains.get("on"), {
      persistent: false,
      autostart: false,
      state: "paused",
      stateReason: "user",
      qemuPid: 4711,
      qemuStartTime: 99887,
    });
    assert.include(domains.get("on")?.liveXml ?? "", "id='7'");
    assert.deepEqual(domains.get("on")?.ioThreads, [
      {
        id: 1,
        pollMaxNs: 32768,
        pollGrow: null,
        pollShrink: null,
        pollWeight: 3,
        threadId: 4712,
        cpusAllowed: "0-1",
      },
    ]);
  });

  it("reads the list that libvirt 10.7.0 prints as a table", () => {
    const table = twice("list", ` UUID   Name\n----------------------\n ${off}   it's off\n ${on}   on\n`);
    const { domains } = read([...facts, table, ...xmls, again, threads, end]);
    assert.deepEqual([...domains.keys()], ["it's off", "on"]);
  });

  it("keeps the spaces that a name begins or ends with", () => {
    const spaced = twice("list", `${off}  it's off \n${on} on\n`);
    const { domains } = read([...facts, spaced, ...xmls, again, threads, end]);
    assert.deepEqual([...domains.keys()], [" it's off ", "on"]);
  });

  it("tells a domain that can't be read from one that went away meanwhile", () => {
    const longer = twice("list", `${off} it's off\n${on} on\n${odd} odd\n`);
    const empty = frame(`inactive ${odd}`, "");
    const left = (last: string) => read([...facts, longer, empty, ...xmls, twice("again", last), end]);
    assert.deepEqual(
      left(`${off}\n${odd}`).unread.map(({ name }) => name),
      ["odd"],
    );
    assert.deepEqual(left(`${off}`).unread, []);
    assert.deepEqual([...left(`${off}`).domains.keys()], ["it's off", "on"]);
  });

  describe("of the threads of two guests", () => {
    const both = facts.map((each) =>
      each.startsWith(`\n${mark} active`) ? frame("active", `${on}\n${odd}\n`) : each,
    );
    const second = (name: string, body: string) => `  <name>${name}</name>\n  <uuid>${odd}</uuid>\n${body}`;
    const oddXml = `<domain>\n${second("odd", "  <iothreads>2</iothreads>\n")}</domain>\n`;
    const dumps = [...xmls, frame(`inactive ${odd}`, oddXml), frame(`live ${odd}`, oddXml)];
    const longer = twice("list", `${off} it's off\n${on} on\n${odd} odd\n`);
    const last = twice("again", `${off}\n${on}\n${odd}\n`);
    const untold = (...answers: readonly string[]) =>
      read([...both, longer, ...dumps, last, ...answers, frame("end", ""), end]).untold;

    it("names those that domstats skipped, because another read had a job on them", () => {
      assert.deepEqual(untold(frame("threads", `${threadsOf("on")}\nDomain: 'odd'\n`)), [odd]);
      assert.deepEqual(untold(frame("threads", "")), [on, odd]);
      assert.deepEqual(untold(frame("threads", `${threadsOf("on")}\n${threadsOf("odd")}`)), []);
    });

    it("takes an answer to a further question", () => {
      const skipped = [frame("threads", `Domain: 'on'\n\nDomain: 'odd'\n`), frame("end", "")];
      assert.deepEqual(untold(...skipped, told), [odd]);
      assert.deepEqual(untold(...skipped, told, frame("threads", threadsOf("odd"))), []);
    });
  });

  describe("when a guest keeps libvirt waiting", () => {
    const stalled = frame("stalled", "");
    const [offXml = "", onXml = "", onLive = ""] = xmls;
    const cut = onLive.slice(0, onLive.indexOf("</domain>"));
    const busyOf = ({ unread }: Answer) => unread.map(({ name, isActive, state }) => [name, isActive, state]);
    const begun: readonly { name: string; parts: readonly string[] }[] = [
      { name: "nothing of it was said", parts: [offXml, frame(`inactive ${on}`, "")] },
      { name: "its live XML is missing", parts: [offXml, onXml, frame(`live ${on}`, "")] },
      { name: "its live XML is cut off", parts: [offXml, onXml, cut] },
      { name: "it was not asked for", parts: [offXml] },
    ];
    for (const { name, parts } of begun)
      it(`the others are read, and it is named: ${name}`, () => {
        const answer = read([...facts, list, ...parts, stalled, again, process, end]);
        assert.deepEqual([...answer.domains.keys()], ["it's off"]);
        assert.deepEqual(busyOf(answer), [["on", true, "paused"]]);
        assert.deepEqual([answer.isStalled, answer.untold], [true, [on]]);
      });

    it("an answer to the second question completes the first", () => {
      const first = [...facts, list, offXml, frame(`inactive ${on}`, ""), stalled, again, process, end];
      const answer = read([...first, frame("more", ""), ...xmls.slice(1), told, frame("end", "")]);
      assert.deepEqual([...answer.domains.keys()], ["it's off", "on"]);
      assert.deepEqual([answer.unread, answer.untold], [[], []]);
      assert.equal(answer.domains.get("on")?.ioThreads[0]?.pollMaxNs, 32768);
    });

    it("only threads may be missing", () => {
      const silent = [offXml, onXml, onLive, again, frame("threads", ""), stalled, process, end];
      const answer = read([...facts, list, ...silent]);
      assert.deepEqual([answer.domains.size, answer.unread, answer.untold], [2, [], [on]]);
      assert.equal(answer.domains.get("on")?.ioThreads[0]?.pollMaxNs, null);
    });

    for (const [when, begun] of [
      ["in the first list", frame("again", off.slice(0, 9))],
      ["after the first list", frame("again", off)],
      ["after the second list", again],
    ] as const)
      it(`the limit may pass while the domains are listed again, ${when}`, () => {
        const answer = read([...facts, list, ...xmls, begun, stalled, again, process, end]);
        assert.deepEqual([[...answer.domains.keys()], answer.unread], [["it's off", "on"], []]);
      });

    it("one in shutdown is not asked for its threads", () => {
      const states = frame("states", "Domain: 'on'\n  state.state=4\n  state.reason=1\n");
      const inShutdown = facts.map((each) => (each.startsWith(`\n${mark} states`) ? states : each));
      const silent = [again, frame("threads", ""), frame("end", ""), process, end];
      const answer = read([...inShutdown, list, ...xmls, ...silent]);
      assert.deepEqual([answer.domains.get("on")?.state, answer.untold], ["in shutdown", []]);
    });

    it("one that went away meanwhile is not named", () => {
      const parts = [offXml, frame(`inactive ${on}`, ""), stalled, twice("again", `${off}\n`), end];
      assert.deepEqual(busyOf(read([...facts, list, ...parts])), []);
    });

    it("one that was asked for by its name is named", () => {
      const direct = [frame("inactive", ""), stalled, end];
      assert.deepEqual(read([...facts, ...direct], "on").unread[0]?.name, "on");
      const half = [frame("inactive", xml("on", on)), frame("live", ""), stalled, end];
      assert.deepEqual(busyOf(read([...facts, ...half], "on")), [["on", true, "paused"]]);
    });
  });

  it("takes name and UUID from the XML of a domain that was asked by its name", () => {
    const direct = [...facts, frame("inactive", xml("on", on)), frame("live", xml("on", on, " id='7'"))];
    const { domains } = read([...direct, frame("threads", ""), frame("end", ""), end]);
    assert.deepInclude(domains.get("on"), { uuid: on, state: "paused", persistent: false });
    assert.equal(domains.size, 1);
  });

  it("goes by activity where domstats has no state", () => {
    const silent = facts.map((each) => each.replace(/state\.\w+=\d/g, ""));
    const { domains } = read([...silent, list, ...xmls, again, threads, end]);
    assert.deepEqual(
      [...domains.values()].map(({ state }) => state),
      ["shut off", "running"],
    );
  });

  const whole = [...facts, list, ...xmls, again, threads, process, end];
  const direct = [
    ...facts,
    frame("inactive", xml("on", on)),
    frame("live", xml("on", on, " id='7'")),
    frame("threads", ""),
    frame("end", ""),
    end,
  ];
  const gapOf = (text: string) => {
    const answer = parseAnswer(text, mark, "h");
    return "gap" in answer ? answer.gap : null;
  };

  it("counts in no part: cut off anywhere, or with any line left out, it is an error and never a domain less", () => {
    for (const parts of [whole, direct]) {
      const text = parts.join("");
      const names = [...read(parts).domains.keys()];
      const lines = text.split("\n");
      const shortened = [
        ...Array.from(text, (_, at) => text.slice(0, at)),
        ...lines.map((_, at) => lines.filter((_line, index) => index !== at).join("\n")),
      ];
      for (const each of shortened) {
        const answer = parseAnswer(each, mark, "h");
        if (!("gap" in answer)) assert.sameMembers([...answer.domains.keys()], names);
      }
    }
  });

  const useless: readonly { name: string; text: string; want: RegExp }[] = [
    { name: "nothing", text: "", want: /^nothing that was asked$/ },
    { name: "random lines", text: "\u0000\u0007garbage\n@@ list\n", want: /^nothing that was asked$/ },
    { name: "the end alone", text: end, want: /^its parts done alone$/ },
    { name: "no list", text: [...facts, end].join(""), want: /alone$/ },
    { name: "parts in another order", text: whole.toReversed().join(""), want: /alone$/ },
    {
      name: "an empty list beside domains that are active",
      text: [...facts, twice("list", ""), end].join(""),
      want: /a list of domains that lacks some/,
    },
    {
      name: "a list without a domain that was there before and is there after it",
      text: [...facts, twice("list", `${on} on\n`), ...xmls, again, threads, end].join(""),
      want: /a list of domains that lacks some/,
    },
    {
      name: "a list with something else in it",
      text: [
        ...facts,
        twice("list", `${off} it's off\nSegmentation fault\n${on} on\n`),
        ...xmls,
        again,
        end,
      ].join(""),
      want: /a list of domains with other lines/,
    },
    {
      name: "XML of another domain",
      text: [...facts, list, frame(`inactive ${off}`, xml("on", on)), ...xmls.slice(1), again, end].join(""),
      want: /XML of the domain "it's off" that is cut off or another domain's/,
    },
    {
      name: "no live XML of a running domain",
      text: [...facts, list, ...xmls.slice(0, 2), again, end].join(""),
      want: /nothing on the domain "on"/,
    },
  ];
  for (const { name, text, want } of useless) {
    it(`proves nothing: ${name}`, () => assert.match(gapOf(text) ?? "", want));
  }
});
