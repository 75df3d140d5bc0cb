import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import * as virsh from "../../provider/index.ts";
import type { PlanRecord, ResourceRecord } from "../../provider/plan/record/types.ts";
import { repository } from "../../tools/sandbox/folders.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import { makeStack } from "../support/stack.ts";

const cli = join(repository, "dist/provider/cli/main.js");

describe("the plan file of a preview", function () {
  this.timeout(600_000);

  for (const [frontEnd, make] of [
    ["dynamic resources", makeStack],
    ["the plugin", makeNativeStack],
  ] as const) {
    it(`of ${frontEnd} becomes a comment that says which guest changes, and what that costs it`, async () => {
      const { uri: host, domainType: type } = await sandbox();
      const name = testName("planFile");
      const folder = temporaryFolder("plan");
      const file = join(folder, "plan.jsonl");
      const image = makeImage(`${name}.raw`);
      let isChanged = false;
      const stack = await make(async () => {
        const off = { running: true, forceOff: true, shutdownTimeoutSeconds: 0, ioThreads: 1 };
        const db = new virsh.Domain("db", {
          host,
          name,
          type,
          ...off,
          memory: isChanged ? "48 MiB" : "32 MiB",
          xml: "<domain><devices><graphics type='vnc' passwd='hunter2'/></devices></domain>",
        });
        const cpuset = isChanged ? "1" : "0";
        new virsh.IoThreadPin("pin", { host, domain: db.name, ioThread: 1, cpuset });
        if (!isChanged) return;
        new virsh.IoThread("more", { host, domain: db.name, pollMaxNs: 16000 });
        new virsh.VirtioDisk("data", {
          host,
          domain: db.name,
          target: "vdb",
          source: { file: image },
          format: "raw",
          ioThread: 1,
        });
        const disks = [{ target: "vda", source: { file: image }, format: "raw" as const }];
        const next = new virsh.Domain("next", {
          host,
          name: `${name}-2`,
          type,
          ...off,
          memory: "32 MiB",
          disks,
        });
        new virsh.IoThreadPin("nextPin", { host, domain: next.name, ioThread: 1, cpuset: "0" });
      });
      try {
        await stack.up();
        isChanged = true;
        stack.stack.workspace.envVars.PULUMI_VIRSH_PLAN = file;
        await stack.preview();
        delete stack.stack.workspace.envVars.PULUMI_VIRSH_PLAN;
        const records = readFileSync(file, "utf8")
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as PlanRecord);
        expect(records.filter(({ kind }) => kind === "host")).to.have.length(1);
        const labels = records
          .filter((record): record is ResourceRecord => record.kind === "resource")
          .map(({ domain, resource: { kind, key }, label }) => `${domain} ${kind} ${key ?? ""}: ${label}`);
        expect(labels.toSorted()).to.deep.equal([
          `${name} Domain : next boot`,
          `${name} IoThread 2: live`,
          `${name} IoThreadPin 1: live`,
          `${name} VirtioDisk vdb: live`,
          `${name}-2 Domain : start`,
          `${name}-2 IoThreadPin 1: define`,
        ]);
        const obstacles = records.flatMap((record) => (record.kind === "resource" ? record.obstacles : []));
        // The disk and the new guest, which is to run, share an image. The one looked at second reports it,
        // or both do.
        expect(obstacles.length).to.be.within(1, 2);
        for (const obstacle of obstacles)
          expect(obstacle).to.match(/\.raw of disk vd\w is that of disk vd\w of /);
        const attach = records.flatMap((record) => (record.kind === "resource" ? record.steps : []));
        expect(attach.map(({ argv }) => argv.slice(3, 5).join(" "))).to.include.members([
          `attach-device ${name}`,
          `iothreadadd ${name}`,
          `iothreadset ${name}`,
          `start ${name}-2`,
        ]);
        const comment = execFileSync(process.execPath, [cli, "report", file], { encoding: "utf8" });
        expect(comment).to.contain(name).and.to.contain("next boot").and.to.contain("live");
        expect(comment)
          .to.match(/iothreadpin/)
          .and.to.match(/32768/)
          .and.to.match(/49152/);
        // Reported once: what `up` would refuse is not a lint as well.
        const lints = records.flatMap((record) => (record.kind === "resource" ? record.lints : []));
        expect(lints.map(({ id }) => id)).not.to.include("L11");
        expect(comment).to.contain("as well, which writes to it").and.not.to.contain("L11");
        expect(`${readFileSync(file, "utf8")}${comment}`).not.to.contain("hunter2");
      } finally {
        isChanged = false;
        await stack.destroy();
        await stack.remove();
        removeFolder(folder);
      }
    });
  }
});
