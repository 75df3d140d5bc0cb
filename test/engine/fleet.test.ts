import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { closeConnections, connectionTo } from "../../provider/host/connections.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import * as virsh from "../../provider/index.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { failureOf } from "../support/domains.ts";
import { hostOf } from "../support/hostCpus.ts";
import { startHost, type TestHost } from "../support/hosts.ts";
import { testName } from "../support/sandbox.ts";
import { makeStack, type Outcome, type TestStack } from "../support/stack.ts";
import { makeTestUser, type TestUser } from "../support/users.ts";

const changed = ({ steps }: Outcome) =>
  steps.filter(({ op }) => op !== "same").map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`);

describe("a fleet over several hosts, by the real engine", function () {
  this.timeout(300_000);
  let user: TestUser;
  let hosts: { readonly a: TestHost; readonly b: TestHost; readonly c: TestHost };
  let uris: { readonly a: string; readonly b: string; readonly c: string };
  let stack: TestStack;
  const [image, other] = [makeImage("fleet.raw"), makeImage("fleet-other.raw")];
  // A file that every user may read. No guest of this test ever runs.
  const readable = "/etc/hostname";
  const xmlWith = (file: string) =>
    `<domain><devices><disk type='file'><source file='${file}'/><target dev='vdb' bus='virtio'/></disk></devices></domain>`;
  const names = { a: testName("fleet-a"), b: testName("fleet-b"), c: testName("fleet-c") };
  /** Arguments that the program declares next. */
  let args: Partial<virsh.FleetArgs> = {};
  const guest = (more: Partial<virsh.GuestTemplate> = {}): virsh.GuestTemplate => ({
    type: "qemu",
    memory: "32 MiB",
    vcpus: 1,
    forceOff: true,
    shutdownTimeoutSeconds: 0,
    disks: [{ target: "vda", source: { file: image }, format: "raw" }],
    xml: xmlWith(other),
    ...more,
  });
  const domainOf = async (at: "a" | "b" | "c") =>
    (await readDomain(connectionTo(uris[at]), names[at])).domain;
  const xmlOf = async (at: "a" | "b" | "c") => (await domainOf(at))?.inactiveXml ?? "";

  before(async () => {
    user = await makeTestUser("fleet");
    hosts = { a: await startHost(), b: await startHost(), c: await startHost({ users: [user.name] }) };
    uris = {
      a: hosts.a.uri(),
      b: hosts.b.uri(),
      c: hosts.c.uri(user.name).replace("/system?", "/session?"),
    };
    // Two sshds share one libvirtd and see guests of other tests, so their CPUs are given. The third host's
    // are read.
    const cpus = hostOf({ nodes: 1, cores: 2, threadsPerCore: 1 });
    stack = await makeStack(async () => {
      const fleet = new virsh.Fleet("web", {
        hosts: [
          { host: uris.a, name: "a", guests: [names.a], cpus },
          { host: uris.b, name: "b", guests: [names.b], cpus, guest: { title: "of b" } },
          {
            host: uris.c,
            name: "c",
            guests: [names.c],
            ioCpus: "1",
            guest: {
              disks: [{ target: "vda", source: { file: readable }, format: "raw" }],
              xml: xmlWith(readable),
            },
          },
        ],
        guest: guest(),
        overrides: { [`b/${names.b}`]: { vcpus: 2 } },
        canary: 1,
        dedicatedIoThreads: true,
        ...args,
      });
      return { placement: fleet.placement, names: Object.keys(fleet.domains) };
    });
  });
  after(async () => {
    await stack.destroy();
    await stack.remove();
    await closeConnections();
    await Promise.all(Object.values(hosts).map((host) => host.remove()));
    await user.remove();
  });

  it("tells in a first preview where threads will be and why", async () => {
    const { diagnostics, steps } = await stack.preview();
    const output = diagnostics.join("\n");
    expect(output).to.contain(`c/${names.c}: vda → IO thread 1 on CPU 1, vdb → IO thread 1 on CPU 1`);
    expect(output).to.contain("P1 1 thread for 2 disks: 1 vCPU, 1 CPU for IO (ganeti");
    expect(output).to.contain("P6 no pins: the host has 2 CPUs (KubeVirt");
    expect(steps.filter(({ op }) => op === "create")).to.have.length(3 + 3 + 1 + 1);
  });

  it("makes the canary, then the rest, with threads for typed disks and those in xml", async () => {
    const made = await stack.up();
    const order = made.steps.map(({ urn }) => urn.split("::").at(-1) ?? "");
    expect(order.indexOf("web-canary")).to.be.greaterThan(order.indexOf(`web-a-${names.a}`));
    for (const later of [`web-b-${names.b}`, `web-c-${names.c}`])
      expect(order.indexOf(later)).to.be.greaterThan(order.indexOf("web-canary"));
    expect(await xmlOf("a"))
      .to.match(/<iothread id='2'\/>[\s\S]*iothread='1'[\s\S]*<target dev='vda'/)
      .and.to.match(/iothread='2'[\s\S]*<target dev='vdb'/)
      .and.not.to.contain("iothreadpin");
    expect(await xmlOf("b"))
      .to.contain("<title>of b</title>")
      .and.to.contain("<vcpu placement='static'>2</vcpu>");
    expect(await xmlOf("c")).to.contain("<iothreadpin iothread='1' cpuset='1'/>");
    const { placement, names: keys } = await stack.outputs();
    expect(keys).to.deep.equal([`a/${names.a}`, `b/${names.b}`, `c/${names.c}`]);
    expect((placement as Record<string, { ioThreads: unknown }>)[`c/${names.c}`]?.ioThreads).to.deep.equal([
      { id: 1, cpuset: "1" },
    ]);
  });

  it("plans the same again with its own pins in force", async () => {
    const again = await stack.preview();
    expect(changed(again), again.output).to.deep.equal([]);
  });

  it("keeps what the last run placed where a host can't be reached, and changes nothing", async () => {
    await closeConnections();
    await hosts.c.stop();
    try {
      const without = await stack.preview();
      expect(changed(without), without.output).to.deep.equal([]);
      expect(without.diagnostics.join("\n")).to.contain("IO threads stay where the last run placed them");
    } finally {
      await hosts.c.restart();
    }
  });

  it("stops before the next wave when the canary fails; what comes after is done when it succeeds", async () => {
    const before = await xmlOf("b");
    // libvirt refuses this on the canary only.
    const own = { [`b/${names.b}`]: { vcpus: 2 } };
    const wrong = { [`a/${names.a}`]: { machine: "no-such-machine" } };
    args = { guest: guest({ description: "second" }), overrides: { ...own, ...wrong } };
    const failure = await failureOf(stack.up());
    expect(failure.message).to.contain("no-such-machine");
    expect([await xmlOf("b"), await xmlOf("c")].join()).not.to.contain("second");
    expect(await xmlOf("b")).to.equal(before);
    args = { guest: guest({ description: "second" }) };
    const done = await stack.up();
    const [first, ...rest] = changed(done);
    expect(first).to.equal(`update web-a-${names.a}`);
    expect(rest).to.have.members([`update web-b-${names.b}`, `update web-c-${names.c}`]);
    for (const at of ["a", "b", "c"] as const)
      expect(await xmlOf(at)).to.contain("<description>second</description>");
  });

  it("refuses what makes no sense, all at once, before anything is asked", async () => {
    args = { canary: ["d"] };
    expect((await failureOf(stack.preview())).message).to.contain(
      'canary: there is no "d"; hosts are a, b, c, guests are named like',
    );
    args = {
      canary: 1,
      waves: [],
      overrides: { nobody: {} },
      gate: { seconds: 1, maxP50Ratio: 2 },
    };
    const failure = await failureOf(stack.preview());
    for (const text of [
      "canary and waves: give one of them",
      'overrides["nobody"]: there is no such guest',
      "gate.seconds: 1 is not from 5 to 600",
      "gate.maxP50Ratio: the host's counters know the mean alone",
    ])
      expect(failure.message).to.contain(text);
    for (const [ioThreads, disks] of [
      [1, [{ target: "vda", ioThread: 1 }]],
      [pulumi.output(1), undefined],
    ] as const) {
      args = { guest: guest({ ioThreads, ...(disks ? { disks: [...disks] } : {}) }) };
      expect((await failureOf(stack.preview())).message).to.match(
        /ioThreads.* and dedicatedIoThreads contradict each other/,
      );
    }
    args = { dedicatedIoThreads: { sequential: ["vdz"], expectedDepth: { vda: 64 } } };
    expect((await failureOf(stack.preview())).message).to.contain(
      'dedicatedIoThreads.sequential: no guest has a virtio disk or virtio-scsi controller "vdz"; they have vda',
    );
    args = { guest: guest({ xml: pulumi.output("<domain>") }) };
    expect((await failureOf(stack.preview())).message).to.contain("a: xml ");
    args = { guest: guest({ description: "second" }) };
  });
});
