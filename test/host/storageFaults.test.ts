import { existsSync, mkdirSync, renameSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { PartialFailure } from "../../provider/errors.ts";
import { interruptedBy } from "../../provider/host/connection/interruption.ts";
import { runOne, virsh } from "../../provider/host/virsh/virsh.ts";
import { imagesFolder } from "../../tools/sandbox/folders.ts";
import { waitFor } from "../../tools/sandbox/processes.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import type { Fault, FaultyHost } from "../support/faults.ts";
import { startFaultyHost } from "../support/faults.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import type { TestStorage } from "../support/storage.ts";
import { testStorage } from "../support/storage.ts";

type Args = Readonly<Record<string, unknown>>;

const args = { name: "data", capacity: "8 MiB", onDelete: "delete" };
const content = (own: TestStorage) => ({ backing: { path: join(own.folder, "base"), format: "qcow2" } });

describe("faults in the life of a volume", function () {
  this.timeout(180_000);
  let host: FaultyHost;
  let own: TestStorage;

  before(async () => {
    host = await startFaultyHost();
  });
  beforeEach(async () => {
    own = await testStorage("volumeFaults", host.uri());
    await own.create("StoragePool", {});
    await own.create("Volume", { name: "base", capacity: "8 MiB" });
  });
  afterEach(async () => {
    host.disarm();
    await own.end();
  });
  after(() => host.remove());

  const pathOf = (name: string) => join(own.folder, name);
  const sizeOf = async (name: string) =>
    (JSON.parse(await mustRun(["qemu-img", "info", "-U", "--output=json", pathOf(name)])) as Args)[
      "virtual-size"
    ];
  /** Runs something with a fault in it, and waits until nothing of it goes on. */
  const during = async <T>(fault: Fault, at: string, act: () => Promise<T>, other?: string) => {
    host.disarm();
    host.arm(fault, at, other === undefined ? {} : { other });
    const outcome = await act().then(
      (value) => ({ value }),
      (error: Error) => ({ error }),
    );
    expect(
      host.struck(),
      host
        .calls()
        .map((each) => each.slice(-90))
        .join("\n"),
    ).to.equal(true);
    host.disarm();
    await waitFor("its end", 30_000, async () => (await host.running()) === "");
    return outcome;
  };
  /** The next `up`, from what the state has. */
  const again = async (given: Args, failed: { value?: unknown; error?: Error }) => {
    if (!failed.error) return failed.value as { outputs: Args };
    if (!(failed.error instanceof PartialFailure)) return own.create("Volume", given);
    return own.update("Volume", given, given, { isOurs: failed.error.outputs.isOurs === true });
  };

  const guestWith = (file: string) => {
    const disk = `<disk type='file'><driver name='qemu' type='qcow2'/><source file='${file}'/><target dev='vda'/></disk>`;
    return `<domain type='qemu'><name>${own.name}</name><memory>32768</memory><os><type>hvm</type></os><devices>${file && disk}</devices></domain>`;
  };
  /** Defines a guest with this image, or with none. */
  const define = (file: string) =>
    runOne(own.connection, "define", virsh(own.connection, ["define", "/dev/stdin"], guestWith(file)));

  const contents: Readonly<Record<string, () => Args>> = {
    empty: () => ({ ...args }),
    overlay: () => ({ ...args, content: content(own) }),
    copy: () => ({ ...args, content: { clone: { name: "base" } }, capacity: "16 MiB" }),
  };
  for (const [kind, make] of Object.entries(contents))
    for (const at of kind === "copy" ? ["pool-refresh", "vol-resize"] : ["vol-create", "vol-dumpxml"])
      for (const fault of ["cutDuring", "cutAfter", "fail"] as const)
        it(`making it (${kind}), ${fault} at ${at}: the next up has it, of its size`, async () => {
          const given = make();
          const failed = await during(fault, at, () => own.create("Volume", given));
          const made = await again(given, failed);
          expect(await sizeOf("data")).to.equal((kind === "copy" ? 16 : 8) * 1024 ** 2);
          expect(await own.diff("Volume", given)).to.include({ isNeeded: false });
          // Whoever is not known to have made it leaves it.
          const isOurs = made.outputs.isOurs === true;
          await own.remove("Volume", given, { isOurs });
          expect(existsSync(pathOf("data"))).to.equal(!isOurs);
          // What libvirt does not list yet counts as somebody else's.
          if (fault !== "cutDuring" && `${fault} at ${at}` !== "fail at pool-refresh")
            expect(isOurs).to.equal(true);
        });

  for (const at of ["pool-dumpxml", "vol-dumpxml"])
    it(`somebody else's volume never becomes ours by a cut at ${at}`, async () => {
      await mustRun(["qemu-img", "create", "-q", "-f", "qcow2", pathOf("data"), "8M"]);
      const { ino } = statSync(pathOf("data"));
      const failed = await during("cutDuring", at, () => own.create("Volume", args));
      const made = await again(args, failed);
      expect(made.outputs.isOurs).to.equal(false);
      await own.remove("Volume", args, { isOurs: made.outputs.isOurs === true });
      expect(statSync(pathOf("data")).ino).to.equal(ino);
    });

  it("a volume that somebody makes right before is theirs", async () => {
    const other = `virsh -c ${own.connection.virshUri} vol-create-as ${own.name} data 8M --format qcow2`;
    const done = await during("otherFirst", "vol-create", () => own.create("Volume", args), other);
    expect(done).to.have.nested.property("value.outputs.isOurs", false);
  });

  for (const fault of ["cutBefore", "cutDuring", "cutAfter", "fail"] as const) {
    it(`growing it, ${fault}: the next up has the size`, async () => {
      await own.create("Volume", args);
      const larger = { ...args, capacity: "16 MiB" };
      await during(fault, "vol-resize", () => own.update("Volume", args, larger));
      await own.update("Volume", args, larger);
      expect(await sizeOf("data")).to.equal(16 * 1024 ** 2);
      expect(await own.diff("Volume", larger)).to.include({ isNeeded: false });
    });

    it(`deleting it, ${fault}: the next destroy ends it`, async () => {
      await own.create("Volume", args);
      await during(fault, "vol-delete", () => own.remove("Volume", args));
      expect(await own.remove("Volume", args)).to.deep.equal([]);
      expect(existsSync(pathOf("data"))).to.equal(false);
    });
  }

  for (const at of ["pool-list", "vol-list", "dumpxml --inactive", "list --all", "vol-dumpxml --vol '"])
    for (const fault of ["fail", "half"] as const)
      it(`what uses it is not known (${fault} at ${at}): nothing is deleted that something uses`, async () => {
        await own.create("Volume", {
          name: "top",
          content: { backing: { path: pathOf("base"), format: "qcow2" } },
        });
        await define("");
        try {
          await during(fault, at, () => own.remove("Volume", { ...args, name: "base" }));
          expect(existsSync(pathOf("base"))).to.equal(true);
        } finally {
          await own.virsh("undefine", own.name);
        }
      });

  it("a guest that is defined between the look and the deletion keeps it", async () => {
    await own.create("Volume", args);
    const file = join(own.folder, "guest.xml");
    writeFileSync(file, guestWith(pathOf("data")));
    const uri = own.connection.virshUri;
    // Only the locked script asks for all guests with an end to the answer.
    const failed = await during(
      "otherFirst",
      "list --all --uuid; echo all-told",
      () => own.remove("Volume", args),
      `virsh -c ${uri} define ${file}`,
    );
    try {
      expect(failed).to.have.nested.property("error.message").that.contains("begun to use it");
      expect(existsSync(pathOf("data"))).to.equal(true);
    } finally {
      await own.virsh("undefine", own.name);
    }
  });

  it("an interrupt says what is true, and leaves nothing unknown", async () => {
    const stop = new AbortController();
    const failing = interruptedBy(stop.signal, () => own.create("Volume", args));
    stop.abort();
    const error = await failing.then(
      () => null,
      (reason: Error) => reason,
    );
    expect(error).to.be.an("error");
    expect((await own.create("Volume", args)).outputs).to.include({ isOurs: true });
  });

  it("two programs that make, grow and delete one volume at once end well", async () => {
    const both = await Promise.allSettled([own.create("Volume", args), own.create("Volume", args)]);
    const ours = both.flatMap((each) => (each.status === "fulfilled" ? [each.value.outputs.isOurs] : []));
    expect(ours).to.have.members([true, false]);
    const larger = { ...args, capacity: "16 MiB" };
    await Promise.all([own.update("Volume", args, larger), own.update("Volume", args, larger)]);
    expect(await sizeOf("data")).to.equal(16 * 1024 ** 2);
    await Promise.all([own.remove("Volume", larger), own.remove("Volume", larger)]);
    expect(existsSync(pathOf("data"))).to.equal(false);
  });

  it("a pool whose folder is gone: nothing is gone, nothing is made, and the pool goes on", async () => {
    await own.create("Volume", args);
    const aside = `${own.folder}-aside`;
    renameSync(own.folder, aside);
    try {
      const read = await own.read("Volume", args).catch((error: Error) => error);
      expect(read, "what is read").not.to.equal(null);
      const told = await own.diff("Volume", args);
      expect([told.lines, told.obstacles.length + Number(told.unreachable !== null)]).not.to.deep.equal([
        [],
        0,
      ]);
      await own.create("Volume", { ...args, name: "other" }).catch(() => {});
      await own.remove("Volume", args).catch(() => {});
      expect(existsSync(own.folder)).to.equal(false);
      expect(await own.virsh("pool-info", own.name)).to.match(/State: +running/);
    } finally {
      renameSync(aside, own.folder);
    }
    expect(await own.diff("Volume", args)).to.include({ isNeeded: false });
    expect(existsSync(pathOf("data"))).to.equal(true);
  });

  for (const [what, put] of Object.entries({
    folder: (path: string): unknown => mkdirSync(path),
    "dangling link": (path: string) => symlinkSync("/nowhere", path),
    pipe: (path: string): unknown => mustRun(["mkfifo", path]),
    "text file": (path: string) => writeFileSync(path, "somebody's notes"),
  }))
    it(`a ${what} of its name is left alone, and the preview says so`, async () => {
      put(pathOf("data"));
      await waitFor("it", 5000, async () => (await mustRun(["ls", own.folder])).includes("data"));
      const told = await own.preview("Volume", args);
      expect([...told.lines, ...told.obstacles].join()).to.match(/is there already|not possible/);
      const error = await own.create("Volume", args).then(
        () => null,
        (reason: Error) => reason,
      );
      expect(error).to.be.an("error").with.property("message").that.contains("nothing has changed");
      expect((await mustRun(["ls", own.folder])).includes("data")).to.equal(true);
    });

  it("a full disk: nothing of it stays, and the error says so", async () => {
    const small = temporaryFolder("small", imagesFolder());
    await mustRun(["mount", "-t", "tmpfs", "-o", "size=1M,mode=755", "tmpfs", small]);
    const pool = `${own.name}-small`;
    try {
      await own.create("StoragePool", { name: pool, path: small });
      await own.create("Volume", { ...args, pool: own.name, name: "full", format: "raw" });
      await mustRun([
        "dd",
        "if=/dev/urandom",
        `of=${pathOf("full")}`,
        "bs=1M",
        "count=4",
        "conv=notrunc",
        "status=none",
      ]);
      const copy = { ...args, pool, content: { clone: { pool: own.name, name: "full" } } };
      const error = await own.create("Volume", copy).then(
        () => null,
        (reason: Error) => reason,
      );
      expect(error?.message).to.contain("No space left");
      expect(await mustRun(["ls", "-A", small])).to.equal("");
    } finally {
      await own.virsh("pool-destroy", pool).catch(() => {});
      await own.virsh("pool-undefine", pool).catch(() => {});
      await mustRun(["umount", small]);
      removeFolder(small);
    }
  });
});
