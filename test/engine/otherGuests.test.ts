import { expect } from "chai";
import * as virsh from "../../provider/index.ts";
import { failureOf } from "../support/domains.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { ownGuests } from "../support/ownGuest.ts";
import type { Outcome } from "../support/stack.ts";
import { makeStack } from "../support/stack.ts";

const frontEnds = { dynamic: makeStack, native: makeNativeStack };
const changed = ({ steps }: Outcome) => steps.filter((step) => step.op !== "same");
const said = ({ output, diagnostics }: Outcome) => [output, ...diagnostics].join("\n");

for (const [frontEnd, make] of Object.entries(frontEnds))
  describe(`other guests of a name (${frontEnd})`, function () {
    this.timeout(300_000);
    const { at, guest, facts, run, start } = ownGuests(`${frontEnd}Other`, make);

    it("leaves another guest of the name alone, unless it may be taken over", async () => {
      let more: Partial<virsh.DomainArgs> = {};
      const own = await start(async () => {
        const made = new virsh.Domain("guest", { ...guest(), ...more });
        new virsh.IoThread("thread", { host: at.host, domain: made.name, ioThreadId: 1 });
      });
      await own.up();
      await run(["destroy", at.name]);
      await run(["undefine", at.name]);
      const theirs = `<domain type='${at.type}'><name>${at.name}</name><memory unit='MiB'>48</memory><iothreads>1</iothreads><os><type>hvm</type></os></domain>`;
      await run(["define", "/dev/stdin"], theirs);
      await run(["start", at.name]);
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
      await run(["destroy", at.name]);
      await run(["undefine", at.name]);
      await own.up();
      await run(["destroy", at.name]);
      await run(["undefine", at.name]);
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
        const place = { host: at.host.replace("127.0.0.1", "localhost"), domain: at.name };
        for (const each of guests) new virsh.Domain(each, { ...guest(), running: false });
        if (guests.length === 0) new virsh.IoThread("thread", { ...place, ioThreadId: 1 });
      });
      await own.up();
      guests = [];
      const failed = await failureOf(own.up());
      expect(failed.message).to.contain(`the program still declares "thread" (IoThread 1 of ${at.name})`);
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
        if (memory !== "32 MiB")
          new virsh.IoThread("thread", { host: at.host, domain: at.name, ioThreadId: 5 });
      });
      await own.up();
      const ours = await facts();
      await run(["domrename", at.name, `${at.name}-moved`]);
      memory = "33 MiB";
      expect(said(await own.preview())).to.contain(`not possible: was renamed to "${at.name}-moved"`);
      expect((await failureOf(own.up())).message).to.contain(`was renamed to "${at.name}-moved"`);
      expect(await facts()).to.equal(null);

      const theirs = `<domain type='${at.type}'><name>${at.name}</name><memory unit='MiB'>48</memory><os><type>hvm</type></os></domain>`;
      await run(["define", "/dev/stdin"], theirs);
      const before = await facts();
      await run(["undefine", `${at.name}-moved`]);
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
  });
