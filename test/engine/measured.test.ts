import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import * as virsh from "../../provider/index.ts";
import type { Measured } from "../../provider/plan/activity/compare.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { run } from "../../tools/sandbox/run.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { type Guest, startGuest } from "../support/guest.ts";
import { isEvent, isWindow } from "../support/guestConsole.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import { makeStack } from "../support/stack.ts";

describe("measure, through the engine", function () {
  this.timeout(300_000);
  const frontEnds = { "dynamic resources": makeStack, "the native plugin": makeNativeStack };
  for (const [frontEnd, make] of Object.entries(frontEnds)) {
    it(`${frontEnd}: adding it touches nothing; a move is measured, kept by a refresh, and reported`, async () => {
      const { uri: host } = await sandbox();
      const name = testName("measured");
      const folder = temporaryFolder("measured");
      const file = join(folder, "plan.jsonl");
      const guest: Guest = await startGuest({
        name,
        ioThreads: 1,
        disks: [{ name: "data", file: makeImage("measured.raw"), target: "vda" }],
        settings: "depth=2 window=200",
      });
      let more: Partial<virsh.VirtioDiskArgs> = {};
      const stack = await make(async () => {
        const disk = new virsh.VirtioDisk(
          "data",
          { host, domain: name, target: "vda", whenRunning: "detach", ...more },
          { retainOnDelete: true },
        );
        return { measured: disk.measured };
      });
      const measured = async () => (await stack.outputs()).measured as Measured | null;
      const unplugged = () => guest.console.lines.filter(isEvent("unplugged")).length;
      try {
        await guest.console.windows(1);
        await stack.up();
        expect(await measured()).to.equal(null);

        more = { measure: { seconds: 2 } };
        const added = await stack.preview();
        expect(added.steps.map(({ op }) => op)).to.deep.equal(["update"]);
        expect(added.output).not.to.match(/\((live|detach|next boot|define)\)/);
        await stack.up();
        expect(await measured()).to.equal(null);
        expect(unplugged()).to.equal(0);

        more = { ...more, ioThread: 1 };
        await stack.up();
        const seen = await measured();
        expect(unplugged()).to.equal(1);
        expect(seen?.notes).to.include("vda: main loop before, IO thread 1 after");
        expect(seen?.rows.map(({ subject, what }) => `${subject} ${what}`)).to.include("vda IO/s");
        expect(guest.console.lines.filter(isWindow).every(({ errors }) => errors === 0)).to.equal(true);

        await stack.refresh();
        stack.stack.workspace.envVars.PULUMI_VIRSH_PLAN = file;
        const again = await stack.preview();
        delete stack.stack.workspace.envVars.PULUMI_VIRSH_PLAN;
        expect(again.steps.map(({ op }) => op)).to.deep.equal(["same"]);
        expect(await measured()).to.deep.equal(seen);
        const report = await run(["node", "dist/provider/cli/main.js", "report", file]);
        expect(report.stdout, readFileSync(file, "utf8")).to.contain("Measured at the last update (1)");
      } finally {
        await stack.remove();
        await guest.remove();
        removeFolder(folder);
      }
    });
  }
});
