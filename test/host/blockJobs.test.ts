import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { makeImage } from "../../tools/sandbox/images.ts";
import type { TestDomain } from "../support/domains.ts";
import { failureOf, testDomain } from "../support/domains.ts";
import { sandbox } from "../support/sandbox.ts";

describe("a block job on a disk that is to leave the guest", function () {
  this.timeout(120_000);
  let guest: TestDomain;
  let disk: Record<string, unknown>;
  let folder: string;
  before(async () => {
    const { domainType, imagesDir } = await sandbox();
    folder = `${imagesDir}/consoles`;
    mkdirSync(folder, { recursive: true });
    // QEMU creates the socket as its own user.
    chmodSync(folder, 0o777);
    guest = await testDomain("blockjobs");
    const domain = { type: domainType, memory: "32 MiB", machine: "q35", hotplugSlots: 4, running: true };
    await guest.create("Domain", { ...domain, forceOff: true });
    disk = {
      target: "vdb",
      source: { file: makeImage("blockjobs.raw", 4) },
      format: "raw",
      whenRunning: "detach",
    };
    await guest.create("VirtioDisk", disk);
  });
  after(() => guest.remove());

  it("a copy is named by the preview, with both ways out, and nothing is touched", async () => {
    const copy = makeImage("blockjobs-copy.raw", 4);
    await guest.virsh("blockcopy", "vdb", copy, "--transient-job", "--reuse-external", "--raw");
    const edited = { ...disk, cache: "directsync" };
    const want = `the job "Block Copy" holds disk vdb: wait for its end (virsh blockjob ${guest.name} vdb --pivot goes over to the copy, --abort stays with the original)`;
    const { obstacles } = await guest.preview("VirtioDisk", disk, edited);
    expect(obstacles).to.deep.equal([`${guest.name}: not possible: ${want}`]);
    const before = (await guest.facts()).inactiveXml;
    expect((await failureOf(guest.update("VirtioDisk", disk, edited))).message)
      .to.contain(want)
      .and.to.contain("nothing has changed on the host");
    expect((await guest.facts()).inactiveXml).to.equal(before);
    await guest.virsh("blockjob", "vdb", "--abort");
    expect((await guest.preview("VirtioDisk", disk, edited)).obstacles).to.deep.equal([]);
  });

  it("a backup, which no XML shows, is named by the error", async () => {
    const socket = `${folder}/blockjobs.sock`;
    const xml = `<domainbackup mode='pull'><server transport='unix' socket='${socket}'/></domainbackup>`;
    writeFileSync(`${folder}/backup.xml`, xml);
    await guest.virsh("backup-begin", `${folder}/backup.xml`);
    const error = await failureOf(guest.delete("VirtioDisk", disk));
    expect(error.message)
      .to.match(/disk 'vdb' already in active block job/)
      .and.to.contain(
        `the job "Backup" holds disk vdb: wait for its end (virsh domjobabort ${guest.name} ends it); nothing has changed on the host`,
      );
    await guest.virsh("domjobabort");
  });
});
