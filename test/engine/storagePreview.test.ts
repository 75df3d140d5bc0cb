import { join } from "node:path";
import { expect } from "chai";
import * as virsh from "../../provider/index.ts";
import { removeDomain } from "../../tools/sandbox/sweep.ts";
import { countedHost } from "../support/countedHost.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import { makeStack } from "../support/stack.ts";
import { testStorage } from "../support/storage.ts";

describe("a preview of pools, volumes and guests", function () {
  this.timeout(300_000);
  const makers = { dynamic: makeStack, native: makeNativeStack };

  for (const frontEnd of ["dynamic", "native"] as const)
    it(`asks a host once for all of them, and a refresh at most twice (${frontEnd})`, async () => {
      const { domainType: type } = await sandbox();
      const counted = await countedHost();
      const host = counted.uri();
      const own = await testStorage("asked");
      const names = ["one", "two"].map((each) => testName(`asked-${each}`));
      const stack = await makers[frontEnd](async () => {
        const path = join(own.folder, "pool");
        const pool = new virsh.StoragePool("images", { host, name: own.name, path });
        for (const name of names) {
          const disk = new virsh.Volume(name, { host, pool: pool.name, name, capacity: "8 MiB" });
          const disks = [{ target: "vda", source: { file: disk.path }, format: "qcow2" as const }];
          new virsh.Domain(name, { host, name, type, memory: "32 MiB", disks });
        }
      });
      const costs = async (act: () => Promise<unknown>) => {
        const before = counted.sessions();
        await act();
        return counted.sessions() - before;
      };
      try {
        await stack.up();
        const unchanged = async () =>
          expect((await stack.preview()).steps.filter(({ op }) => op !== "same")).to.deep.equal([]);
        expect(await costs(unchanged)).to.equal(1);
        // The engine reads all resources at the same time: a guest may come first, and then storage has a session of its own.
        expect(await costs(() => stack.refresh())).to.be.at.most(2);
        await own.virsh("vol-resize", "--pool", own.name, "--vol", names[0] ?? "", "--capacity", "16M");
        expect((await stack.preview()).diagnostics.join("")).to.contain("nothing is ever shrunk");
      } finally {
        await stack.remove();
        for (const name of names) await removeDomain(name);
        await own.end();
        await counted.remove();
      }
    });
});
