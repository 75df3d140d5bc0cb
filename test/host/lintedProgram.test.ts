import { join } from "node:path";
import { expect } from "chai";
import { beginRun } from "../../provider/host/process/perRun.ts";
import { storageKinds } from "../../provider/model/arguments/kinds.ts";
import { noteDeclared } from "../../provider/operations/storage/place.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import type { TestDomain } from "../support/domains.ts";
import { testDomain } from "../support/domains.ts";
import { sandbox } from "../support/sandbox.ts";
import { testStorage } from "../support/storage.ts";

/**
 * Lints look at the domain as it will be after the program. The engine checks one resource after the other.
 */
describe("lints of a domain that several resources declare", function () {
  this.timeout(120_000);
  let guest: TestDomain;
  let domain: Record<string, unknown>;
  let disk: Record<string, unknown>;
  before(async () => {
    const { domainType } = await sandbox();
    guest = await testDomain("linted");
    domain = { type: domainType, memory: "32 MiB", ioThreads: 2 };
    disk = { target: "vdb", source: { file: makeImage("linted.raw", 1) }, format: "raw" };
    await guest.create("Domain", domain);
    await guest.create("VirtioDisk", disk);
  });
  after(() => guest.remove());

  const told = async (edited: Record<string, unknown>) => {
    beginRun();
    const first = (await guest.preview("Domain", domain)).lints;
    const second = (await guest.preview("VirtioDisk", disk, edited)).lints;
    const own = (lines: readonly string[]) =>
      lines.flatMap((line) => /(?:warning|info) (L(?:1|10)): (\S+):/.exec(line)?.slice(1).join(" ") ?? []);
    return { domain: own(first), disk: own(second) };
  };

  it("are told with the last of them, of the host as it stays", async () => {
    expect(await told(disk)).to.deep.equal({
      domain: [],
      disk: ["L1 iothreadids/iothread[1]", "L1 iothreadids/iothread[2]", "L10 devices/disk[vdb]"],
    });
  });

  it("say nothing of what the program is about to mend", async () => {
    expect(await told({ ...disk, ioThread: 2 })).to.deep.equal({
      domain: [],
      disk: ["L1 iothreadids/iothread[1]"],
    });
  });

  it("know that older definitions hold no polling, whatever a thread declares", async () => {
    beginRun();
    await guest.preview("IoThread", { ioThreadId: 1, pollMaxNs: 5 });
    expect((await guest.preview("VirtioDisk", disk)).lints.join("\n")).not.to.contain("L8");
  });

  it("name a pool that does not start with the host, where the guest does", async () => {
    const own = await testStorage("linted-pool");
    try {
      await mustRun(["qemu-img", "create", "-q", "-f", "raw", join(own.folder, "v"), "1M"]);
      await own.virsh("pool-define-as", own.name, "dir", "--target", own.folder);
      await own.virsh("pool-start", own.name);
      const source = { volume: { pool: own.name, volume: "v" } };
      const found = async (autostart: boolean, pool?: object) => {
        beginRun();
        if (pool)
          noteDeclared(storageKinds.StoragePool, { host: guest.place.host, name: own.name, ...pool }, null);
        const args = { ...domain, autostart, disks: [{ target: "vda", source, format: "raw" }] };
        return (await guest.preview("Domain", domain, args)).lints.filter((line) => line.includes("L12"));
      };
      expect((await found(true)).join()).to.contain(`"${own.name}", which does not start with the host`);
      expect(await found(false)).to.deep.equal([]);
      expect(await found(true, {})).to.deep.equal([]);
      expect(await found(true, { autostart: false })).to.have.length(1);
      await own.virsh("pool-autostart", own.name);
      expect(await found(true)).to.deep.equal([]);
    } finally {
      await own.end();
    }
  });

  it("say at once what no other resource can change", async () => {
    const bare = await testDomain("linted-bare");
    try {
      await bare.create("Domain", domain);
      beginRun();
      expect((await bare.preview("Domain", domain)).lints.join("\n")).to.match(
        /warning L1: iothreadids\/iothread\[2\]/,
      );
    } finally {
      await bare.remove();
    }
  });
});
