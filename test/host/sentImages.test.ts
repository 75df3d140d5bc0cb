import { createHash, randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { PartialFailure } from "../../provider/errors.ts";
import { waitFor } from "../../tools/sandbox/processes.ts";
import { mustRun, run } from "../../tools/sandbox/run.ts";
import type { CountedHost } from "../support/countedHost.ts";
import { countedHost } from "../support/countedHost.ts";
import { failureOf } from "../support/domains.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import type { TestHost } from "../support/hosts.ts";
import { startHost } from "../support/hosts.ts";
import type { PrivateLibvirtd } from "../support/privateLibvirtd.ts";
import { startPrivateLibvirtd } from "../support/privateLibvirtd.ts";
import type { TestStorage } from "../support/storage.ts";
import { testStorage } from "../support/storage.ts";
import type { TestUser } from "../support/users.ts";
import { makeTestUser } from "../support/users.ts";

const MiB = 1024 ** 2;

describe("images of the program's machine", function () {
  this.timeout(180_000);
  let own: TestStorage;
  /** Folder of the images here; what the server has, too. */
  let here: string;
  let server: Server;
  let at: string;
  /** Files that the server was asked for. */
  let asked: string[];

  before(async () => {
    here = temporaryFolder("here");
    process.env.XDG_CACHE_HOME = join(here, "cache");
    server = createServer(({ url = "" }, response) => {
      asked.push(url);
      const file = join(here, url);
      if (!existsSync(file)) return void response.writeHead(404).end();
      response.end(readFileSync(file));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await mustRun(["qemu-img", "create", "-q", "-f", "qcow2", join(here, "base.qcow2"), "8M"]);
    await mustRun(["qemu-io", "-f", "qcow2", "-c", "write -P 7 0 1M", join(here, "base.qcow2")]);
    writeFileSync(join(here, "random.raw"), randomBytes(24 * MiB));
  });
  beforeEach(async () => {
    asked = [];
    own = await testStorage("sent");
    await own.create("StoragePool", {});
  });
  afterEach(() => own.end());
  after(async () => {
    delete process.env.XDG_CACHE_HOME;
    await new Promise((resolve) => server.close(resolve));
    removeFolder(here);
  });

  const digestOf = (name: string, algorithm = "sha256") =>
    `${algorithm}:${createHash(algorithm)
      .update(readFileSync(join(here, name)))
      .digest("hex")}`;
  const volume = (image: object, more: object = {}) => ({ name: "base", content: { image }, ...more });
  const raw = (more: object = {}) => volume({ file: join(here, "random.raw") }, { format: "raw", ...more });
  const files = () => readdirSync(own.folder);
  const isSame = (name: string) =>
    readFileSync(join(own.folder, "base")).equals(readFileSync(join(here, name)));

  it("are sent whole, checked or not, and are volumes at once", async () => {
    for (const checksum of [undefined, digestOf("base.qcow2"), digestOf("base.qcow2", "sha512")]) {
      const args = volume({ file: join(here, "base.qcow2"), ...(checksum ? { checksum } : {}) });
      expect((await own.preview("Volume", args)).obstacles).to.deep.equal([]);
      const { outputs } = await own.create("Volume", args);
      expect(outputs).to.include({ path: join(own.folder, "base"), isOurs: true });
      expect(files()).to.deep.equal(["base"]);
      expect(isSame("base.qcow2")).to.equal(true);
      expect((await own.diff("Volume", args)).isNeeded).to.equal(false);
      await own.virsh("vol-delete", "--pool", own.name, "--vol", "base");
    }
  });

  it("keep their holes", async () => {
    await mustRun(["truncate", "-s", "64M", join(here, "holes.raw")]);
    await mustRun(["qemu-io", "-f", "raw", "-c", "write -P 7 1M 64k", join(here, "holes.raw")]);
    await own.create("Volume", volume({ file: join(here, "holes.raw") }, { format: "raw" }));
    expect(isSame("holes.raw")).to.equal(true);
    expect(statSync(join(own.folder, "base")).blocks * 512).to.be.below(MiB);
  });

  it("are decompressed on the host, and grown", async () => {
    await mustRun(["sh", "-c", 'xz -c <"$1" >"$1.xz"', "sh", join(here, "base.qcow2")]);
    const image = { file: join(here, "base.qcow2.xz"), decompress: "xz" };
    await own.create("Volume", volume(image, { capacity: "16 MiB" }));
    const { stdout } = await run(["qemu-img", "info", join(own.folder, "base")]);
    expect(stdout).to.contain("16 MiB (16777216 bytes)");
    const { exitCode } = await run([
      "qemu-io",
      "-r",
      "-f",
      "qcow2",
      "-c",
      "read -P 7 0 1M",
      join(own.folder, "base"),
    ]);
    expect(exitCode).to.equal(0);
  });

  it("are sent by the system's ssh, and to this machine itself", async () => {
    const host = await startHost();
    try {
      for (const uri of [`${host.uri()}&command=ssh`, "qemu:///system"]) {
        await own.create("Volume", raw({ host: uri }));
        expect(isSame("random.raw"), uri).to.equal(true);
        await own.virsh("vol-delete", "--pool", own.name, "--vol", "base");
      }
    } finally {
      await host.remove();
    }
  });

  describe("change nothing and say why", () => {
    const refused = async (says: RegExp, image: object, more: object = {}) => {
      const error = await failureOf(own.create("Volume", volume(image, more)));
      expect(error.message).to.match(says);
      expect(files()).to.deep.equal([]);
    };

    it("where the file is missing or a folder, at preview too", async () => {
      for (const [file, says] of [
        [join(here, "none"), /can't read ".*none" on the machine where the program runs: .*no such file/],
        [here, /on the machine where the program runs is no file/],
      ] as const) {
        expect((await own.preview("Volume", volume({ file }))).obstacles.join()).to.match(says);
        await refused(says, { file });
      }
    });

    it("with another digest", () =>
      refused(/the image has sha256:[0-9a-f]{64}, not the declared sha256:0{64}/, {
        file: join(here, "base.qcow2"),
        checksum: `sha256:${"0".repeat(64)}`,
      }));

    it("in another format than declared", () =>
      refused(/it is raw, not the declared format qcow2/, { file: join(here, "random.raw") }));
  });

  it("leave nothing on a host whose disk is full, and say so", async () => {
    await mustRun(["mount", "-t", "tmpfs", "-o", "size=2M,mode=755", "tmpfs", own.folder]);
    try {
      await mustRun([
        "sh",
        "-c",
        'head -c 4M /dev/urandom | tee "$1" | xz -c >"$1.xz"',
        "sh",
        join(here, "full.raw"),
      ]);
      for (const image of [
        { file: join(here, "full.raw") },
        { url: `${at}/full.raw` },
        { file: join(here, "full.raw.xz"), decompress: "xz" },
      ]) {
        const error = await failureOf(own.create("Volume", volume(image, { format: "raw" })));
        expect(error.message).to.match(/the host can't write it: .*No space left on device/);
        expect(files()).to.deep.equal([]);
      }
    } finally {
      await mustRun(["umount", own.folder]);
    }
  });

  it("are brought once by two programs at the same time", async () => {
    const host = await startHost();
    try {
      // Hosts of different names have no lock of this process in common.
      const made = await Promise.all(
        [raw(), raw({ host: host.uri() })].map((args) => own.create("Volume", args)),
      );
      expect(made.map(({ outputs }) => outputs.isOurs)).to.have.members([true, false]);
      expect(isSame("random.raw")).to.equal(true);
      expect(files()).to.deep.equal(["base"]);
    } finally {
      await host.remove();
    }
  });

  it("never replace what has the name", async () => {
    writeFileSync(join(own.folder, "base"), "mine");
    const { outputs } = await own.create("Volume", raw({ format: "raw" }));
    expect(outputs.isOurs).to.equal(false);
    expect(readFileSync(join(own.folder, "base"), "utf8")).to.equal("mine");
    expect(files()).to.deep.equal(["base"]);
  });

  it("leave no process and no file when the connection breaks in mid-transfer; the next run sends them", async () => {
    // 512 MiB, so that the connection breaks before the end.
    await mustRun(["truncate", "-s", "512M", join(here, "long.raw")]);
    const host: CountedHost = await countedHost();
    try {
      const args = volume({ file: join(here, "long.raw") }, { format: "raw", host: host.uri() });
      const sending = own.create("Volume", args);
      sending.catch(() => {});
      await waitFor("the transfer", 30_000, async () => files().some((name) => name.endsWith(".part")));
      await host.drop();
      expect((await failureOf(sending)).message).to.contain("unknown");
      await waitFor("the end of the transfer", 30_000, async () => files().length === 0);
      expect((await run(["pgrep", "-f", own.folder])).stdout).to.equal("");
      await own.update("Volume", raw(), raw());
      expect(isSame("random.raw")).to.equal(true);
    } finally {
      await host.remove();
    }
  });

  for (const [what, imageOf] of [
    ["a file of this machine", () => ({ file: join(here, "random.raw") })],
    ["a URL that the host fetches", () => ({ url: `${at}/random.raw`, checksum: digestOf("random.raw") })],
  ] as const)
    it(`are whole or not there, whenever the connection breaks: ${what}`, async () => {
      const moments = 8;
      const host = await countedHost();
      const args = volume(imageOf(), { format: "raw", host: host.uri() });
      const make = async () => {
        const began = Date.now();
        const made = await own.create("Volume", args).catch((error: unknown) => error);
        return { made, took: Date.now() - began };
      };
      const remove = () => own.virsh("vol-delete", "--pool", own.name, "--vol", "base");
      try {
        const { took } = await make();
        await remove();
        for (let moment = 0; moment < moments; moment++) {
          const making = make();
          await pause((took * moment) / moments);
          await host.drop();
          const { made } = await making;
          const left = () => files().filter((name) => name !== "base");
          await waitFor(
            `the end of what runs, cut at ${moment} of ${moments}`,
            30_000,
            async () => left().length === 0,
          );
          if (files().includes("base")) expect(isSame("random.raw"), `cut at ${moment}`).to.equal(true);
          else expect(made, `cut at ${moment}`).to.be.instanceOf(Error);
          if (made instanceof PartialFailure) await own.update("Volume", args, args, { isOurs: true });
          else if (made instanceof Error) await own.create("Volume", args);
          expect(isSame("random.raw"), `after a cut at ${moment}`).to.equal(true);
          await remove();
        }
      } finally {
        await host.remove();
      }
    });

  it("show how far they are", async () => {
    await mustRun(["sh", "-c", 'head -c 400M /dev/urandom >"$1"', "sh", join(here, "large.raw")]);
    await own.create("Volume", volume({ file: join(here, "large.raw") }, { format: "raw" }));
    expect(own.shown.length).to.be.above(0);
    for (const line of own.shown)
      expect(line).to.match(
        /^sending the image: [\d.]+ \w+ of 400 MiB \(\d+ %\), [\d.]+ \w+\/s, \d+ s left$/,
      );
  });

  describe("that it fetches from a URL", () => {
    it("are fetched once for all hosts and runs, with a checksum", async () => {
      const image = { url: `${at}/random.raw`, checksum: digestOf("random.raw"), fetch: "client" };
      await Promise.all(
        ["base", "second"].map((name) => own.create("Volume", volume(image, { name, format: "raw" }))),
      );
      expect(isSame("random.raw")).to.equal(true);
      await own.preview("Volume", volume(image, { name: "third" }));
      await own.create("Volume", volume(image, { name: "third", format: "raw" }));
      expect(asked).to.deep.equal(["/random.raw"]);
      expect(readdirSync(join(here, "cache", "pulumi-virsh", "images"))).to.deep.equal([
        digestOf("random.raw").replace(":", "-"),
      ]);
    });

    it("are fetched anew where the cache has something else", async () => {
      const image = { url: `${at}/random.raw`, checksum: digestOf("random.raw"), fetch: "client" };
      const cached = join(here, "cache", "pulumi-virsh", "images", digestOf("random.raw").replace(":", "-"));
      writeFileSync(cached, "damaged");
      await own.preview("Volume", volume(image));
      await own.create("Volume", volume(image, { format: "raw" }));
      expect(isSame("random.raw")).to.equal(true);
      expect(asked).to.deep.equal(["/random.raw"]);
    });

    it("are checked by a published file, and refused with the server's answer", async () => {
      writeFileSync(join(here, "SHA512SUMS"), `${digestOf("random.raw", "sha512").slice(7)}  random.raw\n`);
      const image = { url: `${at}/random.raw`, checksum: { url: `${at}/SHA512SUMS` } };
      for (const fetch of ["client", "host"] as const) {
        await own.create("Volume", volume({ ...image, fetch }, { format: "raw" }));
        expect(isSame("random.raw")).to.equal(true);
        await own.virsh("vol-delete", "--pool", own.name, "--vol", "base");
        const none = { ...image, fetch, url: `${at}/base.qcow2` };
        const error = await failureOf(own.create("Volume", volume(none)));
        expect(error.message).to.contain('it has no SHA-256 or SHA-512 digest of "base.qcow2"');
        const missing = { ...image, fetch, checksum: { url: `${at}/none` } };
        expect((await failureOf(own.create("Volume", volume(missing)))).message).to.match(/404/);
        const gone = volume({ url: `${at}/gone`, fetch });
        expect((await failureOf(own.create("Volume", gone))).message).to.match(/404/);
        expect(files()).to.deep.equal([]);
      }
    });
  });

  describe("for users who may not write into the pool's folder", () => {
    let daemon: PrivateLibvirtd;
    let user: TestUser;
    let host: TestHost;
    before(async () => {
      daemon = await startPrivateLibvirtd();
      user = await makeTestUser("member", ["libvirt"]);
      host = await startHost({ users: [user.name] });
    });
    after(async () => {
      await host.remove();
      await user.remove();
      await daemon.remove();
    });

    for (const [shell, name, format] of [
      ["bash", "base.qcow2", "qcow2"],
      ["dash", "random.raw", "raw"],
    ] as const)
      it(`go through libvirt: ${format}, with ${shell} as the login's shell`, async () => {
        await mustRun(["usermod", "--shell", `/bin/${shell}`, user.name]);
        const members = await testStorage("member", daemon.on(host.uri(user.name)));
        try {
          await members.create("StoragePool", {});
          await mustRun(["chmod", "711", members.folder]);
          for (const image of [
            { file: join(here, name) },
            { url: `${at}/${name}`, checksum: digestOf(name) },
          ]) {
            const args = volume(image, { format });
            const { outputs } = await members.create("Volume", args);
            expect(outputs).to.include({ path: join(members.folder, "base"), isOurs: true });
            expect(
              readFileSync(join(members.folder, "base")).equals(readFileSync(join(here, name))),
            ).to.equal(true);
            expect((await members.diff("Volume", args)).isNeeded).to.equal(false);
            expect(readdirSync("/var/tmp").filter((each) => each.startsWith(".pulumi-virsh-"))).to.deep.equal(
              [],
            );
            await members.virsh("vol-delete", "--pool", members.name, "--vol", "base");
          }
        } finally {
          await members.remove("StoragePool", {});
          await members.end();
        }
      });
  });
});
