import { expect } from "chai";
import { parseDomainXml, parseXml } from "../../provider/model/xml/parse.ts";
import { imagesOf } from "../../provider/plan/checks/diskImages.ts";
import { findLackingMachine } from "../../provider/plan/checks/machines.ts";
import { findSharedImages, refusalOf, usesOf } from "../../provider/plan/checks/sharedImages.ts";
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

  for (const [title, own, other, want] of [
    ["both write", "", "", "writes to"],
    ["both only read", "<readonly/>", "<readonly/>", null],
    ["one reads what the other writes", "<readonly/>", "", "writes to"],
    ["one writes what the other reads", "", "<readonly/>", "reads"],
    ["both share", "<shareable/>", "<shareable/>", null],
    ["one alone shares", "<shareable/>", "", "writes to"],
  ] as const)
    it(`one image of two guests: ${title}`, () => {
      const live = guest(disk("vda", "/a", other) + disk("vdb", "/b"));
      const uses = usesOf({ name: "web", live, inactive: live, declared: [], running: null });
      const open = uses.filter(({ isOpen }) => isOpen);
      const held = findSharedImages(imagesOf(guest(disk("vdb", "/a", own) + disk("vdc", "/c"))), open);
      expect(held.map(refusalOf)).to.deep.equal(
        want === null
          ? []
          : [
              `source.file /a of disk vdb is that of disk vda of "web" as well, which ${want} it; give each guest an image of its own, or make both disks readonly or shareable`,
            ],
      );
    });

  it("names several guests that have an image open in one line", () => {
    const live = guest(disk("vda", "/a"));
    const uses = ["a", "b"].flatMap((name) =>
      usesOf({ name, live, inactive: live, declared: [], running: null }),
    );
    const [held] = findSharedImages(
      imagesOf(guest(disk("vdb", "/a"))),
      uses.filter(({ isOpen }) => isOpen),
    );
    expect(held && refusalOf(held)).to.contain('is that of disk vda of "a", "b" as well, which write to it');
  });

  for (const [title, given, want] of [
    ["a running guest that the program leaves alone", { running: null }, ["running"]],
    ["a guest that the program stops", { running: false }, []],
    ["a guest that the program keeps running", { running: true }, ["defined"]],
    ["another image of a running disk, which waits for its boot", { running: true, declared: "/c" }, []],
    ["a disk that the program adds to a running guest", { running: true, target: "vdb" }, ["declared"]],
  ] as const)
    it(`who has an image open by then: ${title}`, () => {
      const { declared = "/a", target = "vda" } = { declared: undefined, target: undefined, ...given };
      const isAdded = "target" in given;
      const live = guest(disk("vda", isAdded || "declared" in given ? "/b" : "/a"));
      const trees = isAdded || "declared" in given ? [guest(disk(target, declared))] : [];
      const uses = usesOf({ name: "web", live, inactive: live, declared: trees, running: given.running });
      const images = imagesOf(guest(disk("vda", declared)));
      const found = findSharedImages(
        images,
        uses.filter(({ isOpen }) => isOpen),
      );
      expect(found.flatMap((each) => each.uses.map(({ how }) => how))).to.deep.equal(want);
    });

  it("a drive with a medium is nobody's alone", () => {
    const drive = "<disk type='file' device='cdrom'><source file='/a'/><target dev='sda'/></disk>";
    const live = guest(drive);
    const uses = usesOf({ name: "web", live, inactive: live, declared: [], running: null });
    expect(findSharedImages(imagesOf(live), uses)).to.deep.equal([]);
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
