import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Companion } from "../../provider/host/apply/undefine.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import { runOne, virsh } from "../../provider/host/virsh/virsh.ts";
import { imagesFolder } from "../../tools/sandbox/folders.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import type { TestDomain } from "../support/domains.ts";
import { failureOf, testDomain } from "../support/domains.ts";

/** State that undefining a domain would delete too. */
interface Case {
  readonly companion: Companion;
  /** The part of `<domain>` that it needs. */
  readonly os?: string;
  readonly devices?: string;
  /** Makes it after the domain is defined. */
  readonly make?: () => Promise<unknown>;
}

describe("what undefining a domain would take along", function () {
  this.timeout(180_000);
  let guest: TestDomain;
  const image = join(imagesFolder(), "undefine.qcow2");
  const nvram = join(imagesFolder(), "undefine.nvram");
  before(async () => {
    guest = await testDomain("undefine");
    makeImage("undefine.raw", 1);
    await mustRun(["qemu-img", "create", "-q", "-f", "qcow2", image, "1M"]);
  });
  afterEach(() => guest.remove());

  const define = (text: string, ...command: string[]) =>
    runOne(guest.connection, command.join(" "), virsh(guest.connection, command, text));
  const checkpoint = async () => {
    const xml = (await guest.facts()).inactiveXml;
    const text = `<domaincheckpoint><name>c</name><creationTime>1</creationTime><disks><disk name='vda' checkpoint='bitmap' bitmap='c'/></disks>${xml}</domaincheckpoint>`;
    await define(text, "checkpoint-create", guest.name, "/dev/stdin", "--redefine");
  };
  const cases: readonly Case[] = [
    {
      companion: "nvram",
      os: `<loader readonly='yes' type='pflash'>${join(imagesFolder(), "undefine.raw")}</loader><nvram>${nvram}</nvram>`,
      make: async () => writeFileSync(nvram, ""),
    },
    { companion: "snapshotsMetadata", make: () => guest.virsh("snapshot-create-as", "s") },
    { companion: "checkpointsMetadata", make: checkpoint },
    { companion: "tpm", devices: "<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>" },
  ];
  for (const { companion, os = "", devices = "", make } of cases) {
    it(`${companion}: named, and taken only when that is allowed; the disk's image stays`, async () => {
      const xml = `<domain type='qemu'><name>${guest.name}</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
        <os><type arch='x86_64' machine='q35'>hvm</type>${os}</os><features><acpi/></features><devices>${devices}
        <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${image}'/><target dev='vda' bus='virtio'/></disk></devices></domain>`;
      await define(xml, "define", "/dev/stdin");
      await make?.();
      const before = await guest.facts();
      const others = ["managedSave", "nvram", "snapshotsMetadata", "checkpointsMetadata", "tpm"].filter(
        (each) => each !== companion,
      );
      for (const undefineWith of [undefined, others]) {
        const error = await failureOf(
          guest.delete("Domain", undefineWith === undefined ? {} : { undefineWith }),
        );
        expect(error.message).to.match(
          new RegExp(`would take along: ${companion} on [\\s\\S]*undefineWith: \\["${companion}"\\]`),
        );
        expect((await guest.facts()).inactiveXml).to.equal(before.inactiveXml);
      }
      await guest.delete("Domain", { undefineWith: [companion] });
      expect((await readDomain(guest.connection, guest.name)).domain).to.equal(null);
      expect(existsSync(image)).to.equal(true);
      if (companion === "nvram") expect(existsSync(nvram)).to.equal(false);
    });
  }
});
