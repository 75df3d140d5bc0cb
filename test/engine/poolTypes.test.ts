import { expect } from "chai";
import * as virsh from "../../provider/index.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { sandbox } from "../support/sandbox.ts";
import { makeStack } from "../support/stack.ts";
import type { TestStorage } from "../support/storage.ts";
import { testStorage } from "../support/storage.ts";

describe("storage pools of other types", function () {
  this.timeout(300_000);
  let own: TestStorage;

  beforeEach(async () => {
    own = await testStorage("typed");
  });
  afterEach(() => own.end());

  for (const [frontEnd, makeAny] of [
    ["dynamic", makeStack],
    ["native", makeNativeStack],
  ] as const)
    it(`tell mistakes at preview, are defined, changed, refreshed and removed (${frontEnd})`, async () => {
      const { uri: host } = await sandbox();
      let source: NonNullable<virsh.StoragePoolArgs["source"]> = { dir: "/export" };
      let exclusive = false;
      const stack = await makeAny(async () => {
        new virsh.StoragePool("nas", {
          ...{ host, name: own.name, type: "netfs", path: own.folder },
          ...{ source, exclusive, active: false, autostart: false },
        });
      });
      try {
        const failed = await stack.preview().catch(({ message }: Error) => ({ diagnostics: [message] }));
        expect(failed.diagnostics.join("")).to.contain("is required for a pool of the type netfs: add hosts");
        source = { hosts: [{ name: own.name, port: 2049 }], dir: "/export/", format: "nfs" };
        await stack.up();
        const xml = await own.virsh("pool-dumpxml", "--pool", own.name);
        expect(xml)
          .to.contain(`<host name='${own.name}' port='2049'/>`)
          .and.to.contain("<dir path='/export'/>");
        const unchanged = async () =>
          expect((await stack.preview()).steps.filter(({ op }) => op !== "same")).to.deep.equal([]);
        await unchanged();
        source = { hosts: [{ name: own.name, port: 2049 }], dir: "/other", format: "nfs" };
        exclusive = true;
        const told = await stack.preview();
        expect(told.diagnostics.join("")).to.contain(`${own.name}: source.dir /export → /other (live)`);
        await stack.up();
        await unchanged();
        // Somebody else changes it: a refresh takes that over, and the next up puts it back.
        const changed = xml.replace("/export", "/theirs");
        await own.connection.run([
          { argv: ["virsh", "-c", own.connection.virshUri, "pool-define", "/dev/stdin"], stdin: changed },
        ]);
        await stack.refresh();
        const pool = (await stack.resources()).find(({ urn }) => urn.endsWith("::nas"));
        expect(pool?.outputs?.source).to.deep.include({ dir: "/theirs" });
        await stack.up();
        expect(await own.virsh("pool-dumpxml", "--pool", own.name)).to.contain("<dir path='/other'/>");
        const { diagnostics } = await stack.destroy();
        expect(diagnostics.join("")).to.contain(`${own.name}: the storage pool is removed`);
        expect(await own.virsh("pool-list", "--all", "--name")).not.to.contain(own.name);
      } finally {
        await stack.remove();
      }
    });
});
