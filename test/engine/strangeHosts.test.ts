import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { connectionTo } from "../../provider/host/connections.ts";
import * as virsh from "../../provider/index.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { failureOf, type TestDomain, testDomain } from "../support/domains.ts";
import { startFaultyHost } from "../support/faults.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { startHostileHost } from "../support/hostileHost.ts";
import { acting, hostileXml } from "../support/hostileText.ts";
import { startHost } from "../support/hosts.ts";
import { hold } from "../support/locks.ts";
import { greedyLines, loudVariables } from "../support/logins.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { patience } from "../support/patience.ts";
import { watchProviders } from "../support/peak.ts";
import { sandbox } from "../support/sandbox.ts";
import type { Outcome, TestStack } from "../support/stack.ts";
import { makeStack } from "../support/stack.ts";
import { makeTestUser } from "../support/users.ts";

const MiB = 1024 * 1024;
const frontEnds = { dynamic: makeStack, native: makeNativeStack };
const said = ({ output, diagnostics }: Outcome) => [output, ...diagnostics].join("\n");
const changed = ({ steps }: Outcome) => steps.filter(({ op }) => op !== "same");

for (const [frontEnd, make] of Object.entries(frontEnds))
  describe(`a strange host (${frontEnd})`, function () {
    this.timeout(300_000);
    let folder: string;
    let guest: TestDomain;
    let stack: TestStack;
    /** Default: the sandbox's host. */
    let host: string;
    let more: Partial<virsh.DomainArgs>;
    beforeEach(async () => {
      const { uri, domainType: type } = await sandbox();
      folder = temporaryFolder("strange");
      host = uri;
      more = {};
      guest = await testDomain(`${frontEnd}Strange`);
      stack = await make(async () => {
        new virsh.Domain("guest", { host, name: guest.name, type, memory: "32 MiB", ...more });
      });
      stack.stack.workspace.envVars.PULUMI_VIRSH_PLAN = join(folder, "plan.jsonl");
    });
    afterEach(async () => {
      await stack.remove();
      await guest.remove();
      removeFolder(folder);
    });
    const plan = () => readFileSync(join(folder, "plan.jsonl"), "utf8");

    it("whose virsh fails with words that a terminal acts on: they are shown, and nothing acts", async () => {
      const hostile = await startHostileHost();
      host = hostile.uri();
      try {
        const texts = [said(await stack.preview()), (await failureOf(stack.up())).message];
        for (const text of texts) expect(text).to.contain("\\u{1b}]52").and.not.match(acting);
        expect(plan()).to.contain("]52").and.not.match(acting);
      } finally {
        await hostile.remove();
      }
    });

    it("whose guests have texts that a terminal acts on: they are shown, and nothing acts", async () => {
      const { domainType: type } = await sandbox();
      const file = makeImage(`${frontEnd}Strange.raw`, 1);
      const disks: virsh.DomainArgs["disks"] = [{ target: "vda", source: { file }, format: "raw" }];
      const other = await testDomain(`${frontEnd}Other-${hostileXml}`);
      const about = { title: hostileXml, description: hostileXml };
      await other.create("Domain", { type, memory: "32 MiB", disks, ...about });
      more = { title: "plain", disks };
      try {
        const made = await stack.up();
        await guest.virsh("desc", "--config", "--title", hostileXml);
        const outcomes = [made, await stack.preview(), await stack.refresh(), await stack.up()];
        expect(said(outcomes[1] as Outcome)).to.contain("\\u{9b}2J");
        for (const outcome of outcomes) expect(said(outcome)).not.to.match(acting);
        expect(plan()).to.contain("\\u009b").and.not.match(acting);
        expect(changed(await stack.preview())).to.deep.equal([]);
        await stack.destroy();
      } finally {
        await other.remove();
      }
    });

    it("whose virsh prints without end: every step is an error that names it, in bounded memory", async () => {
      const flood = await startFaultyHost();
      host = flood.uri();
      const providers = watchProviders();
      try {
        await stack.up();
        more = { title: "another" };
        flood.arm("flood", ".", { always: true });
        const texts = [said(await stack.preview())];
        for (const act of [stack.up, stack.refresh, stack.destroy])
          texts.push((await failureOf(act())).message);
        for (const text of texts)
          expect(text)
            .to.match(/prints more than (?:64|16) MiB/)
            .and.contain(connectionTo(host).host);
        expect(flood.struck()).to.equal(true);
        flood.disarm();
        await stack.up();
        expect((await guest.facts()).inactiveXml).to.contain("<title>another</title>");
        await stack.destroy();
        const { count, bytes } = providers.end();
        expect(count).to.be.greaterThan(4);
        expect(bytes / MiB).to.be.below(400);
      } finally {
        providers.end();
        flood.disarm();
        await flood.remove();
      }
    });

    it("whose login reads the script and makes virsh log: all works, and there is no log", async () => {
      const log = join(folder, "virsh.log");
      const exports = Object.entries(loudVariables(log)).map(([name, value]) => `export ${name}='${value}'`);
      const begun = join(folder, "begun");
      writeFileSync(join(folder, ".bashrc"), [`: >'${begun}'`, ...exports, ...greedyLines, ""].join("\n"));
      const login = await startHost({ lines: [`SetEnv HOME=${folder}`] });
      host = login.uri();
      try {
        await stack.up();
        more = { title: "another", ioThreads: 1, running: true, forceOff: true, shutdownTimeoutSeconds: 0 };
        await stack.up();
        expect((await guest.facts()).inactiveXml).to.contain("<title>another</title>");
        expect(changed(await stack.preview())).to.deep.equal([]);
        await stack.refresh();
        await stack.destroy();
        expect([existsSync(begun), existsSync(log)]).to.deep.equal([true, false]);
      } finally {
        await login.remove();
      }
    });

    it("with parameters of libvirt's in its URI: each is understood, or refused with the reason", async () => {
      const { uri } = await sandbox();
      host = `${uri}&mode=elsewhere`;
      expect((await failureOf(stack.preview())).message).to.contain("mode");
      host = `${uri}&sshauth=telepathy`;
      expect((await failureOf(stack.preview())).message).to.contain("sshauth");
      host = `${uri}&mode=direct`;
      expect((await failureOf(stack.up())).message).to.contain("virtqemud-sock");
      host = `${uri}&mode=legacy&sshauth=privkey`;
      await stack.up();
      expect(changed(await stack.preview())).to.deep.equal([]);
      await stack.destroy();
    });

    it("whose root folder somebody without rights has locked: no define waits for him", async () => {
      const other = await makeTestUser(`${frontEnd}Foreign`);
      try {
        await stack.up();
        const timeOf = async (title: string) => {
          more = { title };
          const start = performance.now();
          await stack.up();
          return performance.now() - start;
        };
        const free = await timeOf("free");
        const holder = await hold(other.name, "/");
        const held = await timeOf("held").finally(() => holder.end());
        expect((await guest.facts()).inactiveXml).to.contain("<title>held</title>");
        // Two defines in turn would have waited 10 s each.
        expect(held - free).to.be.below(5_000 * patience());
        await stack.destroy();
      } finally {
        await other.remove();
      }
    });
  });
