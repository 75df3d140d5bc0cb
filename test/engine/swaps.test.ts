import { expect } from "chai";
import { connectionTo } from "../../provider/host/connections.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import * as virsh from "../../provider/index.ts";
import { removeDomain } from "../../tools/sandbox/sweep.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import type { Outcome, TestStack } from "../support/stack.ts";
import { makeStack } from "../support/stack.ts";

const frontEnds = { dynamic: makeStack, native: makeNativeStack };
const changed = ({ steps }: Outcome) => steps.filter(({ op }) => op !== "same");
const said = ({ output, diagnostics }: Outcome) => [output, ...diagnostics].join("\n");

for (const [frontEnd, make] of Object.entries(frontEnds))
  describe(`guests that get each other's names (${frontEnd})`, function () {
    this.timeout(300_000);
    /** Names of guests by the resources that declare them. */
    let names: Readonly<Record<string, string>>;
    let deleteBeforeReplace: boolean | undefined;
    let stack: TestStack;
    let x: string;
    let y: string;
    let processOf: (name: string) => Promise<readonly unknown[]>;
    let titleOf: (name: string) => Promise<string | undefined>;

    beforeEach(async () => {
      const { uri: host, domainType: type } = await sandbox();
      [x, y] = [testName(`${frontEnd}SwapX`), testName(`${frontEnd}SwapY`)];
      const read = async (name: string) => (await readDomain(connectionTo(host), name)).domain;
      processOf = async (name) => {
        const domain = await read(name);
        return [domain?.uuid, domain?.qemuPid];
      };
      titleOf = async (name) => /<title>(.*)<\/title>/.exec((await read(name))?.inactiveXml ?? "")?.[1];
      names = { a: x, b: y };
      deleteBeforeReplace = undefined;
      stack = await make(async () => {
        for (const [resource, name] of Object.entries(names)) {
          const guest = new virsh.Domain(
            resource,
            {
              ...{ host, name, type, memory: "32 MiB", title: resource },
              ...{ running: true, forceOff: true, shutdownTimeoutSeconds: 0 },
            },
            deleteBeforeReplace === undefined ? {} : { deleteBeforeReplace },
          );
          const part = { host, domain: guest.name };
          const thread = new virsh.IoThread(`${resource}-thread`, { ...part, ioThreadId: 1 });
          new virsh.IoThreadPin(`${resource}-pin`, { ...part, ioThread: thread.ioThreadId, cpuset: "0" });
        }
      });
      await stack.up();
    });
    // Without the engine, which takes ten times as long.
    afterEach(async () => {
      await stack.remove();
      for (const name of new Set([x, y, ...Object.values(names)])) await removeDomain(name);
    });

    it("stay both, as the same processes", async () => {
      const before = [await processOf(x), await processOf(y)];
      names = { a: y, b: x };
      const planned = await stack.preview();
      expect(said(planned)).to.contain("unless the program still declares it");
      const done = await stack.up();
      expect(said(done)).to.contain(`${x}: stays, for "b"`).and.contain(`${y}: stays, for "a"`);
      expect([await processOf(x), await processOf(y)]).to.deep.equal(before);
      expect([await titleOf(x), await titleOf(y)]).to.deep.equal(["b", "a"]);
      const later = await stack.preview();
      expect(changed(later), later.output).to.deep.equal([]);
    });

    it("stay both with deleteBeforeReplace, which is refused where it would come too early", async () => {
      const before = [await processOf(x), await processOf(y)];
      names = { a: y, b: x };
      deleteBeforeReplace = true;
      const told = await stack.up().then(said, String);
      expect(told).to.match(/can't be removed before what replaces it is made|stays, for/);
      expect([await processOf(x), await processOf(y)]).to.deep.equal(before);
      deleteBeforeReplace = undefined;
      await stack.up();
      expect([await processOf(x), await processOf(y)]).to.deep.equal(before);
      expect([await titleOf(x), await titleOf(y)]).to.deep.equal(["b", "a"]);
      expect(changed(await stack.preview())).to.deep.equal([]);
    });

    it("one of them stays that gets the name of another, which is made anew under a third name", async () => {
      const before = await processOf(x);
      const z = testName(`${frontEnd}SwapZ`);
      names = { b: x, a: z };
      const done = await stack.up();
      expect(said(done)).to.contain(`${x}: stays, for "b"`);
      expect(await processOf(x)).to.deep.equal(before);
      expect(await processOf(y)).to.deep.equal([undefined, undefined]);
      expect([await titleOf(x), await titleOf(z)]).to.deep.equal(["b", "a"]);
      expect(changed(await stack.preview())).to.deep.equal([]);
    });

    it("a guest goes whose name nobody declares any more, although another has what was to be its name", async () => {
      const before = await processOf(y);
      names = { a: y };
      await stack.up();
      expect(await processOf(y)).to.deep.equal(before);
      expect(await processOf(x)).to.deep.equal([undefined, undefined]);
      expect(changed(await stack.preview())).to.deep.equal([]);
    });
  });
