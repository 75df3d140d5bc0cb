import { expect } from "chai";
import { connectionTo } from "../../provider/host/connections.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import { virsh as command, runOne } from "../../provider/host/virsh/virsh.ts";
import * as virsh from "../../provider/index.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import type { Outcome } from "../support/stack.ts";
import { makeStack } from "../support/stack.ts";

const changed = ({ steps }: Outcome) => steps.filter((step) => step.op !== "same");

describe("what was there before", function () {
  this.timeout(300_000);

  it("is taken over and says so, waits for a restart, and stays when it is retained", async () => {
    const { uri: host, domainType } = await sandbox();
    const name = testName("tookOver");
    const file = makeImage("tookOver.raw", 1);
    const connection = connectionTo(host);
    const run = (args: readonly string[], stdin?: string) =>
      runOne(connection, String(args[0]), command(connection, args, stdin));
    const facts = async () => (await readDomain(connection, name)).domain;
    await run(
      ["define", "/dev/stdin"],
      `<domain type='${domainType}'><name>${name}</name><memory unit='MiB'>32</memory><iothreads>2</iothreads>
      <cputune><iothreadpin iothread='2' cpuset='0'/></cputune><os><type machine='q35'>hvm</type></os>
      <devices><disk type='file' device='disk'><driver name='qemu' type='raw' iothread='1'/><source file='${file}'/>
      <target dev='vda' bus='virtio'/></disk><controller type='scsi' index='0' model='virtio-scsi'/></devices></domain>`,
    );
    await run(["start", name]);
    let ioThread = 1;
    const stack = await makeStack(async () => {
      const at = { host, domain: name };
      const opts = { retainOnDelete: true };
      new virsh.IoThread("two", { ...at, ioThreadId: 2 }, opts);
      new virsh.IoThreadPin("two", { ...at, ioThread: 2, cpuset: "0" }, opts);
      new virsh.VirtioScsiController("scsi", { ...at, index: 0 }, opts);
      const disk = new virsh.VirtioDisk("vda", { ...at, target: "vda", source: { file }, ioThread }, opts);
      return { pending: disk.pendingRestart };
    });
    try {
      const before = await facts();
      const made = await stack.up();
      const said = made.diagnostics.join("");
      for (const what of ["IoThread 2", "IoThreadPin 2", "VirtioScsiController 0", "VirtioDisk vda"])
        expect(said).to.contain(`${what} is there already and is taken over`);
      expect((await facts())?.inactiveXml).to.equal(before?.inactiveXml);
      expect(changed(await stack.preview())).to.deep.equal([]);

      ioThread = 2;
      await stack.up();
      const path = "devices/disk[vda]/driver/@iothread";
      expect((await stack.outputs()).pending).to.deep.equal([{ path, live: "1", inactive: "2" }]);
      for (const _ of [1, 2]) {
        const later = await stack.preview();
        expect(changed(later)).to.deep.equal([]);
        expect(later.diagnostics.join("")).to.contain(`${path} 1 → 2 (next boot)`);
      }
      await run(["destroy", name]);
      await run(["start", name]);
      const cycled = await stack.preview();
      expect(changed(cycled)).to.deep.equal([]);
      expect(cycled.output).not.to.contain("next boot");
      await stack.refresh();
      const disk = (await stack.resources()).find(({ type }) => type.endsWith(":VirtioDisk"));
      expect(disk?.outputs?.pendingRestart).to.deep.equal([]);

      const last = await facts();
      await stack.destroy();
      expect((await facts())?.inactiveXml).to.equal(last?.inactiveXml);
      expect((await facts())?.qemuPid).to.equal(last?.qemuPid);
    } finally {
      await stack.remove();
      await connection.run(
        [command(connection, ["destroy", name]), command(connection, ["undefine", name])],
        { keepGoing: true },
      );
    }
  });
});
