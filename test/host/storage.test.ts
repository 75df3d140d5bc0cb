import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { beginRun } from "../../provider/host/process/perRun.ts";
import { storageKinds } from "../../provider/model/arguments/kinds.ts";
import { operationsOf } from "../../provider/operations/all.ts";
import { makeReport } from "../../provider/report/make.ts";
import { readRecords } from "../../provider/report/readRecords.ts";
import { imagesFolder } from "../../tools/sandbox/folders.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import type { TestDomain } from "../support/domains.ts";
import { failureOf, testDomain } from "../support/domains.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { startGuest } from "../support/guest.ts";
import { isEvent } from "../support/guestConsole.ts";
import { startHost } from "../support/hosts.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import type { TestStorage } from "../support/storage.ts";
import { makeOverlay, testStorage } from "../support/storage.ts";

describe("storage pools and volumes", function () {
  this.timeout(180_000);
  let box: Sandbox;
  let own: TestStorage;
  let guest: TestDomain;

  before(async () => {
    box = await sandbox();
  });
  beforeEach(async () => {
    [own, guest] = [await testStorage("storage"), await testDomain("storage")];
  });
  afterEach(async () => {
    await guest.remove();
    await own.end();
  });

  const info = () => own.virsh("pool-info", "--pool", own.name);
  const pathOf = (name: string) => join(own.folder, name);
  const imageOf = async (name: string) =>
    JSON.parse(await mustRun(["qemu-img", "info", "-U", "--output=json", pathOf(name)])) as Readonly<
      Record<string, unknown>
    >;
  const sizeOnDisk = (name: string) => statSync(pathOf(name)).blocks * 512;
  const diskOn = (name: string, format = "qcow2") => ({
    type: box.domainType,
    memory: "32 MiB",
    disks: [{ target: "vda", source: { file: pathOf(name) }, format }],
  });

  describe("a pool", () => {
    it("is made with its folder, started, and starts with its host; a second preview is empty", async () => {
      const path = join(own.folder, "deep/down");
      expect((await own.preview("StoragePool", { path })).obstacles).to.deep.equal([]);
      const { outputs, notes } = await own.create("StoragePool", { path });
      expect([outputs.isOurs, outputs.pendingRestart, notes]).to.deep.equal([true, [], []]);
      expect(await info())
        .to.match(/State: +running/)
        .and.match(/Autostart: +yes/);
      expect(statSync(path).isDirectory()).to.equal(true);
      const { isNeeded, lines } = await own.diff("StoragePool", { path });
      expect([isNeeded, lines]).to.deep.equal([false, []]);
    });

    it("that can't be started is not left behind", async () => {
      writeFileSync(pathOf("file"), "");
      const error = await failureOf(own.create("StoragePool", { path: pathOf("file/below") }));
      expect(error.message).to.contain(`can't create the storage pool "${own.name}"`);
      expect(await failureOf(info())).to.be.an("error");
    });

    it("changes its state live, and shows what somebody else changed", async () => {
      await own.create("StoragePool", {});
      await own.update("StoragePool", {}, { autostart: false });
      expect(await info()).to.match(/Autostart: +no/);
      await own.virsh("pool-destroy", own.name);
      const { isNeeded, lines } = await own.diff("StoragePool", { autostart: false });
      expect([isNeeded, lines]).to.deep.equal([true, [`${own.name}: active false → true (live)`]]);
      expect(await own.read("StoragePool", { autostart: false })).to.include({ active: false });
      await own.update("StoragePool", { autostart: false }, { autostart: false });
      expect(await info()).to.match(/State: +running/);
    });

    it("takes another folder at its next start, and says so until then", async () => {
      await own.create("StoragePool", {});
      const path = pathOf("other");
      const { lines } = await own.diff("StoragePool", {}, { path });
      expect(lines).to.deep.equal([`${own.name}: path ${own.folder} → ${path} (next start)`]);
      const { outputs, notes } = await own.update("StoragePool", {}, { path });
      expect(outputs.pendingRestart).to.deep.equal(["path"]);
      expect(notes).to.have.length(1);
      expect(await own.virsh("pool-dumpxml", own.name)).to.contain(`<path>${own.folder}</path>`);
      expect(await own.virsh("pool-dumpxml", "--inactive", own.name)).to.contain(`<path>${path}</path>`);
      await own.virsh("pool-destroy", own.name);
      await own.update("StoragePool", { path }, { path });
      expect(await own.virsh("pool-dumpxml", own.name)).to.contain(`<path>${path}</path>`);
    });

    it("can't have the folder of another pool, and one that somebody else has started goes on", async () => {
      await own.create("StoragePool", {});
      const error = await failureOf(own.create("StoragePool", { name: `${own.name}-twin` }));
      expect(error.message).to.contain("declare that pool, or another path or source");
      const off = { active: false, autostart: false };
      await own.update("StoragePool", {}, off);
      const host = await startHost();
      try {
        const both = [own.connection.host, host.uri()].map((each) =>
          own.update("StoragePool", { ...off, host: each }, { host: each }),
        );
        await Promise.all(both);
        expect(await own.virsh("pool-info", own.name)).to.match(/State: +running/);
      } finally {
        await host.remove();
      }
    });

    it("that was there is taken over, and stays when the resource goes", async () => {
      await own.create("StoragePool", {});
      const told = await own.preview("StoragePool", {});
      expect(told.lines).to.deep.equal([
        `${own.name}: the storage pool is there already and is taken over; removing the resource leaves it on the host`,
      ]);
      const { outputs } = await own.create("StoragePool", {});
      expect(outputs.isOurs).to.equal(false);
      const lines = await own.remove("StoragePool", {}, { isOurs: false });
      expect(lines.join()).to.contain("stays on the host");
      expect(await info()).to.match(/State: +running/);
    });

    it("goes without its files, and not at all while a guest names it", async () => {
      await own.create("StoragePool", {});
      await own.create("Volume", { name: "data", capacity: "1 MiB" });
      const source = { volume: { pool: own.name, volume: "data" } };
      await guest.create("Domain", {
        type: box.domainType,
        memory: "32 MiB",
        disks: [{ target: "vda", source, format: "qcow2" }],
      });
      expect((await own.remove("StoragePool", {})).join()).to.contain(
        `stays on the host, for disks of "${guest.name}" are volumes`,
      );
      await guest.remove();
      expect((await own.remove("StoragePool", {})).join()).to.contain("the files in it stay");
      expect(await failureOf(info())).to.be.an("error");
      expect(existsSync(pathOf("data"))).to.equal(true);
    });

    it("of another type is refused", async () => {
      await own.connection.run([
        {
          argv: ["virsh", "-c", own.connection.virshUri, "pool-define", "/dev/stdin"],
          stdin: `<pool type='netfs'><name>${own.name}</name><source><host name='h'/><dir path='/d'/></source><target><path>/mnt</path></target></pool>`,
        },
      ]);
      const { obstacles } = await own.preview("StoragePool", {});
      expect(obstacles.join()).to.contain(
        "not possible: type is dir, and the pool on the host is of the type netfs",
      );
      expect((await failureOf(own.create("StoragePool", {}))).message).to.contain("nothing has changed");
    });
  });

  describe("a volume", () => {
    beforeEach(() => own.create("StoragePool", {}));

    it("is an empty qcow2 image of version 3, or a raw one that takes no space", async () => {
      const { outputs } = await own.create("Volume", { name: "data", capacity: "20 MiB" });
      expect(outputs).to.include({ path: pathOf("data"), isOurs: true });
      expect(await imageOf("data")).to.include({ format: "qcow2", "virtual-size": 20 * 1024 ** 2 });
      expect(JSON.stringify(await imageOf("data"))).to.contain('"compat":"1.1"');
      await own.create("Volume", { name: "raw", capacity: 1_234_567, format: "raw" });
      const { size, blocks } = statSync(pathOf("raw"));
      expect([size, blocks]).to.deep.equal([1_234_567, 0]);
      for (const args of [
        { name: "data", capacity: "20 MiB" },
        { name: "raw", capacity: 1_234_567, format: "raw" },
      ])
        expect(await own.diff("Volume", args)).to.include({ isNeeded: false });
    });

    it("of a size that libvirt rounds up is as declared", async () => {
      const args = { name: "data", capacity: 1_234_567 };
      await own.create("Volume", args);
      expect(await imageOf("data")).to.include({ "virtual-size": 1_234_944 });
      expect(await own.diff("Volume", args)).to.include({ isNeeded: false });
      expect(await own.read("Volume", args)).to.include({ capacity: 1_234_567 });
    });

    it("is laid out as declared", async () => {
      const args = {
        ...{ name: "data", capacity: "8 MiB", preallocation: "metadata" },
        ...{ clusterSize: "128 KiB", lazyRefcounts: true, extendedL2: true, nocow: true },
      };
      await own.create("Volume", args);
      const image = await imageOf("data");
      expect(image).to.include({ "cluster-size": 131_072 });
      expect(image["format-specific"]).to.have.property("data").that.includes({
        "lazy-refcounts": true,
        "extended-l2": true,
      });
      const plain = { name: "plain", capacity: "8 MiB" };
      await own.create("Volume", plain);
      expect(sizeOnDisk("data")).to.be.greaterThan(sizeOnDisk("plain"));
      for (const refresh of [false, true]) {
        if (refresh) await own.virsh("pool-refresh", own.name);
        for (const each of [args, plain])
          expect(await own.diff("Volume", each)).to.deep.include({ isNeeded: false, lints: [] });
      }
      await own.create("Volume", { name: "full", capacity: "8 MiB", format: "raw", preallocation: "full" });
      expect(sizeOnDisk("full")).to.be.at.least(8 * 1024 ** 2);
    });

    for (const format of ["qcow2", "raw"])
      it(`grows while its guest runs, and while the guest is off (${format})`, async () => {
        const args = { name: "data", capacity: "8 MiB", format };
        await own.create("Volume", args);
        await guest.create("Domain", { ...diskOn("data", format), running: true });
        const larger = { ...args, capacity: "16 MiB" };
        const { lines, runState } = await own.diff("Volume", args, larger);
        expect(lines).to.deep.equal([`${own.name}/data: capacity 8 MiB → 16 MiB (live)`]);
        expect(runState).to.deep.equal(["capacity"]);
        await own.update("Volume", args, larger);
        // QEMU tells this size, not the file.
        const nodes = await guest.virsh("qemu-monitor-command", '{"execute":"query-named-block-nodes"}');
        expect(nodes).to.contain(`"virtual-size":${16 * 1024 ** 2}`);
        expect(await own.diff("Volume", larger)).to.include({ isNeeded: false });
        await guest.virsh("destroy");
        await own.update("Volume", larger, { ...args, capacity: "24 MiB" });
        expect(await imageOf("data")).to.include({ "virtual-size": 24 * 1024 ** 2 });
      });

    it("is seen by its guest in the new size at once", async () => {
      const args = { name: "data", capacity: "8 MiB", format: "raw" };
      const { outputs } = await own.create("Volume", args);
      const disk = { name: "one", file: String(outputs.path), target: "vda" };
      const running = await startGuest({ name: testName("sees"), disks: [disk], settings: "depth=4" });
      try {
        const seen = running.console.waitFor("its new size", isEvent("resized", "one"));
        await own.update("Volume", args, { ...args, capacity: "16 MiB" });
        expect(await seen).to.include({ sectors: (16 * 1024 ** 2) / 512 });
        const [load] = await running.console.windows(1);
        expect(load).to.include({ errors: 0 });
      } finally {
        await running.remove();
      }
    });

    it("never shrinks, whoever grew it", async () => {
      const args = { name: "data", capacity: "8 MiB" };
      await own.create("Volume", args);
      await own.virsh("vol-resize", "--pool", own.name, "--vol", "data", "--capacity", "16M");
      const { obstacles } = await own.diff("Volume", args);
      expect(obstacles.join()).to.contain(
        "not possible: capacity of 8 MiB is less than the 16 MiB that the volume has",
      );
      const error = await failureOf(own.update("Volume", args, args));
      expect(error.message).to.contain("nothing has changed on the host");
      expect(await imageOf("data")).to.include({ "virtual-size": 16 * 1024 ** 2 });
      // What a refresh takes over is no difference any more.
      const found = await own.read("Volume", args);
      expect(found).to.include({ capacity: "16 MiB" });
    });

    it("is neither grown nor deleted once something else has its name", async () => {
      const args = { name: "data", capacity: "8 MiB", onDelete: "delete" };
      const larger = { ...args, capacity: "16 MiB" };
      for (const put of [
        async () => writeFileSync(pathOf("data"), "precious"),
        () => makeOverlay(pathOf("data"), pathOf("below"), { size: "8M" }),
      ]) {
        await mustRun(["rm", "-f", pathOf("data"), pathOf("below")]);
        await own.virsh("pool-refresh", own.name);
        await own.create("Volume", args);
        await own.create("Volume", { ...args, name: "below" });
        await mustRun(["rm", pathOf("data")]);
        await put();
        await own.virsh("pool-refresh", own.name);
        const before = readFileSync(pathOf("data"));
        const told = await own.diff("Volume", args, larger);
        if (before.includes("precious")) {
          expect(told.lines).to.deep.equal([]);
          expect(told.obstacles.join()).to.contain("not possible: format is raw on the host, not qcow2");
          await failureOf(own.update("Volume", args, larger));
        }
        const [line = ""] = await own.remove("Volume", args);
        expect(line).to.match(
          /stays on the host, for it is another one: it(?:s format is raw| has .*below below it)/,
        );
        expect(readFileSync(pathOf("data")).equals(before)).to.equal(true);
      }
    });

    it("stays in the state while its pool is stopped, gone or elsewhere", async () => {
      const { name } = own;
      const args = { host: own.connection.host, pool: name, name: "data", capacity: "8 MiB" };
      const { path } = (await own.create("Volume", args)).outputs;
      const read = () => {
        beginRun();
        return operationsOf(storageKinds.Volume).read({ id: "", outputs: args }, { path: String(path) });
      };
      const kept = async (why: string) => {
        const found = await read();
        expect(found).to.deep.include({ isKept: true, outputs: args });
        expect(found?.notes.join()).to.contain(`kept in the state as it was, for ${why}`);
      };
      await own.virsh("pool-destroy", name);
      await kept("its storage pool is not active");
      await own.virsh("pool-undefine", name);
      await kept("its storage pool is not on the host");
      const elsewhere = join(own.folder, "elsewhere");
      await own.create("StoragePool", { path: elsewhere });
      await kept(`its pool does not list it, and its file ${path} is there`);
      await mustRun(["rm", String(path)]);
      expect(await read()).to.equal(null);
    });

    it("waits, unless it changes, while the program declares its pool not active", async () => {
      const place = { host: own.connection.host };
      const pool = { ...place, name: own.name, path: own.folder, active: false };
      const args = { ...place, pool: own.name, name: "data", capacity: "8 MiB" };
      await own.create("Volume", args);
      beginRun();
      await operationsOf(storageKinds.StoragePool).diff({ ...pool, active: true }, pool, {});
      const diff = (to: object) => operationsOf(storageKinds.Volume).diff(args, { ...args, ...to }, {});
      const why = "with active: false, and only an active pool has volumes: set active to true";
      const same = await diff({});
      expect(same).to.include({ isNeeded: false });
      expect(same.lints.join()).to.contain("not compared").and.contain(why);
      expect((await diff({ capacity: "16 MiB" })).obstacles.join())
        .to.contain("not possible")
        .and.contain(why);
      const fresh = await operationsOf(storageKinds.Volume).preview(null, { ...args, name: "new" });
      expect(fresh.obstacles.join()).to.contain(why);
    });

    it("keeps its content and format for life", async () => {
      const args = { name: "data", capacity: "8 MiB" };
      await own.create("Volume", args);
      for (const change of [
        { format: "raw" },
        { content: { clone: { name: "other" } } },
        { content: { backing: { path: "/base", format: "raw" } } },
      ]) {
        const { obstacles } = await own.diff("Volume", args, { ...args, ...change });
        expect(obstacles.join()).to.match(/not possible: (?:format|content) can't change/);
        const error = await failureOf(own.update("Volume", args, { ...args, ...change }));
        expect(error.message).to.contain("nothing has changed on the host");
      }
    });

    it("is an overlay of another image, not smaller than that", async () => {
      await own.create("Volume", { name: "base", capacity: "8 MiB" });
      const content = { backing: { path: pathOf("base"), format: "qcow2" } };
      await own.create("Volume", { name: "same", content });
      expect(await imageOf("same")).to.include({
        "virtual-size": 8 * 1024 ** 2,
        "backing-filename": pathOf("base"),
        "backing-filename-format": "qcow2",
      });
      await own.create("Volume", { name: "larger", content, capacity: "16 MiB" });
      expect(await imageOf("larger")).to.include({ "virtual-size": 16 * 1024 ** 2 });
      const small = { name: "small", content, capacity: "4 MiB" };
      expect((await own.preview("Volume", small)).obstacles.join()).to.contain(
        "not possible: capacity of 4 MiB",
      );
      expect((await failureOf(own.create("Volume", small))).message).to.contain("cut off");
      expect(existsSync(pathOf("small"))).to.equal(false);
    });

    it("is not smaller than an image that no pool lists, either", async () => {
      // The pool was not looked through since somebody put the image there.
      for (const format of ["qcow2", "raw"]) {
        await mustRun(["qemu-img", "create", "-q", "-f", format, pathOf(format), "8M"]);
        const content = { backing: { path: pathOf(format), format } };
        const small = { name: "small", content, capacity: "4 MiB" };
        const want = `capacity of 4 MiB is less than the 8 MiB of ${pathOf(format)} below it`;
        expect((await own.preview("Volume", small)).obstacles.join()).to.contain(`not possible: ${want}`);
        expect((await failureOf(own.create("Volume", small))).message).to.contain(want);
        expect(existsSync(pathOf("small"))).to.equal(false);
        await own.create("Volume", { name: `over-${format}`, content, capacity: "8 MiB" });
      }
    });

    it("is a copy of another volume, of the size that is declared", async () => {
      await own.create("Volume", { name: "base", capacity: "8 MiB" });
      await own.create("Volume", { name: "copy", capacity: "16 MiB", content: { clone: { name: "base" } } });
      expect(await imageOf("copy")).to.include({ "virtual-size": 16 * 1024 ** 2 });
      expect(await imageOf("copy")).not.to.have.property("backing-filename");
      const small = { name: "small", capacity: "4 MiB", content: { clone: { name: "base" } } };
      const want = `capacity of 4 MiB is less than the 8 MiB of ${own.name}/base, of which it is a copy`;
      expect((await own.preview("Volume", small)).obstacles.join()).to.contain(`not possible: ${want}`);
      expect((await failureOf(own.create("Volume", small))).message).to.contain(want);
      expect(existsSync(pathOf("small"))).to.equal(false);
    });

    it("that was there is taken over with what it holds", async () => {
      await mustRun(["qemu-img", "create", "-q", "-f", "qcow2", pathOf("data"), "8M"]);
      // libvirt does not know the file yet: it was made behind the pool's back.
      const { outputs, notes } = await own.create("Volume", { name: "data", capacity: "16 MiB" });
      expect(outputs.isOurs).to.equal(false);
      expect(notes.join()).to.contain("the volume is there already (8 MiB) and is taken over");
      expect(await imageOf("data")).to.include({ "virtual-size": 16 * 1024 ** 2 });
      const raw = { name: "data", capacity: "16 MiB", format: "raw" };
      expect((await own.preview("Volume", raw)).obstacles.join()).to.contain("format is qcow2 on the host");
      expect((await failureOf(own.create("Volume", raw))).message).to.contain("nothing has changed");
    });

    it("goes into the plan file and the report", async () => {
      const file = pathOf("plan");
      process.env.PULUMI_VIRSH_PLAN = file;
      try {
        const args = { name: "data", capacity: "8 MiB" };
        const host = own.connection.host;
        await operationsOf(storageKinds.Volume).recordCreation(
          { host, pool: own.name, ...args },
          await own.preview("Volume", args),
        );
        await own.create("Volume", args);
        await own.diff("Volume", args, { ...args, capacity: "16 MiB" });
        await own.create("Volume", { name: "other", capacity: "8 MiB" });
        await own.diff("Volume", { name: "other", capacity: "8 MiB" }, { name: "other", capacity: "4 MiB" });
        await own.diff("StoragePool", {}, { autostart: false });
        const lines = readFileSync(file, "utf8").trimEnd().split("\n");
        // Of several lines for one resource the last counts; the first is the creation.
        expect(lines.find((line) => line.includes('"add"'))).to.contain('"object":{"kind":"volume"');
        const { hosts, totals } = makeReport(readRecords(lines.join("\n")));
        const told = hosts.flatMap(({ domains }) =>
          domains.map(({ name, label, changes, obstacles }) => [
            name,
            label,
            changes.map(({ path, before, after }) => `${path} ${before} ${after}`).join(),
            obstacles.join(),
          ]),
        );
        expect(told).to.deep.equal([
          [`storage pool ${own.name}`, "live", "autostart true false", ""],
          [`volume ${own.name}/data`, "live", "capacity 8 MiB 16 MiB", ""],
          [
            `volume ${own.name}/other`,
            null,
            "",
            "capacity of 4 MiB is less than the 8 MiB that the volume has, and nothing is ever shrunk: declare at least that",
          ],
        ]);
        expect([totals.guests, totals.changes, totals.errors]).to.deep.equal([0, 2, 1]);
      } finally {
        delete process.env.PULUMI_VIRSH_PLAN;
      }
    });

    it("that is there already is named before its pool is started", async () => {
      const args = { name: "data", capacity: "8 MiB" };
      await own.create("Volume", args);
      await own.virsh("pool-destroy", own.name);
      const { lines, outputs } = await own.preview("Volume", args);
      expect(lines).to.deep.equal([
        `${own.name}/data: ${pathOf("data")} is there already and is taken over with what it holds; removing the resource leaves it on the host`,
      ]);
      expect(outputs.isOurs).to.equal(false);
    });

    it("needs its pool: missing, not active", async () => {
      const args = { name: "data", capacity: "8 MiB" };
      await own.create("Volume", args);
      await own.virsh("pool-destroy", own.name);
      expect((await own.diff("Volume", args)).obstacles.join()).to.contain("is not active");
      expect((await failureOf(own.update("Volume", args, args))).message).to.contain("is not active");
      // A pool that is not active proves nothing about its volumes.
      expect(await own.read("Volume", args)).to.include(args);
      await own.virsh("pool-undefine", own.name);
      expect((await own.preview("Volume", args)).obstacles.join()).to.contain("has no storage pool");
    });

    describe("that is removed", () => {
      const args = { name: "data", capacity: "8 MiB", onDelete: "delete" };
      const stays = async (why: string, given: Record<string, unknown> = args) => {
        expect((await own.remove("Volume", given)).join()).to.contain(why);
        expect(existsSync(pathOf("data"))).to.equal(true);
      };
      beforeEach(() => own.create("Volume", args));

      it("stays unless onDelete says otherwise, or when it was there before", async () => {
        await stays('onDelete is "keep"', { name: "data" });
        expect((await own.remove("Volume", args, { isOurs: false })).join()).to.contain("was there before");
        expect(existsSync(pathOf("data"))).to.equal(true);
        expect(await own.remove("Volume", args)).to.deep.equal([]);
        expect(existsSync(pathOf("data"))).to.equal(false);
      });

      it("stays while a guest has it: running, off, saved, or through an overlay that no pool has", async () => {
        await guest.create("Domain", { ...diskOn("data"), running: true });
        await stays(`the guest "${guest.name}" has it`);
        await guest.virsh("managedsave");
        await stays(`the guest "${guest.name}" has it`);
        await guest.virsh("managedsave-remove");
        await stays(`the guest "${guest.name}" has it`);
        const elsewhere = temporaryFolder("elsewhere", imagesFolder());
        const overlay = join(elsewhere, "top.qcow2");
        await makeOverlay(overlay, pathOf("data"));
        const disk = { target: "vda", source: { file: overlay }, format: "qcow2" };
        await guest.update("Domain", diskOn("data"), { ...diskOn("data"), disks: [disk] });
        expect((await guest.facts()).inactiveXml).not.to.contain(pathOf("data"));
        await stays(`the guest "${guest.name}" has it`);
        removeFolder(elsewhere);
      });

      it("stays while a guest or an overlay names it through a link", async () => {
        const elsewhere = temporaryFolder("links", imagesFolder());
        symlinkSync(own.folder, join(elsewhere, "folder"));
        const linked = join(elsewhere, "folder/data");
        const disk = { target: "vda", source: { file: linked }, format: "qcow2" };
        await guest.create("Domain", { ...diskOn("data"), disks: [disk] });
        await stays(`the guest "${guest.name}" has it`);
        await guest.remove();
        await makeOverlay(pathOf("top"), linked);
        await own.virsh("pool-refresh", own.name);
        await stays('the volume "top" is backed by it');
        removeFolder(elsewhere);
      });

      it("stays while a loop device of the host shows it", async () => {
        const device = (await mustRun(["losetup", "--find", "--show", pathOf("data")])).trim();
        try {
          await stays(`the loop device ${device.slice(5)} shows it`);
        } finally {
          await mustRun(["losetup", "--detach", device]);
        }
        expect(await own.remove("Volume", args)).to.deep.equal([]);
      });

      it("stays while a volume is backed by it", async () => {
        await own.create("Volume", {
          name: "top",
          content: { backing: { path: pathOf("data"), format: "qcow2" } },
        });
        await stays('the volume "top" is backed by it');
      });
    });
  });
});
