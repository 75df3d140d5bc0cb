import { assert } from "chai";
import { parseAnswer } from "../../provider/host/read/answer.ts";

const mark = "@@0123456789abcdef";
const uuid = (digit: number) => `5bd1e995-0000-4000-8000-00000000000${digit}`;
const [off, on, odd] = [uuid(1), uuid(2), uuid(3)];
const frame = (head: string, body: string) => `\n${mark} ${head}\n${body}\n`;
const xml = (name: string, id: string, attribute = "") =>
  `<domain type='qemu'${attribute}>\n  <name>${name}</name>\n  <uuid>${id}</uuid>\n</domain>\n`;

const facts = [
  frame("version", "Running hypervisor: QEMU 7.2.22\nRunning against daemon: 9.0.0"),
  frame("cpus", "CPUs present: 4\nCPUs online: 3\nCPU map: 0-1,3"),
  frame("transient", `${on}\n`),
  frame("autostart", `${off}\n`),
  frame("saved", `${off}\n`),
  frame(
    "stats",
    "Domain: 'it's off'\n  state.state=5\n  state.reason=5\n\nDomain: 'on'\n  state.state=3\n  state.reason=1\n  iothread.count=1\n  iothread.1.poll-max-ns=32768\n",
  ),
  frame("active", `${on}\n`),
];
const xmls = [
  frame(`inactive ${off}`, xml("it's off", off)),
  frame(`inactive ${on}`, xml("on", on)),
  frame(`live ${on}`, xml("on", on, " id='7'")),
];
const process = `\n${mark} process 4711\non\nS 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 99887\nthread 4712 1 0-1\n`;

describe("what a host answered", () => {
  const list = frame("list", `${off} it's off\n${on} on\n`);
  const again = frame("again", `${off}\n${on}\n`);

  it("is read into facts, by name", () => {
    const { host, domains, unread } = parseAnswer([...facts, list, ...xmls, again, process].join(""), mark);
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
      { id: 1, pollMaxNs: 32768, pollGrow: null, pollShrink: null, threadId: 4712, cpusAllowed: "0-1" },
    ]);
  });

  it("reads the list that libvirt 10.7.0 prints as a table", () => {
    const table = frame("list", ` UUID   Name\n----------------------\n ${off}   it's off\n ${on}   on\n`);
    const { domains } = parseAnswer([...facts, table, ...xmls, again].join(""), mark);
    assert.deepEqual([...domains.keys()], ["it's off", "on"]);
  });

  it("keeps the spaces that a name begins or ends with", () => {
    const spaced = frame("list", `${off}  it's off \n${on} on\n`);
    const { domains } = parseAnswer([...facts, spaced, ...xmls, again].join(""), mark);
    assert.deepEqual([...domains.keys()], [" it's off ", "on"]);
  });

  it("tells a domain that can't be read from one that went away meanwhile", () => {
    const longer = frame("list", `${off} it's off\n${odd} odd\n`);
    const empty = frame(`inactive ${odd}`, "");
    const left = (last: string) =>
      parseAnswer([...facts, longer, ...xmls, empty, frame("again", last)].join(""), mark);
    assert.deepEqual(left(`${off}\n${odd}`).unread, ["odd"]);
    assert.deepEqual(left(`${off}`).unread, []);
    assert.deepEqual([...left(`${off}`).domains.keys()], ["it's off"]);
  });

  it("takes name and UUID from the XML of a domain that was asked by its name", () => {
    const direct = [...facts, frame("inactive", xml("on", on)), frame("live", xml("on", on, " id='7'"))];
    const { domains } = parseAnswer([...direct, frame("end", "")].join(""), mark);
    assert.deepInclude(domains.get("on"), { uuid: on, state: "paused", persistent: false });
    assert.equal(domains.size, 1);
  });

  it("goes by activity where domstats has no state", () => {
    const silent = facts.map((each) => each.replace(/state\.\w+=\d/g, ""));
    const { domains } = parseAnswer([...silent, list, ...xmls, again].join(""), mark);
    assert.deepEqual(
      [...domains.values()].map(({ state }) => state),
      ["shut off", "running"],
    );
  });
});
