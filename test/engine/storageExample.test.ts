import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { connectionTo } from "../../provider/host/connections.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import { imagesFolder } from "../../tools/sandbox/folders.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import { removeDomain, removePool } from "../../tools/sandbox/sweep.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { copyExample } from "../support/project.ts";
import { sandbox, testName } from "../support/sandbox.ts";

const guests = 10;

describe("examples/storage, as a user runs it", function () {
  this.timeout(600_000);

  it("makes ten guests on one base image, grows the disk of one while it runs, and leaves nothing but the folder", async () => {
    const { uri, domainType } = await sandbox();
    const pool = testName("stored");
    const own = temporaryFolder("stored", imagesFolder());
    await mustRun(["chmod", "755", own]);
    const folder = join(own, "images");
    const names = Array.from({ length: guests }, (_, at) => `${pool}-${at + 1}`);
    const [first = ""] = names;
    const project = await copyExample("storage", "nodejs");
    const { must } = project;
    const factsOf = async (name: string) => (await readDomain(connectionTo(uri), name)).domain;
    /** QEMU tells this size, not the file. */
    const sizeOf = async (name: string) =>
      mustRun(["virsh", "-c", "qemu:///system", "domblkinfo", name, "vda"]);
    try {
      const settings = { host: uri, pool, folder, guests: String(guests), type: domainType };
      const pairs = Object.entries(settings).flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]);
      await must("config", "set-all", ...pairs);
      await must("up", "--yes", "--skip-preview");
      await must("preview", "--expect-no-changes");
      const before = await Promise.all(names.map(factsOf));
      expect(before.map((facts) => facts?.state)).to.deep.equal(names.map(() => "running"));

      await must("config", "set", "--path", `capacities["${first}"]`, "4 GiB");
      expect(await must("preview")).to.contain(`${pool}/${first}.qcow2: capacity 2 GiB → 4 GiB (live)`);
      await must("up", "--yes", "--skip-preview");
      expect(await sizeOf(first)).to.match(new RegExp(`^Capacity: +${4 * 1024 ** 3}$`, "m"));
      const after = await Promise.all(names.map(factsOf));
      expect(after.map((facts) => facts?.qemuPid)).to.deep.equal(before.map((facts) => facts?.qemuPid));
      await must("preview", "--expect-no-changes");

      const said = await must("destroy", "--yes", "--skip-preview");
      expect(said).to.contain(`the folder ${folder} and the files in it stay on the host`);
      expect(existsSync(folder)).to.equal(true);
      for (const name of ["base", ...names])
        expect(existsSync(join(folder, `${name}.qcow2`)), name).to.equal(false);
    } finally {
      project.remove();
      for (const name of names) await removeDomain(name);
      await removePool(pool);
      removeFolder(own);
    }
  });
});
