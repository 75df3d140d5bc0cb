import type * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import type { Connection } from "../../provider/host/connection/connection.ts";
import { connectionTo } from "../../provider/host/connections.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import { virsh as command, runOne } from "../../provider/host/virsh/virsh.ts";
import * as virsh from "../../provider/index.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { failureOf } from "../support/domains.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import type { Outcome, TestStack } from "../support/stack.ts";
import { makeStack } from "../support/stack.ts";

const frontEnds = { dynamic: makeStack, native: makeNativeStack };
const changed = ({ steps }: Outcome) => steps.filter((step) => step.op !== "same");
const said = ({ output, diagnostics }: Outcome) => [output, ...diagnostics].join("\n");
const opsOf = (outcome: Outcome) => changed(outcome).map(({ op }) => op);

for (const [frontEnd, make] of Object.entries(frontEnds))
  describe(`which guest a resource is of (${frontEnd})`, function () {
    this.timeout(300_000);
    let host: string;
    let type: "kvm" | "qemu";
    let connection: Connection;
    let name: string;
    let count = 0;
    let stack: TestStack | undefined;
    const guest = (): virsh.DomainArgs => ({
      host,
      name,
      type,
      memory: "32 MiB",
      running: true,
      forceOff: true,
      shutdownTimeoutSeconds: 0,
    });
    const facts = async (of = name) => (await readDomain(connection, of)).domain;
    const run = (args: readonly string[], stdin?: string) =>
      runOne(connection, String(args[0]), command(connection, args, stdin));
    const start = async (program: PulumiFn): Promise<TestStack> => {
      stack = await make(program);
      return stack;
    };

    beforeEach(async () => {
      const box = await sandbox();
      host = box.uri;
      type = box.domainType;
      connection = connectionTo(host);
      name = testName(`${frontEnd}Id${++count}`);
    });
    // Without the engine, which takes ten times as long.
    afterEach(async () => {
      await stack?.remove();
      const names = [name, `${name}-moved`].flatMap((each) => [
        command(connection, ["destroy", each]),
        command(connection, ["undefine", each]),
      ]);
      await connection.run(names, { keepGoing: true });
    });

    it("refuses a second resource of a guest, disk, thread or pin, and names both", async () => {
      let part = "";
      const own = await start(async () => {
        for (const each of part === "" ? ["e", "f"] : ["e"]) new virsh.Domain(each, guest());
        const at = { host, domain: name };
        if (part !== "") new virsh.IoThread("t", { ...at, ioThreadId: 1 });
        if (part === "thread") new virsh.IoThread("u", { ...at, ioThreadId: 1 });
        if (part === "pin")
          for (const each of ["p", "q"]) new virsh.IoThreadPin(each, { ...at, ioThread: 1, cpuset: "0" });
      });
      expect((await failureOf(own.preview())).message).to.match(/two resources, ("e" and "f"|"f" and "e")/);
      expect((await failureOf(own.up())).message).to.contain("two resources");
      part = "none";
      await own.up();
      part = "thread";
      expect((await failureOf(own.preview())).message).to.match(/IoThread 1 of "\S+" on/);
      part = "pin";
      expect((await failureOf(own.preview())).message).to.match(/two resources, "[pq]" and "[pq]"/);
      host = host.replace("127.0.0.1", "localhost");
      part = "none";
      expect(opsOf(await own.preview())).to.have.members(["update", "update"]);
    });

    it("leaves a guest to the resource that the program calls it now, in later runs too", async () => {
      let names = ["c"];
      let file: string | null = null;
      let memory = "32 MiB";
      const options: pulumi.CustomResourceOptions = { replaceOnChanges: ["memory"] };
      const own = await start(async () => {
        for (const each of names) new virsh.Domain(each, { ...guest(), memory }, { ...options });
        if (file !== null)
          new virsh.VirtioDisk("missing", { host, domain: name, target: "vdb", source: { file } });
      });
      await own.up();
      const first = await facts();
      names = ["d"];
      file = "/none/missing.raw";
      await failureOf(own.up());
      expect((await own.resources()).filter(({ type }) => type.endsWith(":Domain"))).to.have.length(2);
      file = null;
      const later = await own.up();
      expect(said(later)).to.contain("stays, for").and.contain('"d"');
      expect((await facts())?.qemuPid).to.equal(first?.qemuPid);
      expect(changed(await own.preview())).to.deep.equal([]);

      // Leave a replacement half-done: the old resource still waits to be deleted.
      memory = "33 MiB";
      file = "/none/missing.raw";
      await failureOf(own.up());
      file = null;
      await own.up();
      expect((await facts())?.qemuPid).to.equal(first?.qemuPid);

      // Interrupt a rename half-way.
      names = ["g"];
      const { stack: engine } = own;
      const [domain] = (await own.resources()).filter(({ type }) => type.endsWith(":Domain"));
      await engine.up({ target: [String(domain?.urn).replace(/::d$/, "::g")] });
      const whole = await own.up();
      expect(opsOf(whole)).to.deep.equal(["delete"]);
      expect((await facts())?.qemuPid).to.equal(first?.qemuPid);

      memory = "34 MiB";
      options.deleteBeforeReplace = true;
      await own.up();
      expect((await facts())?.qemuPid).to.equal(first?.qemuPid);
      expect((await facts())?.inactiveXml).to.contain(">34816<");
      expect(changed(await own.preview())).to.deep.equal([]);
      await own.destroy();
      expect(await facts()).to.equal(null);
    });

    it("updates a resource whose host is spelled otherwise", async () => {
      const file = makeImage(`${frontEnd}Identity.raw`, 1);
      const own = await start(async () => {
        const made = new virsh.Domain("guest", { ...guest(), machine: "q35" });
        new virsh.VirtioDisk("disk", { host, domain: made.name, target: "vdb", source: { file } });
      });
      await own.up();
      const before = await facts();
      const first = host;
      host = host.replace("127.0.0.1", "localhost");
      const planned = await own.preview();
      expect(opsOf(planned), planned.output).to.deep.equal(["update", "update"]);
      await own.up();
      expect((await facts())?.qemuPid).to.equal(before?.qemuPid);
      expect((await facts())?.inactiveXml).to.equal(before?.inactiveXml);
      expect(changed(await own.preview())).to.deep.equal([]);
      const refreshed = await own.refresh();
      expect(opsOf(refreshed).filter((op) => op !== "refresh")).to.deep.equal([]);
      host = first.replace(/:\d+\//, ":1/");
      const dead = await own.preview();
      expect(said(dead)).to.contain("nothing is replaced");
      expect(opsOf(dead)).to.deep.equal(["update", "update"]);
      expect((await failureOf(own.up())).message).to.contain("127.0.0.1");
      expect((await facts())?.qemuPid).to.equal(before?.qemuPid);
      host = first;
      await own.destroy();
      expect(await facts()).to.equal(null);
    });

    it("knows a guest that was renamed on the host", async () => {
      const own = await start(async () => {
        new virsh.Domain("guest", { ...guest(), running: false });
        new virsh.IoThread("thread", { host, domain: name, ioThreadId: 1 });
      });
      await own.up();
      const before = await facts();
      const moved = `${name}-moved`;
      await run(["domrename", name, moved]);
      const refreshed = await own.refresh();
      expect(said(refreshed)).to.contain(`was renamed to "${moved}"`);
      expect((await own.resources()).filter(({ type }) => /:(Domain|IoThread)$/.test(type))).to.have.length(
        2,
      );
      const planned = await own.preview();
      expect(said(planned)).to.contain(`was renamed to "${moved}"`);
      expect(opsOf(planned)).not.to.include("create");
      const failed = await failureOf(own.up());
      expect(failed.message).to.contain(`was renamed to "${moved}"`);
      expect(await facts()).to.equal(null);
      const first = name;
      name = moved;
      const named = await own.preview();
      expect(new Set(opsOf(named)), named.output).to.deep.equal(new Set(["update"]));
      await own.up();
      expect((await facts())?.uuid).to.equal(before?.uuid);
      await run(["domrename", moved, first]);
      await own.destroy();
      expect(await facts(first)).to.equal(null);
    });

    it("leaves another guest of the name alone, unless it may be taken over", async () => {
      let more: Partial<virsh.DomainArgs> = {};
      const own = await start(async () => {
        const made = new virsh.Domain("guest", { ...guest(), ...more });
        new virsh.IoThread("thread", { host, domain: made.name, ioThreadId: 1 });
      });
      await own.up();
      await run(["destroy", name]);
      await run(["undefine", name]);
      const theirs = `<domain type='${type}'><name>${name}</name><memory unit='MiB'>48</memory><iothreads>1</iothreads><os><type>hvm</type></os></domain>`;
      await run(["define", "/dev/stdin"], theirs);
      await run(["start", name]);
      const before = await facts();
      more = { title: "ours" };
      for (const act of [own.preview, own.refresh, own.preview]) {
        const outcome = await act();
        expect(said(outcome)).to.contain(`another domain now, with UUID ${before?.uuid}`);
      }
      const failed = await failureOf(own.up());
      expect(failed.message).to.contain("takeOver: true");
      const destroyed = await own.destroy();
      expect(said(destroyed)).to.contain("it is left alone");
      expect(await facts()).to.deep.equal(before);

      // With an empty state, the guest would be adopted by its name. A guest that the state knows needs
      // permission.
      await run(["destroy", name]);
      await run(["undefine", name]);
      await own.up();
      await run(["destroy", name]);
      await run(["undefine", name]);
      await run(["define", "/dev/stdin"], theirs);
      more = { title: "ours", takeOver: true };
      const planned = await own.preview();
      expect(said(planned)).to.contain("that domain is taken over");
      await own.up();
      expect((await facts())?.inactiveXml).to.contain("<title>ours</title>");
      expect(changed(await own.preview())).to.deep.equal([]);
      await own.destroy();
      expect(await facts()).to.equal(null);
    });

    it("removes no guest of which the program still declares a part under another spelling of the host", async () => {
      let guests = ["guest"];
      const own = await start(async () => {
        const at = { host: host.replace("127.0.0.1", "localhost"), domain: name };
        for (const each of guests) new virsh.Domain(each, { ...guest(), running: false });
        if (guests.length === 0) new virsh.IoThread("thread", { ...at, ioThreadId: 1 });
      });
      await own.up();
      guests = [];
      const failed = await failureOf(own.up());
      expect(failed.message).to.contain(`the program still declares "thread" (IoThread 1 of ${name})`);
      expect(await facts()).not.to.equal(null);
    });

    it("replaces no guest under whose name another one is, nor one that was renamed on the host", async () => {
      let memory = "32 MiB";
      const own = await start(async () => {
        new virsh.Domain(
          "guest",
          { ...guest(), running: false, memory },
          { replaceOnChanges: ["memory"], deleteBeforeReplace: memory === "34 MiB" },
        );
        if (memory !== "32 MiB") new virsh.IoThread("thread", { host, domain: name, ioThreadId: 5 });
      });
      await own.up();
      const ours = await facts();
      await run(["domrename", name, `${name}-moved`]);
      memory = "33 MiB";
      expect(said(await own.preview())).to.contain(`not possible: was renamed to "${name}-moved"`);
      expect((await failureOf(own.up())).message).to.contain(`was renamed to "${name}-moved"`);
      expect(await facts()).to.equal(null);

      const theirs = `<domain type='${type}'><name>${name}</name><memory unit='MiB'>48</memory><os><type>hvm</type></os></domain>`;
      await run(["define", "/dev/stdin"], theirs);
      const before = await facts();
      await run(["undefine", `${name}-moved`]);
      for (memory of ["33 MiB", "34 MiB"]) {
        const planned = await own.preview();
        expect(said(planned)).to.contain("not possible: on the host is another domain now");
        expect(said(planned)).not.to.contain("is taken over");
        expect((await failureOf(own.up())).message).to.contain("takeOver: true");
        expect(await facts()).to.deep.equal(before);
      }
      expect(before?.uuid).not.to.equal(ours?.uuid);
      await own.destroy();
      expect(await facts()).to.deep.equal(before);
    });

    it("is not kept by a disk that the guest will not let go when the guest goes too", async () => {
      const file = makeImage(`${frontEnd}Held.raw`, 1);
      let targets = ["vdb"];
      const own = await start(async () => {
        const made = new virsh.Domain("guest", { ...guest(), machine: "q35" });
        const at = { host, domain: made.name, whenRunning: "detach" as const };
        for (const target of targets) new virsh.VirtioDisk("disk", { ...at, target, source: { file } });
        new virsh.VirtioScsiController("scsi", { ...at, index: 0 });
        new virsh.IoThread("thread", { host, domain: name, ioThreadId: 1 });
      });
      await own.up();
      targets = [];
      const failed = await failureOf(own.up());
      expect(failed.message).to.contain("the guest still holds the device");
      await own.destroy();
      expect(await facts()).to.equal(null);
    });
  });
