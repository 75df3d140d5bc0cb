import { existsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Arguments } from "../../provider/model/arguments/field.ts";
import { storageKinds } from "../../provider/model/arguments/kinds.ts";
import { parseXml } from "../../provider/model/xml/parse.ts";
import { attributeOf, childrenOf } from "../../provider/model/xml/read.ts";
import { operationsOf } from "../../provider/operations/all.ts";
import { withLock } from "../../tools/sandbox/lock.ts";
import { mustRun, run } from "../../tools/sandbox/run.ts";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import { failureOf, testDomain } from "../support/domains.ts";
import { otherTypes, poolsOf } from "../support/pools.ts";
import { sandbox } from "../support/sandbox.ts";
import type { TestStorage } from "../support/storage.ts";
import { testStorage } from "../support/storage.ts";

describe("storage pools of other types", function () {
  this.timeout(180_000);
  let box: Sandbox;
  let own: TestStorage;
  let pools: ReturnType<typeof poolsOf>;
  const undone: (() => Promise<unknown>)[] = [];

  before(async () => {
    box = await sandbox();
  });
  beforeEach(async () => {
    own = await testStorage("types");
    pools = poolsOf(own.name);
  });
  afterEach(async () => {
    for (const undo of undone.splice(0).reverse()) await undo();
    await own.end();
  });

  const isThere = async () =>
    (await own.virsh("pool-list", "--all", "--name")).split("\n").includes(own.name);

  /** Whether the host has no driver for such a pool; then it is refused at preview and in `up`, with the remedy. */
  const isRefused = async (type: string, args: Arguments) => {
    const capabilities = parseXml(await own.virsh("pool-capabilities"));
    const [row] = childrenOf(capabilities, "pool").filter((pool) => attributeOf(pool, "type") === type);
    if (!row || attributeOf(row, "supported") !== "no") return false;
    const reason = `has no driver: install libvirt-daemon-driver-storage-${type} there`;
    expect((await own.preview("StoragePool", args)).obstacles.join()).to.contain(reason);
    expect((await failureOf(own.create("StoragePool", args))).message).to.contain(reason);
    expect(await isThere()).to.equal(false);
    return true;
  };

  describe("as definitions", () => {
    const state = { path: undefined, active: false, autostart: false };
    for (const type of otherTypes.filter((each) => each !== "mpath"))
      it(`are made, compared, changed, imported and removed, or refused before that: ${type}`, async () => {
        const [given, other] = pools[type];
        const args = { type, ...state, ...given };
        if (await isRefused(type, args)) return;
        expect((await own.preview("StoragePool", args)).obstacles).to.deep.equal([]);
        const { outputs } = await own.create("StoragePool", args);
        expect(outputs).to.deep.include({ isOurs: true, pendingRestart: [] });
        expect(await own.diff("StoragePool", args)).to.deep.include({
          isNeeded: false,
          lines: [],
          obstacles: [],
        });
        expect(await own.read("StoragePool", args)).to.deep.include({ type, ...given });
        const changed = { ...args, ...other };
        const { lines } = await own.diff("StoragePool", args, changed);
        for (const line of lines) expect(line).to.match(/: (?:path|source\S*) .* → .* \(live\)$/);
        expect(lines.length).to.be.greaterThan(0);
        await own.update("StoragePool", args, changed);
        expect(await own.diff("StoragePool", changed)).to.deep.include({ isNeeded: false, lines: [] });
        const found = await operationsOf(storageKinds.StoragePool).import(
          `${box.uri}#StoragePool/${own.name}`,
          {},
        );
        const imported = { ...state, ...found?.inputs };
        expect(imported).to.include({ type, active: false });
        expect(await own.diff("StoragePool", imported)).to.deep.include({ isNeeded: false, lines: [] });
        expect((await own.remove("StoragePool", changed)).join()).to.contain("stay on the host");
        expect(await isThere()).to.equal(false);
      });

    it("keep what no argument says, such as mount options", async () => {
      const others =
        "<fs:mount_opts><fs:option name='sync'/><fs:option name='lazytime'/></fs:mount_opts></pool>";
      const begin = "<pool type='netfs' xmlns:fs='http://libvirt.org/schemas/storagepool/fs/1.0'>";
      const source = `<source><host name='${own.name}'/><dir path='/a'/><format type='nfs'/><vendor name='v'/></source>`;
      const stdin = `${begin}<name>${own.name}</name>${source}<target><path>/tv/nfs</path></target>${others}`;
      await own.connection.run([
        { argv: ["virsh", "-c", own.connection.virshUri, "pool-define", "/dev/stdin"], stdin },
      ]);
      const dump = () => own.virsh("pool-dumpxml", "--pool", own.name);
      const before = await dump();
      expect(before).to.contain("<fs:option name='lazytime'/>").and.to.contain("<vendor name='v'/>");
      const args = {
        type: "netfs",
        ...state,
        path: "/tv/nfs",
        source: { hosts: [{ name: own.name }], dir: "/b" },
      };
      await own.update("StoragePool", args, args);
      expect(await dump()).to.equal(before.replace("'/a'", "'/b'"));
    });

    it("never lose a volume that other hosts may use, unless the pool is exclusive", async () => {
      const args = { type: "netfs", ...state, ...pools.netfs[0] };
      await own.create("StoragePool", args);
      const volume = { name: "v", capacity: "1 MiB", onDelete: "delete" };
      const [line] = await own.remove("Volume", volume);
      expect(line).to.match(
        /stays on the host, for its pool is of the type netfs, and guests of other hosts/,
      );
      // It goes on to the next rule: a stopped pool can't tell what uses a volume.
      const error = await failureOf(own.remove("Volume", volume, { isOurs: true, isExclusive: true }));
      expect(error.message).to.contain("is not active");
    });

    it("say what a volume can't be in them", async () => {
      const pool = { type: "logical", ...state, ...pools.logical[0] };
      if (await isRefused("logical", pool)) return;
      await own.create("StoragePool", pool);
      const image = { image: { url: "https://example.com/x" } };
      const { obstacles } = await own.preview("Volume", {
        name: "v",
        capacity: "1 MiB",
        format: "qcow2",
        content: image,
      });
      expect(obstacles.join("\n"))
        .to.contain(
          "content.image is not for a volume of a pool of the type logical, which can be empty or clone",
        )
        .and.to.contain("format is qcow2, and a volume of a pool of the type logical is raw: leave it out");
    });
  });

  it("of the type mpath are started and stopped", () =>
    // A host has one such pool at most.
    withLock(join(tmpdir(), "pulumi-virsh-mpath.lock"), async () => {
      const args = { type: "mpath", path: "/dev/mapper" };
      if (await isRefused("mpath", args)) return;
      await own.create("StoragePool", args);
      expect(await own.virsh("pool-info", "--pool", own.name)).to.match(/State: +running/);
      expect(await own.diff("StoragePool", args)).to.deep.include({ isNeeded: false, lines: [] });
      expect((await own.remove("StoragePool", args)).join()).to.contain("its volumes stay on the host");
    }));

  it("of the type dir give their folder the declared permissions, at the next start where it is active", async () => {
    const path = join(own.folder, "pool");
    const [args, changed] = ["0750", "701"].map((mode) => ({ path, permissions: { mode, owner: 0 } }));
    await own.create("StoragePool", { ...args });
    expect(statSync(path).mode & 0o777).to.equal(0o750);
    const { lines } = await own.diff("StoragePool", { ...args }, { ...changed });
    expect(lines).to.deep.equal([`${own.name}: permissions.mode 0750 → 701 (next start)`]);
    const { outputs } = await own.update("StoragePool", { ...args }, { ...changed });
    expect(outputs.pendingRestart).to.deep.equal(["permissions"]);
    await own.virsh("pool-destroy", "--pool", own.name);
    await own.update("StoragePool", { ...changed }, { ...changed });
    expect(statSync(path).mode & 0o777).to.equal(0o701);
    expect(await own.diff("StoragePool", { ...changed })).to.deep.include({ isNeeded: false, lines: [] });
  });

  it("of the type dir are not made with build: never, and become another type at their next start", async () => {
    const path = join(own.folder, "pool");
    const args = { path, build: "never" };
    expect((await failureOf(own.create("StoragePool", args))).message).to.contain(
      "No such file or directory",
    );
    expect([existsSync(path), await isThere()]).to.deep.equal([false, false]);
    await own.create("StoragePool", { path });
    const other = { type: "netfs", path, source: { hosts: [{ name: own.name }], dir: "/d" } };
    const { lines } = await own.diff("StoragePool", { path }, other);
    expect(lines).to.include(`${own.name}: type dir → netfs (next start)`);
    const { outputs } = await own.update("StoragePool", { path }, other);
    expect(outputs.pendingRestart).to.deep.equal(["type", "source"]);
    expect(await own.virsh("pool-dumpxml", "--pool", own.name)).to.contain("<pool type='dir'>");
  });

  describe("of the type fs, on a device", () => {
    let device: string;
    let args: { type: string; path: string; source: { devices: { path: string }[]; format?: string } };
    beforeEach(async () => {
      const file = join(own.folder, "device");
      await mustRun(["truncate", "-s", "32M", file]);
      device = (await mustRun(["losetup", "--find", "--show", file])).trim();
      undone.push(() => mustRun(["losetup", "--detach", device]));
      undone.push(() => run(["umount", args.path]));
      args = { type: "fs", path: join(own.folder, "mounted"), source: { devices: [{ path: device }] } };
    });
    const signature = async () =>
      (await run(["blkid", "-p", "-o", "value", "-s", "TYPE", device])).stdout.trim();

    it("are refused when nothing is on it, and it is never formatted", async () => {
      const error = await failureOf(own.create("StoragePool", args));
      expect(error.message).to.contain("wrong fs type").and.to.contain("nothing was formatted");
      expect([await signature(), await isThere()]).to.deep.equal(["", false]);
    });

    it("are mounted, hold volumes, and keep them when they go; not while a guest has one of them", async () => {
      await mustRun(["mkfs.ext4", "-q", device]);
      const mounts = async () => (await run(["findmnt", "-n", "-o", "SOURCE", args.path])).stdout.trim();
      await own.create("StoragePool", args);
      expect(await mounts()).to.equal(device);
      expect(await own.diff("StoragePool", args)).to.deep.include({ isNeeded: false, lines: [] });
      const volume = { name: "data", capacity: "4 MiB" };
      const { outputs } = await own.create("Volume", volume);
      expect(outputs).to.include({ path: join(args.path, "data"), isOurs: true });
      expect(await own.diff("Volume", volume)).to.include({ isNeeded: false });
      const guest = await testDomain("types");
      undone.push(() => guest.remove());
      await guest.create("Domain", {
        type: box.domainType,
        memory: "32 MiB",
        disks: [{ target: "vda", source: { file: join(args.path, "data") }, format: "qcow2" }],
      });
      const off = await own.diff("StoragePool", args, { ...args, active: false });
      const why = `disks of "${guest.name}" are volumes of this pool`;
      expect(off.obstacles.join()).to.contain(`active can't become false: ${why}`);
      expect((await own.remove("StoragePool", args)).join()).to.contain(`stays on the host, for ${why}`);
      await guest.remove();
      expect((await own.remove("StoragePool", args)).join()).to.contain("the files in it stay");
      expect([await mounts(), await signature()]).to.deep.equal(["", "ext4"]);
      // The next pool on the device has its volumes.
      await own.create("StoragePool", args);
      expect(await own.diff("Volume", volume)).to.include({ isNeeded: false });
      const xfs = { ...args, source: { ...args.source, format: "xfs" } };
      const { lines } = await own.diff("StoragePool", args, xfs);
      expect(lines).to.deep.equal([`${own.name}: source.format auto → xfs (next start)`]);
    });
  });
});
