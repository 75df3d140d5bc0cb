import { expect } from "chai";
import type { Arguments } from "../../provider/model/arguments/field.ts";
import type { KindName } from "../../provider/model/arguments/kinds.ts";
import type { FeatureName } from "../../provider/plan/checks/features.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import type { TestDomain } from "../support/domains.ts";
import { failureOf, testDomain } from "../support/domains.ts";
import { featureOf } from "../support/features.ts";
import { sandbox } from "../support/sandbox.ts";

/**
 * A change that somebody else made to the guest, and the reaction of a preview, a refresh and the next
 * update.
 */
interface Case {
  readonly name: string;
  readonly kind: KindName;
  readonly act: () => Promise<unknown>;
  /** Lines of the preview; empty when the change does not concern us. */
  readonly lines: readonly RegExp[];
  /** Inputs that a refresh finds; `null` when the resource is gone. Default: as declared. */
  readonly read?: Arguments | null;
  /** False when the change itself stops the guest. Default: the repair must not restart the guest. */
  readonly keepsRunning?: false;
  /** The feature by which the definition keeps it: there is no drift then. */
  readonly keptBy?: FeatureName;
}

describe("what others do to a guest", function () {
  this.timeout(120_000);
  let box: Sandbox;
  let guest: TestDomain;
  let declared: Readonly<Record<"Domain" | "IoThread" | "IoThreadPin" | "VirtioDisk", Arguments>>;
  before(async () => {
    box = await sandbox();
    guest = await testDomain("drift");
    declared = {
      Domain: {
        type: box.domainType,
        memory: "64 MiB",
        machine: "q35",
        ioThreads: 1,
        title: "declared",
        running: true,
        autostart: false,
      },
      IoThread: { ioThreadId: 3, pollMaxNs: 16000 },
      IoThreadPin: { ioThread: 1, cpuset: "0-1" },
      VirtioDisk: { target: "vdb", source: { file: makeImage("drift.raw", 1) } },
    };
    for (const [kind, args] of Object.entries(declared)) await guest.create(kind as KindName, args);
  });
  after(() => guest.remove());

  const cases: readonly Case[] = [
    {
      name: "a pin moved in the running guest",
      kind: "IoThreadPin",
      act: () => guest.virsh("iothreadpin", "1", "1", "--live"),
      lines: [/cputune\/iothreadpin\[1\]\/@cpuset 1 → 0-1 \(live\)/],
      read: { cpuset: "1" },
    },
    {
      name: "a pin moved in the definition",
      kind: "IoThreadPin",
      act: () => guest.virsh("iothreadpin", "1", "0", "--config"),
      lines: [/cputune\/iothreadpin\[1\]\/@cpuset 0 → 0-1 \(define\)/],
      read: { cpuset: "0" },
    },
    {
      name: "a thread moved behind libvirt's back",
      kind: "IoThreadPin",
      act: async () => {
        const thread = (await guest.facts()).ioThreads.find(({ id }) => id === 1);
        await mustRun(["taskset", "-p", "-c", "1", String(thread?.threadId)]);
        expect((await guest.facts()).liveXml).to.contain("<iothreadpin iothread='1' cpuset='0-1'/>");
      },
      lines: [/cputune\/iothreadpin\[1\]\/@cpuset 1 → 0-1 \(live\)/],
      read: { cpuset: "1" },
    },
    {
      name: "a thread taken away",
      kind: "IoThread",
      act: () => guest.virsh("iothreaddel", "3", "--live", "--config"),
      lines: [/iothreadids\/iothread\[3\] absent → .* \(live\)/],
      read: null,
    },
    {
      name: "a disk taken out of the definition",
      kind: "VirtioDisk",
      act: () => guest.virsh("detach-disk", "vdb", "--config"),
      lines: [/disk vdb \(virtio, \S+\) → added \(define\)/],
      read: null,
    },
    {
      name: "memory set",
      kind: "Domain",
      act: () => guest.virsh("setmaxmem", "128M", "--config"),
      lines: [/memory 128 MiB → 64 MiB \(define\)/],
      read: { memory: "128 MiB" },
    },
    {
      name: "a title given, live",
      kind: "Domain",
      act: () => guest.virsh("desc", "--title", "--live", "theirs"),
      lines: [/title theirs → declared \(live\)/],
      read: { title: "theirs" },
    },
    {
      name: "paused",
      kind: "Domain",
      act: () => guest.virsh("suspend"),
      lines: [/paused \(user\) → running \(live\)/],
    },
    {
      name: "started with its host",
      kind: "Domain",
      act: () => guest.virsh("autostart"),
      lines: [/autostart true → false \(live\)/],
      read: { autostart: true },
    },
    {
      name: "undefined while it runs",
      kind: "Domain",
      act: () => guest.virsh("undefine"),
      lines: [/is transient: it has no definition and would vanish when it stops \(define\)/],
    },
    {
      name: "cut off",
      kind: "Domain",
      act: () => guest.virsh("destroy"),
      lines: [/shut off \(destroyed\) → running \(start\)/],
      read: { running: false },
      keepsRunning: false,
    },
    {
      name: "power-cycled, which takes polling away",
      kind: "IoThread",
      act: async () => {
        await guest.virsh("destroy");
        await guest.virsh("start");
      },
      lines: [
        /poll\/@max 32768 → 16000 \(live: a power cycle takes it away; it is put back by the next up\)/,
      ],
      read: { pollMaxNs: 32768 },
      keepsRunning: false,
      keptBy: "pollingInXml",
    },
    {
      name: "saved",
      kind: "Domain",
      act: () => guest.virsh("managedsave"),
      lines: [/shut off \(saved\) → running \(start\)/, /managed save image: .* virsh managedsave-remove/],
      read: { running: false },
      keepsRunning: false,
    },
    {
      name: "undefined while it is off",
      kind: "Domain",
      act: async () => {
        await guest.virsh("destroy");
        await guest.virsh("undefine");
      },
      lines: [/is not on the host/],
      read: null,
      keepsRunning: false,
    },
  ];
  for (const { name, kind, act, lines, read = {}, keepsRunning, keptBy } of cases) {
    it(`${name}: told, found by a refresh, repaired`, async () => {
      const args = declared[kind as keyof typeof declared];
      const before = await guest.facts();
      expect((await guest.preview(kind, args)).lines).to.deep.equal([]);
      await act();
      if (keptBy && (await featureOf(guest.connection, keptBy)).isThere) {
        expect((await guest.preview(kind, args)).lines).to.deep.equal([]);
        expect(await guest.read(kind, args)).to.deep.include(args);
        return;
      }
      const told = await guest.preview(kind, args);
      expect(told.isNeeded).to.equal(true);
      expect(told.lines, told.lines.join("\n")).to.have.length(lines.length);
      for (const [index, line] of lines.entries()) expect(told.lines[index]).to.match(line);
      const found = await guest.read(kind, args);
      if (read === null) expect(found).to.equal(null);
      else expect(found).to.deep.include({ ...args, ...read });
      await guest.update(kind, args, args);
      expect((await guest.preview(kind, args)).lines).to.deep.equal([]);
      const after = await guest.facts();
      if (keepsRunning !== false) expect(after.qemuPid).to.equal(before.qemuPid);
      // The resources that declared parts lost with the domain put them back.
      if (keepsRunning !== false) return;
      for (const other of Object.keys(declared) as (keyof typeof declared)[])
        await guest.update(other, declared[other], declared[other]);
    });
  }

  it("renamed: told, and neither taken for deleted nor defined a second time", async () => {
    const { uuid, name } = await guest.facts();
    await guest.virsh("destroy");
    await guest.virsh("domrename", `${name}-theirs`);
    try {
      const told = await guest.preview("Domain", { ...declared.Domain, uuid }, declared.Domain);
      expect(told.obstacles.join()).to.match(
        /was renamed to "\S+-theirs" on the host; rename it back \(virsh domrename/,
      );
      const error = await failureOf(guest.update("Domain", declared.Domain, declared.Domain, uuid));
      expect(error.message).to.contain("was renamed to").and.to.contain("nothing has changed");
    } finally {
      await mustRun(["virsh", "-c", "qemu:///system", "domrename", `${name}-theirs`, name]);
    }
    await guest.update("Domain", declared.Domain, declared.Domain);
    expect((await guest.facts()).uuid).to.equal(uuid);
  });

  it("what nobody declared is nobody's business", async () => {
    for (const other of Object.keys(declared) as (keyof typeof declared)[])
      await guest.update(other, declared[other], declared[other]);
    await guest.virsh("iothreadadd", "9", "--live", "--config");
    await guest.virsh("iothreadpin", "9", "0", "--live", "--config");
    await guest.virsh("desc", "--live", "--config", "their text");
    await guest.virsh(
      "metadata",
      "https://example.com/x",
      "--key",
      "x",
      "--set",
      "<a/>",
      "--live",
      "--config",
    );
    await guest.virsh("schedinfo", "--config", "--set", "cpu_shares=77");
    for (const [kind, args] of Object.entries(declared)) {
      expect((await guest.preview(kind as KindName, args)).lines).to.deep.equal([]);
      expect(await guest.read(kind as KindName, args)).to.deep.include(args);
    }
  });

  it("a disk that is defined and has left the guest comes back whole, where only a part of it is declared", async () => {
    const image = makeImage("left.raw", 1);
    await guest.virsh("attach-disk", image, "vdc", "--config", "--subdriver", "raw", "--cache", "none");
    const part = { target: "vdc", ioThread: 1 };
    expect((await guest.preview("VirtioDisk", part)).lines.join("\n")).to.contain("(live)");
    await guest.create("VirtioDisk", part);
    const { liveXml } = await guest.facts();
    const disk = liveXml?.split("<disk").find((each) => each.includes("dev='vdc'"));
    expect(disk).to.contain(image).and.to.contain("cache='none'").and.to.contain("iothread='1'");
    expect((await guest.preview("VirtioDisk", part)).lines).to.deep.equal([]);
  });
});
