import { readFileSync } from "node:fs";
import { expect } from "chai";
import { readDomain, readHost } from "../../provider/host/read/read.ts";
import { runOne, virsh } from "../../provider/host/virsh/virsh.ts";
import type { Arguments } from "../../provider/model/arguments/field.ts";
import type { KindName } from "../../provider/model/arguments/kinds.ts";
import { kinds } from "../../provider/model/arguments/kinds.ts";
import { domainSchema } from "../../provider/model/elements/domain/schema.ts";
import { declare } from "../../provider/plan/arguments/declaration.ts";
import type { FeatureName } from "../../provider/plan/checks/features.ts";
import { rows } from "../../provider/plan/live/domain.ts";
import type { Label } from "../../provider/plan/live/labels.ts";
import { planLive } from "../../provider/plan/live/live.ts";
import type { Row, WhenRunning } from "../../provider/plan/live/steps.ts";
import { mergeTrees } from "../../provider/plan/merge/merge.ts";
import { planDomain } from "../../provider/plan/plan.ts";
import type { DomainFacts, HostFacts } from "../../provider/plan/situation/facts.ts";
import { situationOf } from "../../provider/plan/situation/situation.ts";
import { imagePath, makeImage } from "../../tools/sandbox/images.ts";
import type { TestDomain } from "../support/domains.ts";
import { failureOf, testDomain } from "../support/domains.ts";
import { featureOf } from "../support/features.ts";
import { bootGuest, printGuestXml } from "../support/guest.ts";
import { findLies } from "../support/inForce.ts";

/** A change to a running guest: the cost that the label states, and the actual effect. */
interface Case {
  readonly name: string;
  readonly kind: KindName;
  /** Arguments declared and applied before. Omitted when there were none. */
  readonly from?: Arguments;
  /** Omitted when the resource is removed. */
  readonly to?: Arguments;
  readonly label: Label;
  /** Pattern for the live XML afterwards; with `not` in front, the XML must not match. */
  readonly live: RegExp;
  /** The same for the definition. Default: `live`. */
  readonly inactive?: RegExp;
  /**
   * Whether the change stays pending, because the guest did not follow. Default: only for the label "next
   * boot".
   */
  readonly isPending?: true;
  /** The feature that the change needs; hosts without it must refuse the change. Default: every host has it. */
  readonly feature?: FeatureName;
  /** The feature by which the definition holds the change as well, and has to be changed with the guest. */
  readonly defined?: FeatureName;
}

const detach = { whenRunning: "detach" } as const;
const without = (text: string) => new RegExp(`^(?![\\s\\S]*${text})`);
const metadata = (color: string) =>
  `<domain><metadata><t:rack xmlns:t='https://example.com/rack' color='${color}'/></metadata></domain>`;
const devices = (inner: string) => `<domain><devices>${inner}</devices></domain>`;
const tap = (inner: string) =>
  devices(
    `<interface type='ethernet'><mac address='52:54:00:99:99:01'/><model type='virtio'/>${inner}</interface>`,
  );
const cdrom = (file: string) =>
  devices(
    `<disk type='file' device='cdrom'>${file && `<source file='${file}'/>`}<target dev='sdz' bus='scsi'/><readonly/></disk>`,
  );

/** Seconds that QEMU has run, according to the kernel. */
function uptimeOf({ qemuStartTime }: DomainFacts): number {
  return Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) - (qemuStartTime ?? 0) / 100;
}

/** Rows that this machine can't test, each with the reason. */
const elsewhere: Readonly<Record<string, string>> = {
  "devices/disk/@type": "a medium of another type needs a block device",
  "devices/interface/bandwidth/**": "the kernel needs the queueing discipline sfq",
};

describe("what a change costs a running guest, and what it does", function () {
  this.timeout(300_000);
  let guest: TestDomain;
  const used = new Set<Row>();
  /** Images that the cases name, made before the first case runs. */
  const images = new Set<string>();
  const image = (name: string) => {
    images.add(`prices-${name}.raw`);
    return imagePath(`prices-${name}.raw`);
  };

  before(async () => {
    guest = await testDomain("prices");
    const xml = await printGuestXml({
      name: guest.name,
      machine: "q35",
      ioThreads: 2,
      scsiIoThread: 1,
      settings: "depth=0",
      disks: [
        { name: "vda", file: image("vda"), target: "vda", ioThread: 1 },
        { name: "sda", file: image("sda"), target: "sda" },
      ],
    });
    const roomy = xml
      .replace("<memballoon model='none'/>", "")
      .replace("<vcpu>1</vcpu>", "<vcpu current='1'>2</vcpu>")
      .replace(
        "<devices>",
        `<devices><graphics type='vnc' autoport='yes' passwd='first'/>${"<controller type='pci' model='pcie-root-port'/>".repeat(8)}`,
      )
      .replace(
        "</devices>",
        "<disk type='file' device='cdrom'><target dev='sdz' bus='scsi'/><readonly/></disk></devices>",
      );
    for (const name of images) makeImage(name, 1);
    await runOne(guest.connection, "define", virsh(guest.connection, ["define", "/dev/stdin"], roomy));
    // Wait for the boot: only a booted guest releases a device.
    (await bootGuest(guest.name)).close();
  });
  after(() => guest.remove());

  const cases: () => readonly Case[] = () => [
    {
      name: "add an IO thread",
      kind: "IoThread",
      to: { ioThreadId: 5 },
      label: "live",
      live: /<iothread id='5'/,
    },
    {
      name: "add an IO thread with polling and a pool",
      kind: "IoThread",
      to: { ioThreadId: 6, pollMaxNs: 1000, pollGrow: 2, pollShrink: 3, threadPoolMin: 1, threadPoolMax: 4 },
      label: "live",
      live: /<iothread id='6' thread_pool_min='1' thread_pool_max='4'/,
    },
    {
      name: "polling",
      kind: "IoThread",
      from: { ioThreadId: 2 },
      // None of these is the default of a supported QEMU.
      to: { ioThreadId: 2, pollMaxNs: 20000, pollGrow: 4, pollShrink: 3 },
      label: "live",
      live: /iothread/,
      defined: "pollingInXml",
    },
    {
      name: "the weight of polling",
      kind: "IoThread",
      from: { ioThreadId: 2, pollMaxNs: 20000 },
      to: { ioThreadId: 2, pollMaxNs: 20000, pollWeight: 5 },
      label: "live",
      live: /<poll [^>]*weight='5'/,
      feature: "pollWeight",
    },
    {
      name: "a thread pool, wider",
      kind: "IoThread",
      from: { ioThreadId: 2, threadPoolMin: 1, threadPoolMax: 2 },
      to: { ioThreadId: 2, threadPoolMin: 5, threadPoolMax: 9 },
      label: "live",
      live: /<iothread id='2' thread_pool_min='5' thread_pool_max='9'/,
    },
    {
      name: "a thread pool, narrower",
      kind: "IoThread",
      from: { ioThreadId: 2, threadPoolMin: 5, threadPoolMax: 9 },
      to: { ioThreadId: 2, threadPoolMin: 1, threadPoolMax: 2 },
      label: "live",
      live: /<iothread id='2' thread_pool_min='1' thread_pool_max='2'/,
    },
    {
      name: "remove an unused IO thread",
      kind: "IoThread",
      from: { ioThreadId: 7 },
      label: "live",
      live: without("<iothread id='7'"),
    },
    {
      name: "remove an IO thread that a disk uses",
      kind: "Domain",
      from: {
        ioThreads: [{ id: 8 }],
        disks: [{ target: "vdh", source: { file: image("vdh") }, ioThread: 8 }],
      },
      to: { ioThreads: [], disks: [] },
      label: "next boot",
      live: /<iothread id='8'/,
      inactive: without("<iothread id='8'"),
    },
    {
      name: "pin an IO thread",
      kind: "IoThreadPin",
      to: { ioThread: 2, cpuset: "0" },
      label: "live",
      live: /<iothreadpin iothread='2' cpuset='0'/,
    },
    {
      name: "move its pin",
      kind: "IoThreadPin",
      from: { ioThread: 2, cpuset: "0" },
      to: { ioThread: 2, cpuset: "1" },
      label: "live",
      live: /<iothreadpin iothread='2' cpuset='1'/,
    },
    {
      name: "take its pin away",
      kind: "IoThreadPin",
      from: { ioThread: 2, cpuset: "1" },
      label: "live",
      live: /<iothreadpin iothread='2' cpuset='0-1'/,
      inactive: without("<iothreadpin iothread='2'"),
    },
    {
      name: "pin a vCPU and the emulator",
      kind: "Domain",
      to: { cpuTune: { vcpuPins: [{ vcpu: 0, cpuset: "1" }], emulatorPin: "0" } },
      label: "live",
      live: /<vcpupin vcpu='0' cpuset='1'\/>\s*<emulatorpin cpuset='0'/,
    },
    {
      name: "move the pins of a vCPU and the emulator",
      kind: "Domain",
      from: { cpuTune: { vcpuPins: [{ vcpu: 0, cpuset: "1" }], emulatorPin: "0" } },
      to: { cpuTune: { vcpuPins: [{ vcpu: 0, cpuset: "0" }], emulatorPin: "1" } },
      label: "live",
      live: /<vcpupin vcpu='0' cpuset='0'\/>\s*<emulatorpin cpuset='1'/,
    },
    {
      name: "shares, periods and quotas",
      kind: "Domain",
      to: {
        xml: `<domain><cputune><shares>512</shares><period>50000</period><quota>40000</quota><global_period>60000</global_period>
          <global_quota>60000</global_quota><emulator_period>50000</emulator_period><emulator_quota>40000</emulator_quota>
          <iothread_period>50000</iothread_period><iothread_quota>40000</iothread_quota></cputune></domain>`,
      },
      label: "live",
      live: /<shares>512<[\s\S]*<iothread_quota>40000</,
    },
    {
      name: "a scheduler of an IO thread",
      kind: "Domain",
      to: { cpuTune: { ioThreadScheds: [{ ioThreads: "1", scheduler: "batch" }] } },
      label: "next boot",
      live: without("<iothreadsched"),
      inactive: /<iothreadsched iothreads='1' scheduler='batch'/,
    },
    {
      name: "one vCPU more",
      kind: "Domain",
      to: { currentVcpus: 2 },
      label: "live",
      live: /<vcpu placement='static'>2<|<vcpu placement='static' current='2'>2</,
    },
    {
      name: "current memory: the guest is asked and has no balloon driver",
      kind: "Domain",
      to: { currentMemory: "48 MiB" },
      label: "live",
      live: /<currentMemory unit='KiB'>65536</,
      inactive: /<currentMemory unit='KiB'>49152</,
      isPending: true,
    },
    {
      name: "one vCPU less",
      kind: "Domain",
      from: { currentVcpus: 2 },
      to: { currentVcpus: 1 },
      label: "next boot",
      live: /<vcpu placement='static'>2</,
      inactive: /<vcpu placement='static' current='1'>2</,
    },
    {
      name: "memory",
      kind: "Domain",
      to: { memory: "128 MiB" },
      label: "next boot",
      live: /<memory unit='KiB'>65536</,
      inactive: /<memory unit='KiB'>131072</,
    },
    {
      name: "title, description, metadata and what happens on reboot",
      kind: "Domain",
      to: { title: "a 'title'", description: "it's <a> & b", xml: metadata("red") },
      label: "live",
      live: /<title>a &apos;title&apos;<[\s\S]*<description>it&apos;s &lt;a&gt; &amp; b<[\s\S]*color=.red./,
    },
    {
      name: "metadata changed",
      kind: "Domain",
      from: { xml: metadata("red") },
      to: { xml: metadata("blue") },
      label: "live",
      live: /color=.blue./,
    },
    {
      name: "metadata removed",
      kind: "Domain",
      from: { xml: metadata("blue") },
      to: {},
      label: "live",
      live: without("example.com/rack"),
    },
    {
      name: "what happens on reboot and crash",
      kind: "Domain",
      to: { xml: "<domain><on_reboot>destroy</on_reboot><on_crash>preserve</on_crash></domain>" },
      label: "live",
      live: /<on_reboot>destroy<[\s\S]*<on_crash>preserve</,
    },
    {
      name: "what happens on power-off and reboot",
      kind: "Domain",
      from: { xml: "<domain><on_reboot>restart</on_reboot></domain>" },
      to: { xml: "<domain><on_poweroff>restart</on_poweroff><on_reboot>restart</on_reboot></domain>" },
      label: "live",
      live: /<on_poweroff>restart<[\s\S]*<on_reboot>restart</,
    },
    {
      name: "take title and description away",
      kind: "Domain",
      from: { title: "a", description: "b" },
      to: {},
      label: "live",
      live: without("<title>|<description>"),
    },
    {
      name: "plug in a virtio disk",
      kind: "VirtioDisk",
      to: { target: "vdb", source: { file: image("vdb") }, format: "raw", ioThread: 1 },
      label: "live",
      live: /<target dev='vdb' bus='virtio'/,
    },
    {
      name: "plug in a SCSI disk",
      kind: "Domain",
      to: { disks: [{ target: "sdb", bus: "scsi", source: { file: image("sdb") } }] },
      label: "live",
      live: /<target dev='sdb' bus='scsi'/,
    },
    {
      name: "limit a disk",
      kind: "Domain",
      to: { disks: [{ target: "vda", ioTune: { totalIopsSec: 500 } }] },
      label: "live",
      live: /<total_iops_sec>500</,
    },
    {
      name: "limit a disk otherwise",
      kind: "Domain",
      from: { disks: [{ target: "vda", ioTune: { totalIopsSec: 500, totalBytesSec: 9999999 } }] },
      to: { disks: [{ target: "vda", ioTune: { totalIopsSec: 800 } }] },
      label: "live",
      live: /<iotune>\s*<total_iops_sec>800<\/total_iops_sec>\s*<\/iotune>/,
    },
    {
      name: "put a medium into a drive",
      kind: "Domain",
      from: { xml: cdrom("") },
      to: { xml: cdrom(image("medium")) },
      label: "live",
      live: /prices-medium.raw/,
    },
    {
      name: "take the medium out",
      kind: "Domain",
      from: { xml: cdrom(image("medium")) },
      to: { xml: cdrom("") },
      label: "live",
      live: without("prices-medium.raw"),
    },
    {
      name: "plug in a virtio-scsi controller",
      kind: "VirtioScsiController",
      to: { index: 7, ioThread: 1 },
      label: "live",
      live: /<controller type='scsi' index='7' model='virtio-scsi'>\s*<driver iothread='1'/,
    },
    {
      name: "plug in an interface",
      kind: "Domain",
      to: { xml: tap("") },
      label: "live",
      live: /52:54:00:99:99:01/,
    },
    {
      name: "take its link down",
      kind: "Domain",
      to: { xml: tap("<link state='down'/>") },
      label: "live",
      live: /<link state='down'/,
    },
    {
      name: "a console's password",
      kind: "Domain",
      from: { xml: devices("<graphics type='vnc' passwd='first'/>") },
      to: { xml: devices("<graphics type='vnc' passwd='second'/>") },
      label: "live",
      live: /passwd='second'/,
    },
    {
      name: "a disk's IO thread",
      kind: "VirtioDisk",
      from: { target: "vdc", source: { file: image("vdc") }, ioThread: 1 },
      to: { target: "vdc", source: { file: image("vdc") }, ioThread: 2 },
      label: "next boot",
      live: /iothread='1'\/>\s*<source file='[^']*prices-vdc/,
      inactive: /iothread='2'\/>\s*<source file='[^']*prices-vdc/,
    },
    {
      name: "a disk's IO thread and cache, with detach allowed",
      kind: "VirtioDisk",
      from: { target: "vdd", source: { file: image("vdd") }, ioThread: 1 },
      to: { target: "vdd", source: { file: image("vdd") }, ioThread: 2, cache: "none", ...detach },
      label: "detach",
      live: /cache='none' iothread='2'\/>\s*<source file='[^']*prices-vdd/,
    },
    {
      name: "a disk's queues, io and discard, which libvirt says it has changed and has not",
      kind: "VirtioDisk",
      from: { target: "vdg", source: { file: image("vdg") }, cache: "none" },
      to: {
        target: "vdg",
        source: { file: image("vdg") },
        cache: "none",
        io: "native",
        discard: "unmap",
        queues: 2,
      },
      label: "next boot",
      live: /cache='none'\/>\s*<source file='[^']*prices-vdg/,
      inactive: /cache='none' io='native' discard='unmap' queues='2'\/>\s*<source file='[^']*prices-vdg/,
    },
    {
      name: "remove a disk",
      kind: "VirtioDisk",
      from: { target: "vde", source: { file: image("vde") } },
      label: "next boot",
      live: /prices-vde/,
      inactive: without("prices-vde"),
    },
    {
      name: "remove a disk, with detach allowed",
      kind: "VirtioDisk",
      from: { target: "vdf", source: { file: image("vdf") }, ...detach },
      label: "detach",
      live: without("prices-vdf"),
    },
    {
      name: "remove a SCSI disk, with detach allowed",
      kind: "Domain",
      from: { disks: [{ target: "sdc", bus: "scsi", source: { file: image("sdc") } }], ...detach },
      to: { ...detach },
      label: "detach",
      live: without("prices-sdc"),
    },
    {
      name: "the IO thread of a controller with disks on it, with detach allowed",
      kind: "VirtioScsiController",
      to: { index: 0, ioThread: 2, ...detach },
      label: "next boot",
      live: /<controller type='scsi' index='0' model='virtio-scsi'>\s*<driver iothread='1'/,
      inactive: /<controller type='scsi' index='0' model='virtio-scsi'>\s*<driver iothread='2'/,
    },
    {
      name: "a controller's IO thread, with detach allowed",
      kind: "VirtioScsiController",
      from: { index: 8, ioThread: 1 },
      to: { index: 8, ioThread: 2, ...detach },
      label: "detach",
      live: /<controller type='scsi' index='8' model='virtio-scsi'>\s*<driver iothread='2'/,
    },
    {
      name: "remove a controller, with detach allowed",
      kind: "VirtioScsiController",
      from: { index: 8, ioThread: 2, ...detach },
      label: "detach",
      live: without("<controller type='scsi' index='8'"),
    },
    {
      name: "an interface's model, with detach allowed",
      kind: "Domain",
      from: { xml: tap("") },
      to: { xml: tap("<mtu size='1400'/>"), ...detach },
      label: "detach",
      live: /<mtu size='1400'/,
    },
    {
      name: "remove an interface, with detach allowed",
      kind: "Domain",
      from: { xml: tap("") },
      to: { ...detach },
      label: "detach",
      live: without("52:54:00:99:99:01"),
    },
    {
      name: "a scheduler of a vCPU and of the emulator",
      kind: "Domain",
      to: {
        cpuTune: { vcpuScheds: [{ vcpus: "0", scheduler: "batch" }] },
        xml: "<domain><cputune><emulatorsched scheduler='idle'/></cputune></domain>",
      },
      label: "next boot",
      live: without("<vcpusched|<emulatorsched"),
      inactive: /<emulatorsched scheduler='idle'\/>\s*<vcpusched vcpus='0' scheduler='batch'/,
    },
    {
      name: "more vCPUs than there can be",
      kind: "Domain",
      to: { vcpus: 4 },
      label: "next boot",
      live: /<vcpu placement='static'>2</,
      inactive: /<vcpu placement='static' current='\d'>4</,
    },
    {
      name: "the boot order",
      kind: "Domain",
      to: { bootDevices: [{ dev: "network" }] },
      label: "next boot",
      live: without("<boot dev='network'"),
      inactive: /<boot dev='network'/,
    },
    {
      name: "the firmware",
      kind: "Domain",
      to: { loader: { path: "/usr/share/seabios/bios.bin", type: "rom" } },
      label: "next boot",
      live: without("seabios/bios.bin"),
      inactive: /<loader [^>]*>\/usr\/share\/seabios\/bios.bin</,
    },
    {
      name: "the machine",
      kind: "Domain",
      to: { machine: "pc-q35-7.0" },
      label: "next boot",
      live: without("pc-q35-7.0"),
      inactive: /machine='pc-q35-7.0'/,
    },
    {
      name: "what no row of the table knows",
      kind: "Domain",
      to: { xml: "<domain><genid>11111111-2222-4333-8444-555555555555</genid></domain>" },
      label: "next boot",
      live: without("<genid>"),
      inactive: /<genid>11111111/,
    },
  ];

  for (const one of cases()) {
    it(`${one.name}: ${one.label}`, async () => {
      const { kind, from, to, label, live, inactive = live } = one;
      const isSame = from !== undefined && to !== undefined;
      if (one.feature && !(await featureOf(guest.connection, one.feature)).isThere) {
        expect((await failureOf(guest.create(kind, to ?? {}))).message).to.match(/needs libvirt .*upgrade/);
        return;
      }
      if (from) await guest.create(kind, from);
      const before = await planOf(kind, from, to);
      const uptimeSeconds = uptimeOf(before.domain);
      const isDefined = one.defined && (await featureOf(guest.connection, one.defined)).isThere;
      expect(before.labels, before.told).to.have.members([label, ...(isDefined ? ["define"] : [])]);
      if (to) await (isSame ? guest.update(kind, from, to) : guest.create(kind, to));
      else if (from) await guest.delete(kind, from);
      const after = await planOf(kind, from, to);
      expect(uptimeOf(after.domain)).to.be.at.least(uptimeSeconds);
      expect([after.domain.qemuPid, after.domain.qemuStartTime]).to.deep.equal([
        before.domain.qemuPid,
        before.domain.qemuStartTime,
      ]);
      expect(await findLies(guest)).to.deep.equal([]);
      expect(after.domain.liveXml).to.match(live);
      expect(after.domain.inactiveXml).to.match(inactive);
      expect(after.due, after.told).to.deep.equal([]);
      expect(after.pending.length > 0).to.equal(one.isPending ?? label === "next boot");
    });
  }

  it("every row of the table was used, but for those that can't be here", async () => {
    const { libvirtVersion, qemuVersion } = (await readHost(guest.connection)).host;
    const isHere = ({ since = 0, sinceQemu = 0 }: Row) => libvirtVersion >= since && qemuVersion >= sinceQemu;
    const left = rows.filter((row) => !used.has(row) && isHere(row)).map(({ place }) => place);
    expect(left).to.deep.equal(Object.keys(elsewhere));
  });

  async function planOf(kind: KindName, from: Arguments | undefined, to: Arguments | undefined) {
    const { host, domain } = (await readDomain(guest.connection, guest.name)) as {
      host: HostFacts;
      domain: DomainFacts;
    };
    const situation = situationOf(host, domain);
    const tree = (args: Arguments | undefined) =>
      args
        ? declare(kinds[kind], {
            ...guest.place,
            ...args,
            ...(kind === "Domain" ? { name: guest.name } : {}),
          })
        : null;
    const empty = declare(kinds.Domain, { name: guest.name });
    const [recorded, desired] = [tree(from), tree(to) ?? empty];
    const allowed = ((to ?? from)?.whenRunning ?? "live") as WhenRunning;
    const plan = planDomain(recorded, desired, situation, allowed);
    const running = situation.live;
    if (running) {
      const { tree: merged, diff } = mergeTrees(domainSchema, { recorded, desired, actual: running });
      for (const change of diff.changes) {
        const planned = planLive(change, { ...host, live: running, merged, defined: merged, allowed });
        if (planned) used.add(planned.row);
      }
    }
    const due = plan.changes.filter(({ isDue }) => isDue);
    return {
      domain,
      pending: plan.pending,
      labels: [...new Set(due.map((each) => each.label))],
      due: due.map(({ change }) => change.path),
      told: plan.changes
        .map(({ change: { path, before, after }, label }) => `${path} ${before} → ${after} (${label})`)
        .join("\n"),
    };
  }
});
