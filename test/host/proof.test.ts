import { expect } from "chai";
import type { Arguments } from "../../provider/model/arguments/field.ts";
import type { KindName } from "../../provider/model/arguments/kinds.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import type { TestDomain } from "../support/domains.ts";
import { failureOf, testDomain } from "../support/domains.ts";
import type { Fault, FaultyHost } from "../support/faults.ts";
import { startFaultyHost } from "../support/faults.ts";
import { sandbox } from "../support/sandbox.ts";

/** A change that libvirt accepts without effect. The resource fails with both values. */
interface Case {
  readonly name: string;
  readonly kind: KindName;
  readonly args: Arguments;
  readonly fault: Fault;
  readonly at: string;
  /** What another client does after each attempt. */
  readonly other?: () => Promise<string>;
  readonly says: RegExp;
}

describe("what is declared is verified in QEMU and in the kernel", function () {
  this.timeout(180_000);
  let box: Sandbox;
  let host: FaultyHost;
  let guest: TestDomain;
  before(async () => {
    box = await sandbox();
    host = await startFaultyHost();
    guest = await testDomain("proof", host.uri());
    await guest.create("Domain", {
      type: box.domainType,
      memory: "32 MiB",
      machine: "q35",
      ioThreads: 2,
      running: true,
    });
    await guest.create("IoThreadPin", { ioThread: 1, cpuset: "0-1" });
  });
  after(async () => {
    host.disarm();
    await guest.remove();
    await host.remove();
  });

  const threadId = async () => (await guest.facts()).ioThreads.find(({ id }) => id === 1)?.threadId;
  const cases: readonly Case[] = [
    {
      name: "a pin that libvirt says it has set",
      kind: "IoThreadPin",
      args: { ioThread: 1, cpuset: "0" },
      fault: "lie",
      at: "iothreadpin",
      says: /cputune\/iothreadpin\[1\]\/@cpuset is 0-1, not 0: the guest did not follow/,
    },
    {
      name: "a pin that somebody else's daemon moves away each time",
      kind: "IoThreadPin",
      args: { ioThread: 1, cpuset: "0-1" },
      fault: "otherAfter",
      at: "iothreadpin",
      other: async () => `taskset -p -c 1 ${await threadId()}`,
      says: /cputune\/iothreadpin\[1\]\/@cpuset is 1, not 0-1: something else sets it/,
    },
    {
      name: "a pin that a cgroup overrides",
      kind: "IoThreadPin",
      args: { ioThread: 1, cpuset: "0-1" },
      fault: "otherAfter",
      at: "iothreadpin",
      other: async () =>
        `find /sys/fs/cgroup -path '*-${guest.name}*' -path '*/iothread1/cpuset.cpus' | while read -r f; do echo 1 >"$f"; done`,
      says: /cputune\/iothreadpin\[1\]\/@cpuset is 1, not 0-1: something else sets it/,
    },
    {
      name: "polling that libvirt says it has set",
      kind: "IoThread",
      args: { ioThreadId: 2, pollMaxNs: 16000 },
      fault: "lie",
      at: "iothreadset",
      says: /iothreadids\/iothread\[2\]\/poll\/@max is 32768, not 16000: the guest did not follow/,
    },
    {
      name: "a thread that libvirt says it has added",
      kind: "IoThread",
      args: { ioThreadId: 5 },
      fault: "lie",
      at: "iothreadadd",
      says: /iothreadids\/iothread\[5\] is absent, not <iothread id='5'.*: the guest did not follow/,
    },
    {
      name: "a disk that libvirt says it has plugged in",
      kind: "VirtioDisk",
      args: { target: "vdb", source: { file: makeImage("proof.raw", 1) }, ioThread: 1 },
      fault: "lie",
      at: "attach-device",
      says: /devices\/disk\[vdb\] is absent, not <disk.*: the guest did not follow/,
    },
  ];
  for (const { name, kind, args, fault, at, other, says } of cases) {
    it(`${name}: an error with both values, and the next up mends it`, async () => {
      const text = other === undefined ? {} : { other: await other() };
      if (kind === "IoThreadPin" && args.cpuset === "0-1")
        await guest.create("IoThreadPin", { ioThread: 1, cpuset: "0" });
      host.arm(fault, at, { ...text, always: true });
      const error = await failureOf(guest.create(kind, args));
      expect(error.message)
        .to.match(/took the change of "\S+" and it is not in force/)
        .and.to.match(says);
      host.disarm();
      await guest.create(kind, args);
      expect((await guest.preview(kind, args)).lines).to.deep.equal([]);
      if (kind === "IoThreadPin") await guest.create("IoThreadPin", { ioThread: 1, cpuset: "0-1" });
    });
  }

  it("a thread that QEMU no longer has is not there, whatever libvirt lists", async () => {
    const args = { ioThreadId: 7 };
    await guest.create("IoThread", args);
    const remove = { execute: "object-del", arguments: { id: "iothread7" } };
    await guest.virsh("qemu-monitor-command", JSON.stringify(remove));
    expect((await guest.facts()).liveXml).to.contain("<iothread id='7'/>");
    expect((await guest.preview("IoThread", args)).lines.join()).to.match(
      /iothreadids\/iothread\[7\] absent → .* \(live\)/,
    );
    const error = await failureOf(guest.create("IoThread", args));
    expect(error.message).to.match(/iothreadadd[\s\S]*already using iothread_id '7'/);
  });
});
