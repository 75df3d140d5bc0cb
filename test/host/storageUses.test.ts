import { existsSync, linkSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { runOne, virsh } from "../../provider/host/virsh/virsh.ts";
import { kinds, storageKinds } from "../../provider/model/arguments/kinds.ts";
import { operationsOf } from "../../provider/operations/all.ts";
import { imagesFolder } from "../../tools/sandbox/folders.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import { removePool } from "../../tools/sandbox/sweep.ts";
import type { TestDomain } from "../support/domains.ts";
import { failureOf, testDomain } from "../support/domains.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { startHost } from "../support/hosts.ts";
import { sandbox } from "../support/sandbox.ts";
import type { TestStorage } from "../support/storage.ts";
import { makeOverlay, testStorage } from "../support/storage.ts";

describe("what uses a volume", function () {
  this.timeout(180_000);
  let box: Sandbox;
  let own: TestStorage;
  let guest: TestDomain;
  let elsewhere: string;
  const args = { name: "data", capacity: "8 MiB", onDelete: "delete" };

  before(async () => {
    box = await sandbox();
  });
  beforeEach(async () => {
    [own, guest] = [await testStorage("uses"), await testDomain("uses")];
    elsewhere = temporaryFolder("elsewhere", imagesFolder());
    await mustRun(["chmod", "755", elsewhere]);
    await own.create("StoragePool", {});
    await own.create("Volume", args);
  });
  afterEach(async () => {
    await guest.remove();
    await own.end();
    removeFolder(elsewhere);
  });

  const pathOf = (name: string) => join(own.folder, name);
  const with_ = (file: string, more = {}) => ({
    type: box.domainType,
    memory: "32 MiB",
    disks: [{ target: "vda", source: { file }, format: "qcow2", ...more }],
  });
  const stays = async (why: string) => {
    expect((await own.remove("Volume", args)).join()).to.contain(why);
    expect(existsSync(pathOf("data"))).to.equal(true);
  };
  const define = (xml: string) =>
    runOne(own.connection, "define", virsh(own.connection, ["define", "/dev/stdin"], xml));

  for (const [spelling, make] of Object.entries({
    "a link to its folder": () => {
      symlinkSync(own.folder, join(elsewhere, "pool"));
      return join(elsewhere, "pool/data");
    },
    "a link to itself": () => {
      symlinkSync(pathOf("data"), join(elsewhere, "link"));
      return join(elsewhere, "link");
    },
    "a second name": () => {
      linkSync(pathOf("data"), join(elsewhere, "hard"));
      return join(elsewhere, "hard");
    },
    "a path with detours": () => `${own.folder}/../${own.folder.split("/").at(-1)}//./data`,
  }))
    it(`is found through ${spelling}`, async () => {
      await guest.create("Domain", with_(make()));
      await stays(`the guest "${guest.name}" has it`);
    });

  it("is found through another pool with the same folder", async () => {
    symlinkSync(own.folder, join(elsewhere, "pool"));
    const other = `${own.name}-other`;
    await own.create("StoragePool", { name: other, path: join(elsewhere, "pool") });
    try {
      const source = { volume: { pool: other, volume: "data" } };
      await guest.create("Domain", { ...with_(""), disks: [{ target: "vda", source, format: "qcow2" }] });
      await stays(`the guest "${guest.name}" has it`);
    } finally {
      await removePool(other);
    }
  });

  it("is an overlay that somebody made in the folder and libvirt has not listed", async () => {
    await makeOverlay(pathOf("top"), pathOf("data"));
    await stays('the volume "top" is backed by it');
  });

  it("is an overlay with a relative path, or of a name in UTF-8", async () => {
    await makeOverlay(pathOf("häßlich 'x' $(y)"), "data");
    await stays("is backed by it");
  });

  it("is a guest with an image that can't be read: nothing is deleted", async () => {
    const blind = temporaryFolder("blind", elsewhere);
    const program = join(blind, "qemu-img");
    writeFileSync(program, "#!/bin/sh\necho 'Could not open: Permission denied' >&2; exit 1\n", {
      mode: 0o755,
    });
    await makeOverlay(join(elsewhere, "top"), pathOf("data"));
    await guest.create("Domain", with_(join(elsewhere, "top")));
    const host = await startHost({ lines: [`SetEnv PATH=${blind}:/usr/bin:/bin:/usr/sbin:/sbin`] });
    try {
      const removal = own.remove("Volume", { ...args, host: host.uri() });
      expect((await failureOf(removal)).message).to.match(/nothing about .*, an image of the guest/);
      expect(existsSync(pathOf("data"))).to.equal(true);
    } finally {
      await host.remove();
    }
  });

  for (const [what, spoil] of Object.entries({
    "is broken": ["sh", "-c", 'printf broken >"$1"'],
    "has lost its base": ["sh", "-c", 'qemu-img rebase -u -f qcow2 -b /nowhere/base -F qcow2 "$1"'],
  }))
    it(`is not a guest whose image ${what}`, async () => {
      const top = join(elsewhere, "top");
      await makeOverlay(top, pathOf("data"));
      await guest.create("Domain", with_(top));
      await stays(`the guest "${guest.name}" has it`);
      await mustRun([...spoil, "sh", top]);
      expect(await own.remove("Volume", args)).to.deep.equal([]);
    });

  it("is the first image of a chain that has lost its end", async () => {
    await makeOverlay(join(elsewhere, "top"), pathOf("data"));
    await guest.create("Domain", with_(join(elsewhere, "top")));
    await mustRun([
      "qemu-img",
      "rebase",
      "-u",
      "-f",
      "qcow2",
      "-b",
      "/nowhere/base",
      "-F",
      "qcow2",
      pathOf("data"),
    ]);
    await stays(`the guest "${guest.name}" has it`);
  });

  it("is not a guest whose image is gone", async () => {
    await makeOverlay(join(elsewhere, "top"), pathOf("data"));
    await guest.create("Domain", with_(join(elsewhere, "top")));
    removeFolder(elsewhere);
    expect(await own.remove("Volume", args)).to.deep.equal([]);
    mkdirSync(elsewhere);
  });

  it("is a snapshot that goes back to it", async () => {
    await guest.create("Domain", with_(pathOf("data")));
    await guest.virsh(
      "snapshot-create-as",
      "--name",
      "-before 'it'",
      "--disk-only",
      "--diskspec",
      `vda,file=${elsewhere}/after`,
    );
    // The guest is now defined without the volume; the snapshot still has it.
    const xml = (await guest.facts()).inactiveXml.replace(/<backingStore.*<\/backingStore>/s, "");
    await mustRun(["qemu-img", "create", "-q", "-f", "qcow2", `${elsewhere}/after`, "8M"]);
    await define(xml);
    expect((await guest.facts()).inactiveXml).not.to.contain(pathOf("data"));
    await stays(`the guest "${guest.name}" has it`);
    await guest.virsh("snapshot-delete", "--metadata", "-before 'it'");
  });

  it("is not a volume of the same name in another pool", async () => {
    const other = `${own.name}-other`;
    await own.create("StoragePool", { name: other, path: elsewhere });
    try {
      await own.create("Volume", { ...args, pool: other });
      const source = { volume: { pool: other, volume: "data" } };
      await guest.create("Domain", { ...with_(""), disks: [{ target: "vda", source, format: "qcow2" }] });
      expect(await own.remove("Volume", args)).to.deep.equal([]);
      expect(existsSync(pathOf("data"))).to.equal(false);
    } finally {
      await guest.remove();
      await removePool(other);
    }
  });

  for (const [what, name] of Object.entries({ volume: "data", overlay: "top" }))
    it(`is found as the ${what} of a pool that is off`, async () => {
      const other = `${own.name}-other`;
      const folder = name === "data" ? join(elsewhere, "pool") : elsewhere;
      if (name === "data") symlinkSync(own.folder, folder);
      else await makeOverlay(join(folder, name), pathOf("data"));
      await own.create("StoragePool", { name: other, path: folder });
      try {
        const source = { volume: { pool: other, volume: name } };
        await guest.create("Domain", { ...with_(""), disks: [{ target: "vda", source, format: "qcow2" }] });
        await own.virsh("pool-destroy", other);
        await stays(`the guest "${guest.name}" has it`);
      } finally {
        await removePool(other);
      }
    });

  for (const name of [
    "-x",
    "a b; $(touch x) `y` 'q' \"d\" & <e> >",
    "häßlich-日本",
    "n".repeat(255),
    "$HOME",
    "*",
  ])
    it(`is found, and deleted when it is not used, under the name ${name.slice(0, 40)}`, async () => {
      const odd = { ...args, name };
      const { outputs } = await own.create("Volume", odd);
      expect(outputs).to.include({ path: pathOf(name), isOurs: true });
      expect(await own.diff("Volume", odd)).to.include({ isNeeded: false });
      const source = { volume: { pool: own.name, volume: name } };
      await guest.create("Domain", { ...with_(""), disks: [{ target: "vda", source, format: "qcow2" }] });
      expect((await own.remove("Volume", odd)).join()).to.contain("has it");
      await guest.remove();
      await guest.create("Domain", with_(pathOf(name)));
      expect((await own.remove("Volume", odd)).join()).to.contain("has it");
      await guest.remove();
      await own.update("Volume", odd, { ...odd, capacity: "16 MiB" });
      expect(await own.remove("Volume", odd)).to.deep.equal([]);
      expect(existsSync(pathOf(name))).to.equal(false);
    });
});

describe("what a preview says of a volume that up would refuse", function () {
  this.timeout(120_000);
  let own: TestStorage;
  let guest: TestDomain;
  beforeEach(async () => {
    [own, guest] = [await testStorage("refused"), await testDomain("refused")];
    await own.create("StoragePool", {});
    await own.create("Volume", { name: "base", capacity: "8 MiB" });
    await own.create("Volume", { name: "raw", capacity: "8 MiB", format: "raw" });
  });
  afterEach(async () => {
    await guest.remove();
    await own.end();
  });

  const pathOf = (name: string) => join(own.folder, name);
  const backing = (name: string, format: string) => ({
    content: { backing: { path: pathOf(name), format } },
  });
  const cases: Readonly<Record<string, readonly [() => object, RegExp]>> = {
    "an image below that is missing": [
      () => backing("gone", "qcow2"),
      /content.backing.path .*does not exist/,
    ],
    "a raw image called qcow2": [
      () => backing("raw", "qcow2"),
      /content.backing.format is qcow2, and .* is raw/,
    ],
    "a qcow2 image called raw": [
      () => backing("base", "raw"),
      /content.backing.format is raw, and .* is qcow2/,
    ],
    "a copy of a volume that is missing": [
      () => ({ content: { clone: { name: "gone" } } }),
      /content.clone names the volume .* not on the host/,
    ],
    "a copy from a pool that is missing": [
      () => ({ content: { clone: { pool: "gone", name: "base" } } }),
      /content.clone.pool: the host has no storage pool/,
    ],
  };
  for (const [name, [make, why]] of Object.entries(cases))
    it(`${name}; up refuses it, too, and makes nothing`, async () => {
      const args = { name: "data", ...make() };
      expect((await own.preview("Volume", args)).obstacles.join()).to.match(why);
      expect((await failureOf(own.create("Volume", args))).message)
        .to.match(why)
        .and.contain("nothing has changed");
      expect(existsSync(pathOf("data"))).to.equal(false);
    });

  it("a copy of a volume that a running guest writes, and growing one whose guest is saved", async () => {
    const { domainType: type } = await sandbox();
    const disks = [{ target: "vda", source: { file: pathOf("raw") }, format: "raw" }];
    await guest.create("Domain", { type, memory: "32 MiB", disks, running: true });
    const copy = { name: "data", format: "raw", content: { clone: { name: "raw" } } };
    expect((await own.preview("Volume", copy)).obstacles.join()).to.contain("writes while it would be read");
    expect((await failureOf(own.create("Volume", copy))).message).to.contain("writes while it would be read");
    await guest.virsh("suspend");
    const raw = { name: "raw", format: "raw", capacity: "8 MiB" };
    await own.update("Volume", raw, { ...raw, capacity: "12 MiB" });
    await guest.virsh("managedsave");
    const larger = { ...raw, capacity: "16 MiB" };
    expect((await own.diff("Volume", raw, larger)).obstacles.join()).to.contain("is saved with it");
    expect((await failureOf(own.update("Volume", raw, larger))).message).to.contain("is saved with it");
    expect(statSync(pathOf("raw")).size).to.equal(12 * 1024 ** 2);
    await guest.virsh("managedsave-remove");
  });
});

describe("a guest on a volume of the same program", function () {
  this.timeout(60_000);

  it("that is not made yet is no missing image, though it is named as text", async () => {
    const own = await testStorage("declared");
    const guest = await testDomain("declared");
    try {
      const { uri: host } = await sandbox();
      const disk = (name: string) => ({
        host,
        name: guest.name,
        memory: "32 MiB",
        disks: [{ target: "vda", source: { file: join(own.folder, name) }, format: "qcow2" }],
      });
      const domains = operationsOf(kinds.Domain);
      const previews = async (name: string) => (await domains.preview(null, disk(name))).obstacles.join();
      expect(await previews("data")).to.contain("does not exist there");
      await own.preview("StoragePool", {});
      const by = { id: "urn:data", name: "data" };
      const pool = { host, name: own.name, path: `${own.folder}/` };
      operationsOf(storageKinds.StoragePool).findRefused(pool, { id: "urn:pool", name: "pool" });
      operationsOf(storageKinds.Volume).findRefused(
        { host, pool: own.name, name: "data", capacity: "8 MiB" },
        by,
      );
      expect(await previews("data")).to.equal("");
      expect(await previews("other")).to.contain("does not exist there");
    } finally {
      await guest.remove();
      await own.end();
    }
  });
});
