import { expect } from "chai";
import type { Arguments } from "../../provider/model/arguments/field.ts";
import { kinds } from "../../provider/model/arguments/kinds.ts";
import { domainSchema } from "../../provider/model/elements/domain/schema.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { adoptedArguments } from "../../provider/plan/arguments/adopted.ts";
import { declare } from "../../provider/plan/arguments/declaration.ts";
import { mergeTrees } from "../../provider/plan/merge/merge.ts";

const tree = parseDomainXml(`<domain type='kvm'>
  <name>web</name><uuid>11111111-2222-3333-4444-555555555555</uuid>
  <memory unit='KiB'>131072</memory><currentMemory unit='KiB'>131072</currentMemory>
  <vcpu placement='static'>2</vcpu><iothreads>2</iothreads>
  <cputune><iothreadpin iothread='2' cpuset='1'/></cputune>
  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type><boot dev='hd'/></os>
  <clock offset='utc'/><on_poweroff>destroy</on_poweroff><on_crash>preserve</on_crash>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'><driver name='qemu' type='raw' iothread='1' copy_on_read='on'/><source file='/a.raw'/><target dev='vda' bus='virtio'/><address type='pci' slot='0x03'/></disk>
    <disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>
    <controller type='pci' index='0' model='pcie-root'/>
    <controller type='scsi' index='0' model='virtio-scsi'><driver queues='2'/></controller>
    <memballoon model='virtio'/><rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
  </devices></domain>`);

const cases: readonly {
  name: string;
  kind: keyof typeof kinds;
  key: string | null;
  want: Arguments | null;
}[] = [
  { name: "a thread", kind: "IoThread", key: "2", want: { ioThreadId: 2 } },
  { name: "a thread that is not there", kind: "IoThread", key: "3", want: null },
  { name: "a pin", kind: "IoThreadPin", key: "2", want: { ioThread: 2, cpuset: "1" } },
  {
    name: "a disk",
    kind: "VirtioDisk",
    key: "vda",
    want: { target: "vda", source: { file: "/a.raw" }, format: "raw", ioThread: 1 },
  },
  { name: "a disk on another bus", kind: "VirtioDisk", key: "sda", want: null },
  {
    name: "a controller",
    kind: "VirtioScsiController",
    key: "0",
    want: { index: 0, model: "virtio-scsi", queues: 2 },
  },
];

describe("adoption", () => {
  for (const { name, kind, key, want } of cases)
    it(name, () => expect(adoptedArguments(kinds[kind], tree, key)).to.deep.equal(want));

  it("a domain: typed arguments, the rest as xml, nothing that libvirt fills in", () => {
    const { xml, ...typed } = adoptedArguments(kinds.Domain, tree, null) ?? {};
    expect(typed).to.deep.include({
      name: "web",
      memory: "128 MiB",
      vcpus: 2,
      ioThreads: 2,
      machine: "pc-q35-7.2",
    });
    expect(typed).to.not.have.any.keys("uuid", "currentMemory", "bootDevices");
    expect(xml)
      .to.contain("<on_crash>preserve</on_crash>")
      .and.contain("/dev/urandom")
      .and.contain("copy_on_read");
    for (const filled of [
      "address",
      "emulator",
      "memballoon",
      "on_poweroff",
      "clock",
      "pcie-root",
      "<iothreads",
    ])
      expect(xml).to.not.contain(filled);
  });

  it("what is adopted holds already", () => {
    const desired = declare(kinds.Domain, adoptedArguments(kinds.Domain, tree, null) ?? {});
    expect(mergeTrees(domainSchema, { recorded: null, desired, actual: tree }).diff.changes).to.deep.equal(
      [],
    );
  });
});
