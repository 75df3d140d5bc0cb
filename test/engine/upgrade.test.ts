import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import * as virsh from "../../provider/index.ts";
import { repository } from "../../tools/sandbox/folders.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { removeDomain } from "../../tools/sandbox/sweep.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import { makeStack } from "../support/stack.ts";

/** States written by version 0.1.0. Marks replace what differs between machines. */
const states = {
  dynamic: { golden: join(repository, "test/golden/state-0.1.0.json"), make: makeStack },
  native: { golden: join(repository, "test/golden/state-native-0.1.0.json"), make: makeNativeStack },
};

describe("a stack that an older version made", function () {
  this.timeout(300_000);

  for (const [frontEnd, { golden, make }] of Object.entries(states))
    it(`previews empty with this one, ${frontEnd}`, async () => {
      const { uri: host, domainType: type } = await sandbox();
      const name = testName("upgrade");
      const file = makeImage("upgrade.raw", 1);
      const program = async () => {
        const db = new virsh.Domain("db", {
          host,
          name,
          type,
          memory: "32 MiB",
          vcpus: 2,
          machine: "q35",
          title: "recorded",
          ioThreads: [{ id: 1 }, { id: 4 }],
          cpuTune: { emulatorPin: "0" },
          running: true,
          forceOff: true,
          shutdownTimeoutSeconds: 0,
          xml: "<domain><description>recorded</description></domain>",
        });
        const thread = new virsh.IoThread("thread", { host, domain: db.name, pollMaxNs: 8000 });
        new virsh.IoThreadPin("pin", { host, domain: db.name, ioThread: thread.ioThreadId, cpuset: "0" });
        new virsh.VirtioDisk("disk", { host, domain: db.name, target: "vdb", source: { file }, ioThread: 4 });
        new virsh.VirtioScsiController("scsi", { host, domain: db.name, index: 0, ioThread: 1 });
      };
      const marks: (readonly [string, string])[] = [
        [host, "@HOST@"],
        [host.replace(/\?.*$/, ""), "@CANONICAL@"],
        [name, "@NAME@"],
        [file, "@FILE@"],
        [`"type":"${type}"`, '"type":"@TYPE@"'],
      ];
      const maker = await make(program);
      const later = await make(program);
      try {
        await maker.up();
        const domain = (await maker.resources()).find(({ type }) => type.endsWith(":Domain"));
        marks.push([String(domain?.outputs?.uuid), "@UUID@"]);
        if (process.env.PULUMI_VIRSH_RECORD) {
          const { deployment } = await maker.stack.exportStack();
          const text = marks.reduce(
            (all, [value, mark]) => all.replaceAll(value, mark),
            JSON.stringify(deployment),
          );
          writeFileSync(golden, `${JSON.stringify(JSON.parse(text), null, 1)}\n`);
        }
        expect(existsSync(golden)).to.equal(true);
        const text = JSON.stringify(JSON.parse(readFileSync(golden, "utf8")));
        const state = marks.toReversed().reduce((all, [value, mark]) => all.replaceAll(mark, value), text);
        await later.stack.importStack({ version: 3, deployment: JSON.parse(state) } as Deployment);
        const { steps, output } = await later.preview();
        expect(
          steps.map(({ op }) => op),
          output,
        ).to.deep.equal(["same", "same", "same", "same", "same"]);
      } finally {
        await removeDomain(name);
        await maker.remove();
        await later.remove();
      }
    });
});
