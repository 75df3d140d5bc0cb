import { expect } from "chai";
import { parseDomainXml, parseXml } from "../../provider/model/xml/parse.ts";
import { findHeldImages, imagesOf } from "../../provider/plan/checks/images.ts";
import { findLackingMachine } from "../../provider/plan/checks/machines.ts";
import type { DomainFacts } from "../../provider/plan/situation/facts.ts";
import { situationOf } from "../../provider/plan/situation/situation.ts";

const disk = (target: string, file: string, more = "") =>
  `<disk type='file'><source file='${file}'/><target dev='${target}'/>${more}</disk>`;
const guest = (devices: string, os = "<os><type arch='x86_64' machine='q53'>hvm</type></os>") =>
  parseDomainXml(`<domain type='kvm'><name>a</name>${os}<devices>${devices}</devices></domain>`);

describe("checks of a declaration against its host", () => {
  const capabilities = parseXml(
    "<capabilities><guest><os_type>hvm</os_type><arch name='x86_64'><emulator>/usr/bin/qemu</emulator><machine canonical='pc-q35-7.2'>q35</machine><domain type='kvm'/></arch></guest></capabilities>",
  );
  for (const [title, emulator, count] of [
    ["without an emulator", "", 1],
    ["with the emulator that libvirt writes", "<emulator>/usr/bin/qemu</emulator>", 1],
    ["with an emulator that the host does not tell of", "<emulator>/opt/qemu</emulator>", 0],
  ] as const)
    it(`a machine type that is not there, ${title}`, () => {
      expect(findLackingMachine(guest(emulator), capabilities)).to.have.length(count);
    });

  for (const [title, own, other, count] of [
    ["both write", "", "", 1],
    ["both only read", "<readonly/>", "<readonly/>", 0],
    ["both share", "<shareable/>", "<shareable/>", 0],
    ["one shares, which is left to QEMU", "<shareable/>", "", 0],
  ] as const)
    it(`one image of two guests: ${title}`, () => {
      const held = findHeldImages(imagesOf(guest(disk("vdb", "/a", own) + disk("vdc", "/c"))), [
        { name: "web", images: imagesOf(guest(disk("vda", "/a", other) + disk("vdb", "/b"))) },
      ]);
      expect(held).to.have.length(count);
      if (count > 0) expect(held[0]).to.match(/^source\.file \/a of disk vdb is that of disk vda of "web"/);
    });

  it("a drive with a medium is nobody's alone", () => {
    const drive = "<disk type='file' device='cdrom'><source file='/a'/><target dev='sda'/></disk>";
    const images = imagesOf(guest(drive));
    expect(findHeldImages(images, [{ name: "web", images }])).to.deep.equal([]);
  });

  it("the situation of a domain is that of the host which was asked for", () => {
    const facts = {
      host: "qemu:///system",
      name: "a",
      persistent: true,
      inactiveXml: "<domain type='kvm'><name>a</name></domain>",
      liveXml: null,
      ioThreads: [],
    } as unknown as DomainFacts;
    const nothing = { libvirtVersion: 0, qemuVersion: 0, onlineCpus: [] };
    const known = { libvirtVersion: 9_000_000, qemuVersion: 7_002_000, onlineCpus: [0, 1] };
    expect(situationOf(nothing, facts).onlineCpus).to.deep.equal([]);
    expect(situationOf(known, facts)).to.include(known);
    expect(situationOf(known, facts)).to.equal(situationOf(known, facts));
  });
});
