import { expect } from "chai";
import { beginRun } from "../../provider/host/process/perRun.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import { snapshotOrFailure } from "../../provider/host/read/snapshot.ts";
import type { KindName } from "../../provider/model/arguments/kinds.ts";
import { kinds } from "../../provider/model/arguments/kinds.ts";
import { noteDeclaration } from "../../provider/operations/declarations/otherDeclarations.ts";
import { diffResource } from "../../provider/operations/diff.ts";
import { previewResource } from "../../provider/operations/preview.ts";
import { declare } from "../../provider/plan/arguments/declaration.ts";
import type { FeatureName } from "../../provider/plan/checks/features.ts";
import { situationOf } from "../../provider/plan/situation/situation.ts";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import type { TestDomain } from "../support/domains.ts";
import { failureOf, testDomain } from "../support/domains.ts";
import { leaveOutWith } from "../support/features.ts";
import { sandbox } from "../support/sandbox.ts";

describe("what a host can't do is refused before anything has changed", function () {
  this.timeout(120_000);
  let box: Sandbox;
  let guest: TestDomain;
  before(async () => {
    box = await sandbox();
    guest = await testDomain("refusals");
    await guest.create("Domain", {
      type: box.domainType,
      memory: "32 MiB",
      machine: "q35",
      ioThreads: 1,
      hotplugSlots: 0,
      running: true,
    });
  });
  after(() => guest.remove());

  const cases: readonly {
    readonly name: string;
    readonly kind: KindName;
    readonly args: () => Record<string, unknown>;
    readonly want: RegExp;
    /** The feature that such a host lacks. */
    readonly lacks?: FeatureName;
  }[] = [
    {
      name: "a pin to a CPU that the host lacks",
      kind: "IoThreadPin",
      args: () => ({ ioThread: 1, cpuset: "0,63" }),
      want: /cpuset 0,63 of iothreadpin names CPU 63, which the host lacks; it has 0/,
    },
    {
      name: "a pin of a thread that is not defined",
      kind: "IoThreadPin",
      args: () => ({ ioThread: 9, cpuset: "0" }),
      want: /names IO thread 9, which the domain does not have; declare it or use one of 1/,
    },
    {
      name: "a disk on a thread that is not defined",
      kind: "VirtioDisk",
      args: () => ({ target: "vdb", source: { file: `${box.imagesDir}/data.raw` }, ioThread: 7 }),
      want: /disk vdb names IO thread 7/,
    },
    {
      name: "a disk whose file does not exist",
      kind: "VirtioDisk",
      args: () => ({ target: "vdb", source: { file: "/var/lib/libvirt/images/no such $(file)" } }),
      want: /source\.file \/var\/lib\/libvirt\/images\/no such \$\(file\) of disk vdb does not exist there; create it first/,
    },
    {
      name: "a mapping of queues that the host's libvirt lacks",
      kind: "VirtioDisk",
      args: () => ({
        target: "vdb",
        source: { file: `${box.imagesDir}/data.raw` },
        queues: 1,
        ioThreads: [{ id: 1, queues: [{ id: 0 }] }],
      }),
      want: /\bioThreads: a disk's queues mapped to IO threads needs libvirt 10\.0\.0, the host has \d/,
      lacks: "diskIoThreads",
    },
    {
      name: "a controller on a thread that is not defined",
      kind: "VirtioScsiController",
      args: () => ({ index: 1, ioThread: 7 }),
      want: /controller scsi 1 names IO thread 7.*declare it or use one of 1 \(ioThread\)/,
    },
    {
      name: "a block device that does not exist",
      kind: "VirtioDisk",
      args: () => ({ target: "vdb", source: { block: "/dev/none/at/all" } }),
      want: /source\.block \/dev\/none\/at\/all of disk vdb does not exist/,
    },
    {
      name: "a second device where one hot-plug slot is free",
      kind: "Domain",
      args: () => ({
        disks: ["vdb", "vdc"].map((target, index) => ({
          target,
          source: { file: `${box.imagesDir}/${index === 0 ? "data" : "log"}.raw` },
        })),
      }),
      want: /2 devices are to be plugged in and [01] hot-plug slots are free/,
    },
  ];
  for (const { name, kind, args, want, lacks } of cases) {
    it(name, async function () {
      if (lacks) await leaveOutWith(this, guest.connection, lacks);
      const before = await guest.facts();
      const error = await failureOf(guest.create(kind, args()));
      expect(error.message).to.match(want).and.to.contain("nothing has changed on the host");
      const after = await guest.facts();
      expect([after.inactiveXml, after.liveXml]).to.deep.equal([before.inactiveXml, before.liveXml]);
    });
  }

  it("a disk whose file does not exist, for a domain that is off", async () => {
    const off = await testDomain("off");
    try {
      await off.create("Domain", { type: box.domainType, memory: "32 MiB" });
      const { inactiveXml } = await off.facts();
      const error = await failureOf(
        off.create("VirtioDisk", { target: "vdb", source: { file: "/none.raw" } }),
      );
      expect(error.message).to.match(/source\.file \/none\.raw of disk vdb.*\nnothing has changed/);
      expect((await off.facts()).inactiveXml).to.equal(inactiveXml);
    } finally {
      await off.remove();
    }
  });

  it("is told by the preview before; a thread that the program declares is none of it", async () => {
    const at = { host: guest.connection.host, domain: guest.name, ioThread: 5 };
    const lintsOf = async (args: Record<string, unknown>) =>
      (await diffResource(kinds.IoThreadPin, args, args)).obstacles.join("\n");
    expect(await lintsOf({ ...at, cpuset: "0,63" })).to.match(
      /not possible: cpuset 0,63 of iothreadpin names CPU 63/,
    );
    expect(await lintsOf({ ...at, cpuset: "0" })).to.match(/not possible: a pin names IO thread 5/);
    const thread = { ...at, ioThreadId: 5 };
    noteDeclaration(kinds.IoThread, thread, declare(kinds.IoThread, thread));
    expect(await lintsOf({ ...at, cpuset: "0" })).not.to.contain("not possible");
  });

  it("a preview that is the first to look at a domain knows the host's CPUs and versions", async () => {
    const at = { host: guest.connection.host, domain: guest.name, ioThread: 1 };
    const foresee = (cpuset: string) => {
      beginRun();
      return previewResource(kinds.IoThreadPin, null, { ...at, cpuset });
    };
    expect((await foresee("0,63")).obstacles.join("\n")).to.match(/names CPU 63/);
    expect((await foresee("0")).obstacles).to.deep.equal([]);
    const snapshot = await snapshotOrFailure(guest.connection);
    const domain = "domains" in snapshot ? snapshot.domains.get(guest.name) : undefined;
    if (!domain || !("domains" in snapshot)) throw new Error("the guest is not in the snapshot");
    expect(situationOf(snapshot.host, domain).libvirtVersion).to.equal(snapshot.host.libvirtVersion);
  });

  for (const { name, args, want } of [
    {
      name: "a new domain pinned to a CPU that the host lacks",
      args: { memory: "32 MiB", cpuset: "63" },
      want: /names CPU 63/,
    },
    {
      name: "a new domain with a disk file that does not exist",
      args: { memory: "32 MiB", disks: [{ target: "vda", source: { file: "/none.raw" } }] },
      want: /source\.file \/none\.raw of disk vda does not exist/,
    },
    { name: "a new domain without memory", args: {}, want: /a new domain needs memory/ },
    {
      name: "a new domain whose disk names no thread of it",
      args: {
        memory: "32 MiB",
        xml: "<domain><devices><disk><driver iothread='2'/><target dev='vda' bus='virtio'/></disk></devices></domain>",
      },
      want: /disk vda names IO thread 2/,
    },
  ]) {
    it(name, async () => {
      const fresh = await testDomain("refused");
      const error = await failureOf(fresh.create("Domain", { type: box.domainType, ...args }));
      expect(error.message).to.match(want).and.to.contain("nothing has changed on the host");
      expect((await readDomain(fresh.connection, fresh.name)).domain).to.equal(null);
    });
  }
});
