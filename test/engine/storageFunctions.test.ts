import { join } from "node:path";
import { expect } from "chai";
import * as virsh from "../../provider/index.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { sandbox } from "../support/sandbox.ts";
import type { TestStorage } from "../support/storage.ts";
import { makeOverlay, testStorage } from "../support/storage.ts";

describe("the functions about pools and volumes", function () {
  this.timeout(300_000);
  let own: TestStorage;
  const [base, overlay] = ["it's <b> & ü.qcow2", "web.qcow2"];
  beforeEach(async () => {
    own = await testStorage("asked");
    const below = join(own.folder, base);
    await mustRun(["qemu-img", "create", "-q", "-f", "qcow2", below, "8M"]);
    await makeOverlay(join(own.folder, overlay), below, { size: "16M" });
    await own.virsh("pool-define-as", own.name, "dir", "--target", own.folder);
    await own.virsh("pool-start", own.name);
  });
  afterEach(() => own.end());

  for (const frontEnd of ["dynamic", "native"] as const)
    it(`tell what is there, and name the input that is wrong, beside ${frontEnd} resources`, async () => {
      const { uri: host } = await sandbox();
      const { name } = own;
      const stack = await makeNativeStack(
        async () => {
          const pool = new virsh.StoragePool("images", { host, name, path: own.folder, autostart: false });
          return {
            pool: pool.uuid.apply(() => virsh.getStoragePool({ host, name })),
            volumes: pool.uuid.apply(() => virsh.listVolumes({ host, pool: name }).volumes),
          };
        },
        { frontEnd },
      );
      const failure = async (question: () => unknown) => {
        stack.program = async () => ({ answer: question() });
        return stack.preview().then(
          () => "",
          (error: unknown) => String(error),
        );
      };
      try {
        await stack.up();
        const { pool, volumes } = (await stack.outputs()) as Record<string, unknown>;
        expect(pool).to.include({ name, type: "dir", path: own.folder, active: true, autostart: false });
        const { capacityBytes, allocationBytes, availableBytes, uuid } = pool as virsh.GetStoragePoolResult;
        expect(capacityBytes).to.be.greaterThan(2 ** 31);
        expect((allocationBytes ?? 0) + (availableBytes ?? 0)).to.equal(capacityBytes);
        expect(uuid).to.equal((await own.virsh("pool-uuid", name)).trim());
        const [first, second] = volumes as virsh.ListVolumesResult["volumes"];
        const path = join(own.folder, base);
        expect(first).to.include({ name: base, path, format: "qcow2", capacityBytes: 8 * 1024 ** 2 });
        expect(first).not.to.have.property("backingPath");
        expect(second).to.include({ name: overlay, capacityBytes: 16 * 1024 ** 2, backingPath: path });
        expect(second?.allocationBytes).to.be.within(1, 1024 ** 2);

        expect(await failure(() => virsh.getStoragePool({ host, name: "nowhere" })))
          .to.contain('there is no storage pool "nowhere"')
          .and.match(/name: it has .*asked/);
        expect(await failure(() => virsh.listVolumes({ host, pool: "nowhere" }))).to.match(/pool: it has/);
        await own.virsh("pool-destroy", name);
        expect(await failure(() => virsh.listVolumes({ host, pool: name })))
          .to.contain(`the storage pool "${name}" is not active`)
          .and.contain("pool: start it");
        expect(await failure(() => virsh.listVolumes({ host: "http://hv1", pool: name }))).to.match(/host/);
        const closed = "qemu+ssh://root@127.0.0.1:1/system";
        expect(await failure(() => virsh.getStoragePool({ host: closed, name }))).to.contain("127.0.0.1:1");
        stack.program = async () => ({ stopped: virsh.getStoragePool({ host, name }) });
        await stack.up();
        const { stopped } = (await stack.outputs()) as Record<string, unknown>;
        expect(stopped).to.include({ active: false, path: own.folder });
        expect(stopped).not.to.have.property("capacityBytes");
      } finally {
        await stack.remove();
      }
    });
});
