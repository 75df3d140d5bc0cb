import { expect } from "chai";
import { makeImage } from "../../tools/sandbox/images.ts";
import type { TestDomain } from "../support/domains.ts";
import { testDomain } from "../support/domains.ts";
import { sandbox } from "../support/sandbox.ts";

describe("what libvirt puts into a definition by itself", function () {
  this.timeout(180_000);
  let guest: TestDomain;
  let base: Record<string, unknown>;
  beforeEach(async () => {
    guest = await testDomain("back");
    base = { type: (await sandbox()).domainType, memory: "32 MiB" };
  });
  afterEach(() => guest.remove());

  /** Creates a resource, changes it to the second, and checks that nothing is due after that. */
  const follow = async (first: Record<string, unknown>, second: Record<string, unknown>) => {
    const [before, after] = [
      { ...base, ...first },
      { ...base, ...second },
    ];
    await guest.create("Domain", before);
    const { lines, isNeeded } = await guest.preview("Domain", before, after);
    await guest.update("Domain", before, after);
    expect((await guest.preview("Domain", after)).isNeeded).to.equal(false);
    return { lines, isNeeded, xml: (await guest.facts()).inactiveXml };
  };
  const disk = (target: string) => ({ target, source: { file: makeImage(`back-${target}.raw`, 1) } });
  const inXml = (inner: string) => ({ xml: `<domain>${inner}</domain>` });

  for (const running of [false, true])
    it(`<boot dev='hd'/> gives way to a declared boot order, ${running ? "running" : "off"}`, async () => {
      const ordered = { running, disks: [{ ...disk("vda"), bootOrder: 1 }] };
      const { lines, xml } = await follow({ running, disks: [disk("vda")] }, ordered);
      expect(lines.join("\n"))
        .to.match(/boot.*absent → /)
        .and.not.to.contain("os/boot");
      expect(xml).to.contain("<boot order='1'/>").and.not.to.contain("<boot dev");
      if (running) await guest.virsh("destroy");
      await guest.update("Domain", { ...base, ...ordered }, { ...base, disks: [disk("vda")] });
      expect((await guest.facts()).inactiveXml)
        .to.contain("<boot dev='hd'/>")
        .and.not.to.contain("order=");
    });

  it("what somebody else put there gives way too, and is told", async () => {
    await guest.create("Domain", { ...base, ...inXml("<os><boot dev='network'/><boot dev='hd'/></os>") });
    await guest.create("VirtioDisk", disk("vda"));
    const ordered = { ...disk("vda"), bootOrder: 1 };
    const { lines } = await guest.preview("VirtioDisk", disk("vda"), ordered);
    expect(lines.join("\n")).to.match(/os\/boot .*network/);
    await guest.update("VirtioDisk", disk("vda"), ordered);
    expect((await guest.preview("VirtioDisk", ordered)).isNeeded).to.equal(false);
    expect((await guest.facts()).inactiveXml).not.to.contain("<boot dev");
  });

  const [pty, log] = ["<serial type='pty'/>", "<console type='pty'/>"];
  for (const { name, first, second = {} } of [
    { name: "the sole boot device", first: { bootDevices: [{ dev: "hd" }] } },
    { name: "what happens at a crash", first: inXml("<on_crash>destroy</on_crash>") },
    { name: "what happens at a reboot", first: inXml("<on_reboot>restart</on_reboot>") },
    { name: "the clock", first: inXml("<clock offset='utc'/>") },
    {
      name: "the clock's offset",
      first: inXml("<clock offset='utc'><timer name='rtc' tickpolicy='catchup'/></clock>"),
      second: inXml("<clock><timer name='rtc' tickpolicy='catchup'/></clock>"),
    },
    {
      name: "the serial port that a console is",
      first: inXml(`<devices>${pty}${log}</devices>`),
      second: inXml(`<devices>${log}</devices>`),
    },
    {
      name: "the console that a serial port is",
      first: inXml(`<devices>${pty}${log}</devices>`),
      second: inXml(`<devices>${pty}</devices>`),
    },
    { name: "a serial port declared alone", first: inXml(`<devices>${pty}</devices>`) },
    { name: "a memory balloon", first: inXml("<devices><memballoon model='virtio'/></devices>") },
    {
      name: "a disk's usual bus",
      first: { disks: [{ target: "vda", bus: "virtio" }] },
      second: { disks: [{ target: "vda" }] },
    },
  ] as readonly { name: string; first: Record<string, unknown>; second?: Record<string, unknown> }[])
    it(`is no change when it is declared no more: ${name}`, async () => {
      const withDisk = (args: Record<string, unknown>) =>
        args.disks ? { disks: (args.disks as object[]).map((each) => ({ ...disk("vda"), ...each })) } : args;
      const { lines, isNeeded } = await follow(withDisk(first), withDisk(second));
      expect([lines, isNeeded]).to.deep.equal([[], false]);
    });

  it("a serial port and its console go together", async () => {
    const { xml } = await follow(inXml(`<devices>${pty}${log}</devices>`), {});
    expect(xml).not.to.match(/<serial|<console/);
  });

  it("of several boot devices the one that is not put back is removed", async () => {
    const { lines, xml } = await follow({ bootDevices: [{ dev: "hd" }, { dev: "network" }] }, {});
    expect(lines).to.have.length(1);
    expect(xml)
      .to.match(/<boot dev='hd'\/>/)
      .and.not.to.contain("network");
  });

  const file = (path: string) => `<console type='file'><source path='${path}'/></console>`;
  it("an edit of the console is one of the serial port that it is", async () => {
    const [first, second] = ["/tmp/a.log", "/tmp/b.log"].map((path) =>
      inXml(`<devices>${file(path)}</devices>`),
    );
    const { lines, xml } = await follow(first ?? {}, second ?? {});
    expect(lines).to.have.length(1);
    expect(lines[0]).to.match(/devices\/console\/source\/@path \/tmp\/a.log → \/tmp\/b.log/);
    expect(xml.match(/b\.log/g)).to.have.length(2);
  });
  it("and its kind too, there and back", async () => {
    const { xml } = await follow(
      inXml(`<devices>${log}</devices>`),
      inXml(`<devices>${file("/tmp/a.log")}</devices>`),
    );
    expect(xml.match(/a\.log/g)).to.have.length(2);
    const back = { ...base, ...inXml(`<devices>${log}</devices>`) };
    await guest.update("Domain", { ...base, ...inXml(`<devices>${file("/tmp/a.log")}</devices>`) }, back);
    expect((await guest.facts()).inactiveXml).not.to.contain("a.log");
    expect((await guest.preview("Domain", back)).isNeeded).to.equal(false);
  });
});
