import { join } from "node:path";
import { expect } from "chai";
import { connectionTo } from "../../provider/host/connections.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import * as virsh from "../../provider/index.ts";
import type { DomainFacts } from "../../provider/plan/situation/facts.ts";
import { imagesFolder } from "../../tools/sandbox/folders.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import { removeDomain } from "../../tools/sandbox/sweep.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import type { TestStack } from "../support/stack.ts";
import { makeStack } from "../support/stack.ts";

const frontEnds = { dynamic: makeStack, native: makeNativeStack };
const macsIn = (xml: string | null) => (xml ?? "").match(/(?<=<mac address=')[^']*/g) ?? [];

async function factsOf(name: string): Promise<DomainFacts> {
  const { domain } = await readDomain(connectionTo((await sandbox()).uri), name);
  if (!domain) throw new Error(`there is no domain ${name}`);
  return domain;
}

for (const [frontEnd, make] of Object.entries(frontEnds))
  describe(`a guest's memory, interfaces and disk through the ${frontEnd} front end`, function () {
    this.timeout(300_000);

    it("memory comes whole, both sides have one MAC, and a disk is not put back from its overlay", async () => {
      const { uri: host, domainType: type } = await sandbox();
      const folder = temporaryFolder("alongside", imagesFolder());
      const file = join(folder, "base.qcow2");
      await mustRun(["chmod", "755", folder]);
      await mustRun(["qemu-img", "create", "-q", "-f", "qcow2", file, "8M"]);
      const name = testName("along");
      const nic = "<interface type='user'><model type='virtio'/></interface>";
      let nics = 1;
      let memory = "32 MiB";
      const stack = await make(async () => {
        const xml = `<domain><devices>${nic.repeat(nics)}</devices></domain>`;
        const disks = [{ target: "vda", source: { file }, format: "qcow2" as const }];
        const off = { shutdownTimeoutSeconds: 0, forceOff: true };
        new virsh.Domain("g", { host, name, type, memory, running: true, xml, disks, ...off });
      });
      try {
        await stack.up();
        nics = 2;
        memory = "48 MiB";
        await stack.up();
        const { inactiveXml, liveXml } = await factsOf(name);
        expect(inactiveXml).to.contain("<currentMemory unit='KiB'>49152<");
        expect(macsIn(inactiveXml)).to.have.length(2);
        expect(macsIn(liveXml)).to.have.members(macsIn(inactiveXml));

        await mustRun([
          ...["virsh", "-c", "qemu:///system", "snapshot-create-as", name, "s1"],
          ...["--disk-only", "--atomic"],
        ]);
        const before = await factsOf(name);
        const told = await stack.preview();
        expect(told.diagnostics.join("\n"), told.output).to.match(
          /not possible: disk vda is on .*base\.s1, an overlay of /,
        );
        const failed = await stack.up().then(
          () => "it went through",
          (error: Error) => error.message,
        );
        expect(failed).to.match(/base\.s1, an overlay of/);
        const after = await factsOf(name);
        expect([after.inactiveXml, after.liveXml]).to.deep.equal([before.inactiveXml, before.liveXml]);
        await mustRun(["virsh", "-c", "qemu:///system", "snapshot-delete", name, "s1", "--metadata"]);
      } finally {
        await stack.remove();
        await removeDomain(name);
        removeFolder(folder);
      }
    });
  });

describe("threads without an id from several stacks", function () {
  this.timeout(300_000);

  it("two front ends at the same moment: each thread has an id of its own", async () => {
    const { uri: host, domainType: type } = await sandbox();
    const domain = testName("threads");
    const off = { shutdownTimeoutSeconds: 0, forceOff: true };
    const owner = await makeStack(async () => {
      new virsh.Domain("g", { host, name: domain, type, memory: "32 MiB", running: true, ...off });
    });
    const program = async () => {
      const threads = ["a", "b", "c"].map((name) => new virsh.IoThread(name, { host, domain }));
      return Object.fromEntries(threads.map(({ ioThreadId }, at) => [`t${at}`, ioThreadId]));
    };
    const stacks: TestStack[] = [];
    try {
      await owner.up();
      stacks.push(await makeStack(program), await makeNativeStack(program));
      await Promise.all(stacks.map((each) => each.up()));
      const ids = (await Promise.all(stacks.map((each) => each.outputs()))).flatMap(Object.values);
      expect(new Set(ids).size, ids.join()).to.equal(6);
      const { liveXml } = await factsOf(domain);
      for (const id of ids) expect(liveXml).to.contain(`<iothread id='${id}'/>`);
    } finally {
      for (const each of [...stacks, owner]) await each.remove();
      await removeDomain(domain);
    }
  });
});
