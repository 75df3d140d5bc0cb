import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { connectionTo } from "../../provider/host/connections.ts";
import { readHost } from "../../provider/host/read/read.ts";
import { objects } from "../../provider/model/objects.ts";
import { parseCpuset } from "../../provider/model/values/cpuset.ts";
import { parseNodeInfo, parseTopology } from "../../provider/model/values/topology.ts";
import { parseDomainXml, parseXml } from "../../provider/model/xml/parse.ts";
import { lintDomain } from "../../provider/plan/checks/lint.ts";
import { guestCpus } from "../../provider/plan/cpus/guestCpus.ts";
import { planDomain } from "../../provider/plan/plan.ts";
import { hostRecord, planRecord, printRecord, topologyOf } from "../../provider/plan/record/record.ts";
import type { DomainFacts } from "../../provider/plan/situation/facts.ts";
import { situationOf } from "../../provider/plan/situation/situation.ts";
import type { Report } from "../../provider/report/report.ts";
import { run } from "../../tools/sandbox/run.ts";
import { removeDomain } from "../../tools/sandbox/sweep.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { sandbox, testName } from "../support/sandbox.ts";

const system = "qemu:///system";
const secret = "hush-12";

/** Pipes input through `cat`, because a child of Node.js can't open its standard input as a file. */
async function virsh(uri: string, args: readonly string[], stdin = "") {
  return run(["sh", "-c", 'cat | virsh "$@"', "sh", "-q", "-c", uri, ...args], { stdin });
}

describe("a host's topology by libvirt itself", () => {
  it("has exactly the CPUs that are online", async () => {
    const online = parseCpuset(
      /CPU map:\s*(\S+)/.exec((await virsh(system, ["nodecpumap", "--pretty"])).stdout)?.[1] ?? "",
    );
    const topology = parseTopology(parseXml((await virsh(system, ["capabilities"])).stdout), online);
    const cpus = topology?.nodes.flatMap((node) => parseCpuset(node.cpus) ?? []).sort((a, b) => a - b);
    expect(cpus).to.deep.equal(online);
    expect(topology?.nodes.every((node) => (node.memoryKiB ?? 0) > 0)).to.equal(true);
  });
  it("has the nodes of libvirt's test driver, and as many CPUs as its nodeinfo says", async () => {
    const topology = parseTopology(parseXml((await virsh("test:///default", ["capabilities"])).stdout));
    expect(topology?.nodes.map(({ id, cpus }) => [id, cpus])).to.deep.equal([
      [0, "0-7"],
      [1, "8-15"],
    ]);
    const map = (await virsh(system, ["nodecpumap"])).stdout;
    const [, present] = /CPUs online:\s*(\d+)/.exec(map) ?? [];
    expect(parseNodeInfo((await virsh(system, ["nodeinfo"])).stdout)).to.have.length(Number(present));
  });
});

describe("a report of real guests", function () {
  this.timeout(300_000);
  const [runs, off] = [testName("runs"), testName("off")];
  let folder: string;
  let plan: string;
  before(async () => {
    const { uri, domainType } = await sandbox();
    folder = temporaryFolder("report");
    plan = join(folder, "plan.jsonl");
    const xml = (name: string, pins: string) =>
      `<domain type='${domainType}'><name>${name}</name><memory>65536</memory><vcpu>1</vcpu><iothreads>2</iothreads><cputune>${pins}</cputune><os><type>hvm</type></os><devices><graphics type='vnc' passwd='${secret}'/></devices></domain>`;
    const define = async (text: string) =>
      expect((await virsh(system, ["define", "/dev/stdin"], text)).stderr).to.equal("");
    await define(xml(runs, "<iothreadpin iothread='1' cpuset='0'/>"));
    await define(xml(off, "<vcpupin vcpu='0' cpuset='0'/>"));
    expect((await virsh(system, ["start", runs])).stderr).to.equal("");
    const { host, domains } = await readHost(connectionTo(uri));
    const facts = domains.get(runs) as DomainFacts;
    expect(facts.inactiveXml).to.include(secret);
    expect(facts.liveXml).to.include(secret);
    const capabilities = parseXml((await virsh(system, ["capabilities"])).stdout);
    const guests = [...domains.values()].map((each) => ({
      name: each.name,
      isActive: each.liveXml !== null,
      xml: parseDomainXml(each.liveXml ?? each.inactiveXml),
    }));
    const desired = parseDomainXml(
      `<domain><vcpu>2</vcpu><iothreadids><iothread id='3'/></iothreadids><cputune><iothreadpin iothread='1' cpuset='1'/></cputune><devices><graphics type='vnc' passwd='${secret}3'/></devices></domain>`,
    );
    const situation = situationOf(host, facts);
    const planned = planDomain(null, desired, situation);
    const definition = planned.define ?? situation.inactive;
    const cpus = guests.map((each) => guestCpus(each.xml, each.name, each.isActive));
    const lints = lintDomain(
      { name: runs, definition, live: situation.live },
      { ...host, topology: topologyOf(capabilities, host.onlineCpus), guests: cpus },
    );
    const common = { host: connectionTo(uri).host, virshUri: system };
    const record = planRecord({
      object: objects.domain,
      ...common,
      domain: runs,
      resource: { kind: "Domain", key: null },
      situation,
      plan: planned,
      lints,
    });
    const read = hostRecord({ host: common.host, ...host, capabilities, guests });
    writeFileSync(plan, [read, record].map(printRecord).join(""));
  });
  after(async () => {
    removeFolder(folder);
    for (const name of [runs, off]) await removeDomain(name);
  });

  function report(...args: string[]) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["dist/provider/cli/main.js", "report", plan, ...args],
      { encoding: "utf8" },
    );
    return { status, stdout, stderr };
  }

  it("prices what libvirt can and can't do to the running guest", () => {
    const { status, stdout } = report("--json");
    expect(status).to.equal(0);
    const [host] = (JSON.parse(stdout) as Report).hosts;
    const domain = host?.domains.find(({ name }) => name === runs);
    expect(domain?.changes.map(({ path, label }) => `${path} ${label}`)).to.deep.equal([
      "vcpu next boot",
      "iothreadids/iothread[3] live",
      "cputune/iothreadpin[1]/@cpuset live",
      "devices/graphics[vnc]/@passwd live",
    ]);
    expect(domain?.steps.map(({ argv }) => argv.slice(3).join(" "))).to.deep.equal([
      "define /dev/stdin",
      `iothreadadd ${runs} 3 --live`,
      `iothreadpin ${runs} 1 1 --live`,
      `update-device ${runs} /dev/stdin --live`,
    ]);
  });

  it("sees the guest that nobody declared on its CPU", () => {
    const [host] = (JSON.parse(report("--json").stdout) as Report).hosts;
    expect(host?.cpus?.guests.map(({ name }) => name)).to.include.members([runs, off]);
    expect(host?.cpus?.guestsAfter?.find(({ name }) => name === runs)?.ioThreads).to.deep.equal({
      "1": "1",
      "2": null,
      "3": null,
    });
    const now = host?.cpus?.guests.find(({ name }) => name === off);
    expect([now?.isActive, now?.vcpuPins]).to.deep.equal([false, { "0": "0" }]);
  });

  it("has no secret in any of its forms", () => {
    expect(readFileSync(plan, "utf8")).to.not.include(secret);
    for (const format of ["markdown", "html", "json"]) {
      const { stdout } = report("--format", format);
      expect(stdout).to.include("[secret]").and.not.include(secret);
    }
  });

  it("ends as --fail-on says, and says what is wrong with its arguments", () => {
    expect(report("--fail-on", "restart,replace,delete").status).to.equal(0);
    expect(report("--fail-on", "next-boot")).to.deep.include({
      status: 2,
      stderr: "--fail-on: the plan has 1 next boot change\n",
    });
    expect(report("--fail-on", "reboot")).to.deep.include({ status: 1, stdout: "" });
    expect(report("--format", "pdf")).to.deep.include({ status: 1, stdout: "" });
    expect(report("--output", join(folder, "no/such/folder"))).to.deep.include({ status: 1 });
    const missing = spawnSync(
      process.execPath,
      ["dist/provider/cli/main.js", "report", join(folder, "none")],
      { encoding: "utf8" },
    );
    expect([missing.status, missing.stderr]).to.deep.equal([
      1,
      `${join(folder, "none")}: cannot be read (ENOENT); was the preview run with PULUMI_VIRSH_PLAN naming it?\n`,
    ]);
    expect(report("--help").stdout).to.include("Exit codes");
  });
});

describe("lints of level error, by libvirt itself", function () {
  this.timeout(60_000);
  const name = testName("lint");
  after(() => removeDomain(name));
  const definition = (devices: string) =>
    `<domain type='qemu'><name>${name}</name><memory>65536</memory><vcpu>1</vcpu><iothreads>1</iothreads><os><type>hvm</type></os><devices>${devices}</devices></domain>`;
  const disk = (driver: string, target: string) =>
    `<disk type='file'><driver name='qemu' type='raw' ${driver}</driver><source file='/nowhere'/>${target}</disk>`;
  const lint = async (xml: string) => {
    const { uri } = await sandbox();
    const { host } = await readHost(connectionTo(uri));
    const tree = parseDomainXml(xml);
    const found = lintDomain(
      { name, definition: tree, live: null },
      { ...host, topology: topologyOf(null, host.onlineCpus), guests: [] },
    );
    return found.filter(({ level }) => level === "error").map(({ id }) => id);
  };

  it("L2: it refuses the definition", async () => {
    const xml = definition(disk("iothread='1'>", "<target dev='sda' bus='sata'/>"));
    expect(await lint(xml)).to.deep.equal(["L2"]);
    const { exitCode, stderr } = await virsh(system, ["define", "/dev/stdin"], xml);
    expect(exitCode).to.equal(1);
    expect(stderr).to.include("IOThreads not available for bus sata");
  });
  it("L8: it drops what it does not know, or takes what it does", async () => {
    const xml = definition(
      disk("><iothreads><iothread id='1'/></iothreads>", "<target dev='vda' bus='virtio'/>"),
    );
    const ids = await lint(xml);
    expect((await virsh(system, ["define", "/dev/stdin"], xml)).exitCode).to.equal(0);
    const kept = (await virsh(system, ["dumpxml", "--inactive", name])).stdout.includes("<iothread id='1'/>");
    expect(ids.includes("L8")).to.equal(!kept);
  });
});
