import { join } from "node:path";
import { expect } from "chai";
import * as virsh from "../../provider/index.ts";
import { testDomain } from "../support/domains.ts";
import { startFaultyHost } from "../support/faults.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import { makeStack } from "../support/stack.ts";

const frontEnds = [
  ["dynamic", makeStack],
  ["native", makeNativeStack],
] as const;

/** Returns the output of an action that must fail, and checks that it has no stack trace. */
async function saidBy(act: Promise<unknown>): Promise<string> {
  const said = await act.then(
    () => "",
    (error: unknown) => String(error),
  );
  expect(said, "a failure").not.to.equal("");
  expect(said, said).not.to.match(/\n\s+at .*\.js:\d+|TypeError/);
  return said;
}

describe("what is not as it should be", function () {
  this.timeout(600_000);
  for (const [frontEnd, make] of frontEnds) {
    it(`${frontEnd}: XML that does not parse, a plan file without a place and odd names are told in words`, async () => {
      const { domainType: type } = await sandbox();
      const host = await startFaultyHost();
      const label = `odd-${frontEnd}`;
      const guest = await testDomain(label, host.uri());
      const folder = temporaryFolder("plan");
      let more: object = {};
      const args = { host: host.uri(), name: testName(label), type, memory: "32 MiB", ioThreads: 1 };
      const stack = await make(async () => {
        new virsh.Domain("db", { ...args, ...more });
      });
      const { envVars } = stack.stack.workspace;
      try {
        await stack.up();
        for (const act of [stack.refresh, stack.preview, stack.destroy]) {
          host.arm("tangle", "dumpxml", { always: true });
          const said = await saidBy(act());
          expect(host.struck()).to.equal(true);
          host.disarm();
          expect(said).to.contain(`the XML of the domain "${guest.name}" can't be read`);
          expect(said)
            .to.contain(guest.connection.host)
            .and.to.match(/does not parse at line \d+, column \d+/);
        }
        for (const [file, why] of [
          [join(folder, "none", "plan.jsonl"), "its folder does not exist"],
          ["/dev/full", "the disk is full"],
          [folder, "it is a folder"],
        ] as const) {
          envVars.PULUMI_VIRSH_PLAN = file;
          expect(await saidBy(stack.preview())).to.contain(`PULUMI_VIRSH_PLAN: can't write ${file} (${why})`);
        }
        delete envVars.PULUMI_VIRSH_PLAN;
        // Not `toString`: for that, Pulumi's SDK throws a TypeError before it sends anything (3.250).
        for (const name of ["constructor", "valueOf", "isPrototypeOf"]) {
          more = { disks: [{ target: "vda", source: { file: "/a" }, [name]: "x" }] };
          expect(await saidBy(stack.preview())).to.contain(`disks[0].${name}`);
        }
        more = {
          xml: "<domain><metadata><t:toString xmlns:t='urn:t' constructor='valueOf'/></metadata></domain>",
        };
        await stack.up();
        expect((await guest.facts()).inactiveXml).to.contain('constructor="valueOf"');
        expect((await stack.preview()).steps.filter(({ op }) => op !== "same")).to.deep.equal([]);
      } finally {
        host.disarm();
        delete envVars.PULUMI_VIRSH_PLAN;
        more = {};
        await stack.destroy();
        await stack.remove();
        await guest.remove();
        await host.remove();
        removeFolder(folder);
      }
    });
  }
});
