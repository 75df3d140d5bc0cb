import type * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import * as virsh from "../../provider/index.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { failureOf } from "../support/domains.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { ownGuests } from "../support/ownGuest.ts";
import type { Outcome } from "../support/stack.ts";
import { makeStack } from "../support/stack.ts";

const frontEnds = { dynamic: makeStack, native: makeNativeStack };
const changed = ({ steps }: Outcome) => steps.filter((step) => step.op !== "same");
const said = ({ output, diagnostics }: Outcome) => [output, ...diagnostics].join("\n");
const opsOf = (outcome: Outcome) => changed(outcome).map(({ op }) => op);

for (const [frontEnd, make] of Object.entries(frontEnds))
  describe(`which guest a resource is of (${frontEnd})`, function () {
    this.timeout(300_000);
    const { at, guest, facts, run, start } = ownGuests(`${frontEnd}Id`, make);

    it("refuses a second resource of a guest, disk, thread or pin, and names both", async () => {
      let part = "";
      const own = await start(async () => {
        for (const each of part === "" ? ["e", "f"] : ["e"]) new virsh.Domain(each, guest());
        const place = { host: at.host, domain: at.name };
        if (part !== "") new virsh.IoThread("t", { ...place, ioThreadId: 1 });
        if (part === "thread") new virsh.IoThread("u", { ...place, ioThreadId: 1 });
        if (part === "pin")
          for (const each of ["p", "q"]) new virsh.IoThreadPin(each, { ...place, ioThread: 1, cpuset: "0" });
      });
      expect((await failureOf(own.preview())).message).to.match(/two resources, ("e" and "f"|"f" and "e")/);
      expect((await failureOf(own.up())).message).to.contain("two resources");
      part = "none";
      await own.up();
      part = "thread";
      expect((await failureOf(own.preview())).message).to.match(/IoThread 1 of "\S+" on/);
      part = "pin";
      expect((await failureOf(own.preview())).message).to.match(/two resources, "[pq]" and "[pq]"/);
      at.host = at.host.replace("127.0.0.1", "localhost");
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
          new virsh.VirtioDisk("missing", {
            host: at.host,
            domain: at.name,
            target: "vdb",
            source: { file },
          });
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
        new virsh.VirtioDisk("disk", { host: at.host, domain: made.name, target: "vdb", source: { file } });
      });
      await own.up();
      const before = await facts();
      const first = at.host;
      at.host = at.host.replace("127.0.0.1", "localhost");
      const planned = await own.preview();
      expect(opsOf(planned), planned.output).to.deep.equal(["update", "update"]);
      await own.up();
      expect((await facts())?.qemuPid).to.equal(before?.qemuPid);
      expect((await facts())?.inactiveXml).to.equal(before?.inactiveXml);
      expect(changed(await own.preview())).to.deep.equal([]);
      const refreshed = await own.refresh();
      expect(opsOf(refreshed).filter((op) => op !== "refresh")).to.deep.equal([]);
      at.host = first.replace(/:\d+\//, ":1/");
      const dead = await own.preview();
      expect(said(dead)).to.contain("nothing is replaced");
      expect(opsOf(dead)).to.deep.equal(["update", "update"]);
      expect((await failureOf(own.up())).message).to.contain("127.0.0.1");
      expect((await facts())?.qemuPid).to.equal(before?.qemuPid);
      at.host = first;
      await own.destroy();
      expect(await facts()).to.equal(null);
    });

    it("knows a guest that was renamed on the host", async () => {
      const own = await start(async () => {
        new virsh.Domain("guest", { ...guest(), running: false });
        new virsh.IoThread("thread", { host: at.host, domain: at.name, ioThreadId: 1 });
      });
      await own.up();
      const before = await facts();
      const moved = `${at.name}-moved`;
      await run(["domrename", at.name, moved]);
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
      const first = at.name;
      at.name = moved;
      const named = await own.preview();
      expect(new Set(opsOf(named)), named.output).to.deep.equal(new Set(["update"]));
      await own.up();
      expect((await facts())?.uuid).to.equal(before?.uuid);
      await run(["domrename", moved, first]);
      await own.destroy();
      expect(await facts(first)).to.equal(null);
    });

    it("is not kept by a disk that the guest will not let go when the guest goes too", async () => {
      const file = makeImage(`${frontEnd}Held.raw`, 1);
      let targets = ["vdb"];
      const own = await start(async () => {
        const made = new virsh.Domain("guest", { ...guest(), machine: "q35" });
        const place = { host: at.host, domain: made.name, whenRunning: "detach" as const };
        for (const target of targets) new virsh.VirtioDisk("disk", { ...place, target, source: { file } });
        new virsh.VirtioScsiController("scsi", { ...place, index: 0 });
        new virsh.IoThread("thread", { host: at.host, domain: at.name, ioThreadId: 1 });
      });
      await own.up();
      targets = [];
      const failed = await failureOf(own.up());
      expect(failed.message).to.contain("the guest still holds the device");
      await own.destroy();
      expect(await facts()).to.equal(null);
    });
  });
