import { expect } from "chai";
import * as virsh from "../../provider/index.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { removeDomain } from "../../tools/sandbox/sweep.ts";
import type { TestDomain } from "../support/domains.ts";
import { testDomain } from "../support/domains.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import { makeStack } from "../support/stack.ts";

/** A program need not declare that a pin or disk depends on the thread that it names. */
describe("parts that name an IO thread of the same program by number", function () {
  this.timeout(300_000);
  let web: TestDomain;
  let file: string;
  // Each test has its own guest, because a guest without an operating system releases no disk.
  beforeEach(async () => {
    const { domainType: type } = await sandbox();
    file = makeImage("unordered.raw", 1);
    web = await testDomain("unordered");
    await web.create("Domain", { type, memory: "32 MiB", running: true });
  });
  afterEach(() => web.remove());

  const thread = () => void new virsh.IoThread("thread", { ...web.place, ioThreadId: 4 });
  const parts = () => {
    new virsh.IoThreadPin("pin", { ...web.place, ioThread: 4, cpuset: "0" });
    new virsh.VirtioDisk("disk", { ...web.place, target: "vdb", source: { file }, ioThread: 4 });
  };
  const orders = { before: [parts, thread], after: [thread, parts] };
  const makers = { dynamic: makeStack, native: makeNativeStack };
  for (const frontEnd of ["dynamic", "native"] as const)
    for (const order of ["before", "after"] as const)
      it(`${order} it: previewed without a complaint, and made, ${frontEnd}`, async () => {
        const stack = await makers[frontEnd](async () => {
          for (const declare of orders[order]) declare();
        });
        try {
          await stack.stack.setConfig("virsh:strictPreview", { value: "true" });
          const { diagnostics } = await stack.preview();
          expect(diagnostics.filter((each) => /not possible|names IO thread/.test(each))).to.deep.equal([]);
          await stack.up();
          const { ioThreads, liveXml } = await web.facts();
          expect(ioThreads).to.have.length(1);
          expect(ioThreads[0]).to.include({ id: 4, cpusAllowed: "0" });
          expect(liveXml).to.contain("iothread='4'");
          expect((await stack.preview()).steps.filter(({ op }) => op !== "same")).to.deep.equal([]);
        } finally {
          await stack.remove();
        }
      });

  it("wait for it under a provider of the program too, which alone gives the host", async () => {
    const { uri: host, domainType: type } = await sandbox();
    const name = testName("unorderedOwn");
    const stack = await makeNativeStack(async () => {
      const provider = new virsh.Provider("own", { host });
      const guest = new virsh.Domain("guest", { name, type, memory: "32 MiB" }, { provider });
      const place = { domain: guest.name };
      new virsh.IoThreadPin("pin", { ...place, ioThread: 4, cpuset: "0" }, { provider });
      new virsh.IoThread("thread", { ...place, ioThreadId: 4 }, { provider });
    });
    try {
      await stack.up();
      const { resources } = (await stack.stack.exportStack()).deployment as {
        readonly resources: readonly { readonly urn: string; readonly dependencies?: readonly string[] }[];
      };
      const urnOf = (name: string) => resources.find(({ urn }) => urn.endsWith(`::${name}`))?.urn;
      const pin = resources.find(({ urn }) => urn === urnOf("pin"));
      expect(pin?.dependencies).to.include(urnOf("thread"));
    } finally {
      await stack.remove();
      await removeDomain(name);
    }
  });
});
