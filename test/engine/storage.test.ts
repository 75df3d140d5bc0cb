import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import * as virsh from "../../provider/index.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import { removeDomain } from "../../tools/sandbox/sweep.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import { makeStack } from "../support/stack.ts";
import type { TestStorage } from "../support/storage.ts";
import { testStorage } from "../support/storage.ts";

describe("a pool, a base image and overlays with guests, from nothing", function () {
  this.timeout(300_000);
  const makers = { dynamic: makeStack, native: makeNativeStack };
  let own: TestStorage;
  const guests = ["one", "two"].map((each) => testName(`stored-${each}`));
  beforeEach(async () => {
    own = await testStorage("stack");
  });
  afterEach(async () => {
    for (const name of guests) await removeDomain(name);
    await own.end();
  });

  for (const frontEnd of ["dynamic", "native"] as const)
    it(`come up, stay empty, grow while they run, and go by the rules (${frontEnd})`, async () => {
      const { uri: host, domainType: type } = await sandbox();
      const image = join(own.folder, "image.qcow2");
      await mustRun(["qemu-img", "create", "-q", "-f", "qcow2", image, "8M"]);
      const checksum = `sha256:${createHash("sha256").update(readFileSync(image)).digest("hex")}`;
      let capacity = "8 MiB";
      let onDelete: "keep" | "delete" = "delete";
      const stack = await makers[frontEnd](async () => {
        const pool = new virsh.StoragePool("images", {
          host,
          name: own.name,
          path: join(own.folder, "pool"),
        });
        const place = { host, pool: pool.name };
        const content = { image: { url: `file://${image}`, checksum } };
        const base = new virsh.Volume("base", { ...place, name: "base.qcow2", content, onDelete });
        for (const name of guests) {
          const disk = new virsh.Volume(name, {
            ...place,
            name: `${name}.qcow2`,
            capacity,
            content: { backing: { path: base.path, format: "qcow2" } },
            onDelete,
          });
          new virsh.Domain(name, {
            host,
            name,
            type,
            memory: "32 MiB",
            running: true,
            forceOff: true,
            shutdownTimeoutSeconds: 0,
            disks: [{ target: "vda", source: { file: disk.path }, format: "qcow2" }],
          });
        }
        return { path: base.path, isOurs: base.isOurs };
      });
      try {
        await stack.stack.setConfig("virsh:strictPreview", { value: "true" });
        expect((await stack.preview()).diagnostics.join("")).not.to.contain("not possible");
        expect(existsSync(join(own.folder, "pool"))).to.equal(false);
        await stack.up();
        const outputs = await stack.stack.outputs();
        const folder = join(own.folder, "pool");
        expect(outputs.path?.value).to.equal(join(folder, "base.qcow2"));
        expect(outputs.isOurs?.value).to.equal(true);
        const changed = async () => (await stack.preview()).steps.filter(({ op }) => op !== "same");
        expect(await changed()).to.deep.equal([]);

        capacity = "16 MiB";
        const told = await stack.preview();
        expect(told.diagnostics.join("")).to.contain("capacity 8 MiB → 16 MiB (live)");
        // A dynamic provider can't say which outputs an update leaves alone: the engine takes the path for unknown.
        const touched = new Set(
          told.steps
            .filter(({ op }) => op !== "same")
            .map(({ urn }) => urn.split("::").at(2)?.split(":").at(-1)),
        );
        expect([...touched]).to.have.members(frontEnd === "native" ? ["Volume"] : ["Domain", "Volume"]);
        await stack.up();
        for (const name of guests) {
          const text = await mustRun([
            "qemu-img",
            "info",
            "-U",
            "--output=json",
            join(folder, `${name}.qcow2`),
          ]);
          expect(JSON.parse(text)).to.include({ "virtual-size": 16 * 1024 ** 2 });
          expect(await own.virsh("domstate", name)).to.match(/running/);
        }
        expect(await changed()).to.deep.equal([]);

        capacity = "4 MiB";
        const refused = await stack.preview().catch((error: Error) => ({ diagnostics: [error.message] }));
        expect(refused.diagnostics.join("")).to.contain("nothing is ever shrunk");
        capacity = "16 MiB";
        await stack.destroy();
        expect(existsSync(join(folder, "base.qcow2"))).to.equal(false);
        expect(await own.virsh("pool-list", "--all", "--name")).not.to.contain(own.name);
        expect(existsSync(folder)).to.equal(true);

        onDelete = "keep";
        await stack.up();
        const lost = join(folder, `${guests[1]}.qcow2`);
        renameSync(lost, `${lost}.away`);
        await own.virsh("pool-refresh", own.name);
        const missing = await stack.preview().catch((error: Error) => ({ diagnostics: [error.message] }));
        expect(missing.diagnostics.join("")).to.contain("is not on the host any more");
        renameSync(`${lost}.away`, lost);
        await own.virsh("pool-refresh", own.name);
        expect(await changed()).to.deep.equal([]);
        await stack.destroy();
        const left = join(folder, `${guests[0]}.qcow2`);
        expect(existsSync(left)).to.equal(true);
        // The pool is gone, so nothing but the program says which folder the old disk is in.
        expect((await stack.preview()).diagnostics.join("")).to.contain(`${left} is there already`);
      } finally {
        await stack.remove();
      }
    });
});
