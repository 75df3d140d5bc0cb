import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { waitFor } from "../../tools/sandbox/processes.ts";
import { mustRun, run } from "../../tools/sandbox/run.ts";
import { countedHost } from "../support/countedHost.ts";
import { failureOf } from "../support/domains.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import type { TestStorage } from "../support/storage.ts";
import { makeOverlay, testStorage } from "../support/storage.ts";

describe("images brought from a URL", function () {
  this.timeout(180_000);
  let own: TestStorage;
  /** Folder of what the server has. */
  let served: string;
  let server: Server;
  let at: string;
  /** What the server does with the next file: all of it, half of it, or a byte and then nothing. */
  let mode: "whole" | "half" | "stuck";

  before(async () => {
    served = temporaryFolder("served");
    server = createServer(({ url = "" }, response) => {
      const file = join(served, url.replace(/\?.*$/, ""));
      if (!existsSync(file)) return void response.writeHead(404).end();
      const bytes = readFileSync(file);
      response.writeHead(200, { "content-length": bytes.length });
      if (mode === "whole") return void response.end(bytes);
      response.write(bytes.subarray(0, mode === "half" ? bytes.length / 2 : 1), () => {
        if (mode === "half") response.destroy();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await mustRun(["qemu-img", "create", "-q", "-f", "qcow2", join(served, "base.qcow2"), "8M"]);
    await mustRun(["qemu-io", "-f", "qcow2", "-c", "write -P 7 0 64k", join(served, "base.qcow2")]);
    writeFileSync(join(served, "disk.raw"), Buffer.alloc(1024 ** 2, 7));
  });
  beforeEach(async () => {
    mode = "whole";
    own = await testStorage("images");
    await own.create("StoragePool", {});
  });
  afterEach(() => own.end());
  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    removeFolder(served);
  });

  const digestOf = (name: string, algorithm = "sha256") =>
    `${algorithm}:${createHash(algorithm)
      .update(readFileSync(join(served, name)))
      .digest("hex")}`;
  const volume = (image: object, more: object = {}) => ({ name: "base", content: { image }, ...more });
  /** The files in the pool's folder, with hidden ones. */
  const files = () => readdirSync(own.folder);
  const holdsIt = async (format = "qcow2") => {
    const checked = await run([
      "qemu-io",
      "-r",
      "-f",
      format,
      "-c",
      "read -P 7 0 64k",
      join(own.folder, "base"),
    ]);
    expect(checked.stdout).not.to.contain("verification failed");
    expect(checked.exitCode).to.equal(0);
  };

  for (const algorithm of ["sha256", "sha512"])
    it(`are checked (${algorithm}), and are volumes of the pool at once`, async () => {
      const args = volume({ url: `${at}/base.qcow2`, checksum: digestOf("base.qcow2", algorithm) });
      expect((await own.preview("Volume", args)).obstacles).to.deep.equal([]);
      const { outputs } = await own.create("Volume", args);
      expect(outputs).to.include({ path: join(own.folder, "base"), isOurs: true });
      expect(files()).to.deep.equal(["base"]);
      await holdsIt();
      expect(await own.virsh("vol-list", "--pool", own.name)).to.contain(join(own.folder, "base"));
      expect((await own.diff("Volume", args)).isNeeded).to.equal(false);
    });

  it("are grown to the declared capacity, and raw ones too; file:// is a file of the host", async () => {
    const url = `file://${join(served, "disk.raw")}`;
    await own.create("Volume", volume({ url }, { format: "raw", capacity: "2 MiB" }));
    const info = JSON.parse(
      await mustRun(["qemu-img", "info", "--output=json", "-f", "raw", join(own.folder, "base")]),
    );
    expect(info).to.include({ "virtual-size": 2 * 1024 ** 2 });
    await holdsIt("raw");
  });

  for (const [decompress, program] of [
    ["xz", "xz"],
    ["gzip", "gzip"],
    ["zstd", "zstd"],
    ["bzip2", "bzip2"],
  ] as const)
    it(`are decompressed: ${decompress}`, async () => {
      const name = `base.${decompress}`;
      await mustRun([
        "sh",
        "-c",
        '"$1" -c <"$2" >"$3"',
        "sh",
        program,
        join(served, "base.qcow2"),
        join(served, name),
      ]);
      await own.create("Volume", volume({ url: `${at}/${name}`, checksum: digestOf(name), decompress }));
      await holdsIt();
      expect(files()).to.deep.equal(["base"]);
    });

  describe("leave nothing behind and say why", () => {
    const refused = async (says: RegExp, image: object, more: object = {}) => {
      const error = await failureOf(own.create("Volume", volume(image, more)));
      expect(error.message).to.match(says).and.contain("nothing of it is left on the host");
      expect(files()).to.deep.equal([]);
    };

    it("with another digest", () =>
      refused(/the image has sha256:[0-9a-f]{64}, not the declared sha256:0{64}/, {
        url: `${at}/base.qcow2`,
        checksum: `sha256:${"0".repeat(64)}`,
      }));

    it("where the server has no such file, or nobody listens", async () => {
      await refused(/curl: \(22\).*404/, { url: `${at}/none.qcow2` });
      await refused(/curl: \(7\)/, { url: "http://127.0.0.1:1/base.qcow2" });
      await refused(/curl: \(37\)/, { url: "file:///none.qcow2" });
    });

    it("where the transfer breaks off", async () => {
      mode = "half";
      await refused(/curl: \(18\)/, { url: `${at}/base.qcow2` });
    });

    it("in another format than declared", () =>
      refused(/it is raw, not the declared format qcow2/, { url: `${at}/disk.raw` }));

    it("larger than the declared capacity", () =>
      refused(
        /capacity of 4 MiB is less than its 8 MiB/,
        { url: `${at}/base.qcow2` },
        { capacity: "4 MiB" },
      ));

    it("where it is cut off, without a digest: qcow2 is checked", async () => {
      writeFileSync(join(served, "cut.qcow2"), readFileSync(join(served, "base.qcow2")).subarray(0, 300_000));
      const error = await failureOf(own.create("Volume", volume({ url: `${at}/cut.qcow2` })));
      expect(error.message).to.contain("can't bring the image");
      expect(files()).to.deep.equal([]);
    });

    it("where it is not what the program compresses", () =>
      refused(/is not what xz compresses/, { url: `${at}/base.qcow2`, decompress: "xz" }));

    it("where it names another image or a data file", async () => {
      await makeOverlay(join(served, "overlay.qcow2"), "/etc/passwd", { format: "raw", size: "1M" });
      await refused(/has another image below it/, { url: `${at}/overlay.qcow2` });
      const outside = join(served, "outside.qcow2");
      const option = `data_file=${join(served, "data")},data_file_raw=on`;
      await mustRun(["qemu-img", "create", "-q", "-f", "qcow2", "-o", option, outside, "1M"]);
      await refused(/its data are in another file/, { url: `${at}/outside.qcow2` });
    });
  });

  it("never replace what has the name", async () => {
    const path = join(own.folder, "base");
    await mustRun(["qemu-img", "create", "-q", "-f", "qcow2", path, "4M"]);
    const before = readFileSync(path);
    mode = "stuck";
    const { outputs, notes } = await own.create("Volume", volume({ url: `${at}/base.qcow2` }));
    expect(outputs.isOurs).to.equal(false);
    expect(notes.join()).to.contain("is there already (4 MiB) and is taken over");
    expect(readFileSync(path).equals(before)).to.equal(true);
    expect(files()).to.deep.equal(["base"]);
  });

  it("leave no process and no file when the connection breaks in mid-transfer; the next run brings them", async () => {
    mode = "stuck";
    const host = await countedHost();
    try {
      const args = volume({ url: `${at}/base.qcow2` });
      const bringing = own.create("Volume", { ...args, host: host.uri() });
      bringing.catch(() => {});
      await waitFor("the transfer", 30_000, async () => files().some((name) => name.endsWith(".part")));
      await host.drop();
      const error = await failureOf(bringing);
      expect(error.message).to.contain("unknown");
      await waitFor("the end of curl", 30_000, async () => files().length === 0);
      const left = await run(["pgrep", "-f", own.folder]);
      expect(left.stdout).to.equal("");
      mode = "whole";
      await own.update("Volume", args, args);
      await holdsIt();
    } finally {
      await host.remove();
    }
  });

  it("sweep what a run left that was killed more than a day ago", async () => {
    for (const [name, days] of [
      [".pulumi-virsh-old.part", 2],
      [".pulumi-virsh-new.part", 0],
      ["other.part", 2],
    ] as const) {
      writeFileSync(join(own.folder, name), "x");
      await mustRun(["touch", "-d", `${days} days ago`, join(own.folder, name)]);
    }
    await own.create("Volume", volume({ url: `${at}/base.qcow2` }));
    expect(files()).to.have.members([".pulumi-virsh-new.part", "base", "other.part"]);
  });

  it("show no URL in the host's list of processes", async () => {
    mode = "stuck";
    const bringing = own.create("Volume", volume({ url: `${at}/base.qcow2?token=hush` }));
    bringing.catch(() => {});
    await waitFor("the transfer", 30_000, async () => files().some((name) => name.endsWith(".part")));
    const { stdout } = await run(["ps", "-eo", "args"]);
    expect(stdout).not.to.contain("token=hush");
    server.closeAllConnections();
    await failureOf(bringing);
  });
});
