import { expect } from "chai";
import { domainSchema } from "../../provider/model/elements/domain/schema.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { rows } from "../../provider/plan/live/domain.ts";
import type { Label } from "../../provider/plan/live/labels.ts";
import { planLive } from "../../provider/plan/live/live.ts";
import type { Row, WhenRunning } from "../../provider/plan/live/steps.ts";
import { DOMAIN } from "../../provider/plan/live/steps.ts";
import { mergeTrees } from "../../provider/plan/merge/merge.ts";
import { planDomain } from "../../provider/plan/plan.ts";

/**
 * A planned change to a running guest: the commands in order, and the label. Each part is the content of
 * `<domain>`.
 */
interface Case {
  readonly name: string;
  readonly live?: string;
  /** Omitted when nothing was declared before. */
  readonly recorded?: string;
  readonly desired: string;
  /** Default: 9.0.0. */
  readonly libvirt?: number;
  /** Default: 7.2.0. */
  readonly qemu?: number;
  readonly allowed?: WhenRunning;
  readonly label: Label;
  /** `D` represents the domain; text after `<` is standard input. */
  readonly commands: readonly string[];
}

const threads = (...inner: string[]) => `<iothreadids>${inner.join("")}</iothreadids>`;
const tune = (inner: string) => `<cputune>${inner}</cputune>`;
const devices = (...inner: string[]) => `<devices>${inner.join("")}</devices>`;
const disk = (inner = "", driver = "", attributes = "type='file' device='disk'") =>
  `<disk ${attributes}><driver name='qemu' ${driver}/><source file='/a'/><target dev='vda' bus='virtio'/>${inner}</disk>`;
const cdrom = (type: string, source: string) =>
  `<disk type='${type}' device='cdrom'>${source}<target dev='sdz' bus='scsi'/><alias name='d'/></disk>`;
const scsi = (driver: string, inner = "") =>
  `<controller type='scsi' index='1' model='virtio-scsi'>${driver}${inner}</controller>`;
const nic = (inner: string) =>
  `<interface type='ethernet'><mac address='52:54:00:00:00:01'/><model type='virtio'/>${inner}</interface>`;
const meta = (color: string) => `<metadata><t:rack xmlns:t='urn:rack' color='${color}'/></metadata>`;
const alias = "<alias name='d'/>";
const usb = "<disk type='file' device='disk'><source file='/u'/><target dev='sda' bus='usb'/></disk>";
const pool = (min: string, max: string) =>
  threads(`<iothread id='1'${min && ` thread_pool_min='${min}'`}${max && ` thread_pool_max='${max}'`}/>`);
const set = (...words: string[]) => words.map((word) => `iothreadset D 1 ${word} --live`);

const cases: readonly Case[] = [
  {
    name: "a thread, with polling and a pool: each by a call of its own",
    desired: threads(
      "<iothread id='1' thread_pool_min='2' thread_pool_max='4'><poll max='9' grow='2' shrink='3'/></iothread>",
    ),
    label: "live",
    commands: [
      "iothreadadd D 1 --live",
      ...set(
        "--poll-max-ns 9",
        "--poll-grow 2",
        "--poll-shrink 3",
        "--thread-pool-max 4",
        "--thread-pool-min 2",
      ),
    ],
  },
  ...["max", "grow", "shrink"].map(
    (name): Case => ({
      name: `polling, ${name}`,
      live: threads("<iothread id='1'><poll max='1' grow='1' shrink='1'/></iothread>"),
      desired: threads(`<iothread id='1'><poll ${name}='7'/></iothread>`),
      label: "live",
      commands: set(`--poll-${name === "max" ? "max-ns" : name} 7`),
    }),
  ),
  ...(
    [
      ["set", 12_007_000, 11_001_000, "live"],
      ["unknown to this libvirt", 12_006_000, 11_001_000, "next boot"],
      ["unknown to this QEMU", 12_007_000, 11_000_000, "next boot"],
    ] as const
  ).map(
    ([name, libvirt, qemu, label]): Case => ({
      name: `the weight of polling in its XML, ${name}`,
      live: threads("<iothread id='1'><poll max='1' grow='1' shrink='1' weight='3'/></iothread>"),
      desired: threads("<iothread id='1'><poll weight='5'/></iothread>"),
      libvirt,
      qemu,
      label,
      commands: label === "live" ? set("--poll-weight 5") : [],
    }),
  ),
  {
    name: "polling where libvirt can't set it yet",
    live: threads("<iothread id='1'><poll max='1'/></iothread>"),
    desired: threads("<iothread id='1'><poll max='7'/></iothread>"),
    libvirt: 4_009_000,
    label: "next boot",
    commands: [],
  },
  {
    name: "polling that libvirt keeps in its XML",
    live: threads("<iothread id='1'><poll max='1'/></iothread>"),
    desired: threads("<iothread id='1'><poll max='7'/></iothread>"),
    libvirt: 9_004_000,
    label: "live",
    commands: set("--poll-max-ns 7"),
  },
  ...(
    [
      ["unset before: the maximum first", "", "", "2", "4", ["max 4", "min 2"]],
      ["wider: the maximum first", "1", "2", "5", "9", ["max 9", "min 5"]],
      ["narrower: the minimum first", "5", "9", "1", "2", ["min 1", "max 2"]],
      ["the maximum alone", "1", "2", "1", "9", ["max 9"]],
      ["the minimum alone, the maximum is not declared", "1", "8", "3", "", ["min 3"]],
      ["the maximum alone, the minimum is not declared and stays", "2", "8", "", "4", ["max 4"]],
    ] as const
  ).map(
    ([name, min, max, minThen, maxThen, want]): Case => ({
      name: `a thread pool, ${name}`,
      live: pool(min, max),
      desired: pool(minThen, maxThen),
      label: "live",
      commands: set(...want.map((each) => `--thread-pool-${each}`)),
    }),
  ),
  ...[
    { name: "libvirt", libvirt: 8_004_000 },
    { name: "QEMU", qemu: 7_000_000 },
  ].map(
    ({ name, ...version }): Case => ({
      name: `a thread pool where ${name} can't set it yet`,
      live: pool("1", "2"),
      desired: pool("1", "4"),
      ...version,
      label: "next boot",
      commands: [],
    }),
  ),
  {
    name: "a thread that is declared no more",
    live: threads("<iothread id='1'/><iothread id='2'/>"),
    recorded: threads("<iothread id='2'/>"),
    desired: "",
    label: "live",
    commands: ["iothreaddel D 2 --live"],
  },
  ...(
    [
      ["iothreadpin", "iothread='1'", " 1"],
      ["vcpupin", "vcpu='0'", " 0"],
      ["emulatorpin", "", ""],
    ] as const
  ).flatMap(([name, key, word]): Case[] => {
    const at = (cpuset: string) => tune(`<${name} ${key} cpuset='${cpuset}'/>`);
    const live = threads("<iothread id='1'/>");
    return [
      { name: `${name} set`, live, desired: at("0"), label: "live", commands: [`${name} D${word} 0 --live`] },
      {
        name: `${name} moved`,
        live: live + at("0"),
        desired: at("1"),
        label: "live",
        commands: [`${name} D${word} 1 --live`],
      },
      {
        name: `${name} taken away: to all CPUs`,
        live: live + at("0"),
        recorded: at("0"),
        desired: "",
        label: "live",
        commands: [`${name} D${word} 0-3 --live`],
      },
    ];
  }),
  ...Object.entries({
    shares: "cpu_shares",
    period: "vcpu_period",
    quota: "vcpu_quota",
    global_period: "global_period",
    global_quota: "global_quota",
    emulator_period: "emulator_period",
    emulator_quota: "emulator_quota",
    iothread_period: "iothread_period",
    iothread_quota: "iothread_quota",
  }).map(
    ([name, parameter]): Case => ({
      name: `cputune ${name}`,
      desired: tune(`<${name}>2000</${name}>`),
      label: "live",
      commands: [`schedinfo D --set ${parameter}=2000 --live`],
    }),
  ),
  {
    name: "more vCPUs, up to those there can be",
    live: "<vcpu current='1'>4</vcpu>",
    desired: "<vcpu current='3'>4</vcpu>",
    label: "live",
    commands: ["setvcpus D 3 --live"],
  },
  {
    name: "all vCPUs, by saying nothing of them any more",
    live: "<vcpu current='1'>4</vcpu>",
    recorded: "<vcpu current='1'>4</vcpu>",
    desired: "<vcpu>4</vcpu>",
    label: "live",
    commands: ["setvcpus D 4 --live"],
  },
  {
    name: "current memory",
    live: "<memory>8192</memory><currentMemory>8192</currentMemory><devices><memballoon model='virtio'/></devices>",
    desired: "<currentMemory>4096</currentMemory>",
    label: "live",
    commands: ["setmem D --live -- 4096"],
  },
  {
    name: "current memory of a guest without a balloon",
    live: "<memory>8192</memory><currentMemory>8192</currentMemory><devices><memballoon model='none'/></devices>",
    desired: "<currentMemory>4096</currentMemory>",
    label: "next boot",
    commands: [],
  },
  ...(["title", "description"] as const).flatMap((name): Case[] => {
    const options = name === "title" ? "--title " : "";
    const at = (text: string) => `<${name}>${text}</${name}>`;
    return [
      {
        name: `a ${name} that looks like an option`,
        desired: at("--edit"),
        label: "live",
        commands: [`desc D ${options}--live --edit <--edit`],
      },
      {
        name: `a ${name} taken away`,
        live: at("a"),
        recorded: at("a"),
        desired: "",
        label: "live",
        commands: [`desc D ${options}--live --edit`],
      },
    ];
  }),
  {
    name: "metadata",
    desired: meta("red"),
    label: "live",
    commands: ["metadata D --uri urn:rack --key t --live --edit <<rack color='red'/>"],
  },
  {
    name: "metadata with elements below it, which get the prefix by themselves",
    desired: meta("red").replace("/>", "><t:slot>1</t:slot></t:rack>"),
    label: "live",
    commands: ["metadata D --uri urn:rack --key t --live --edit <<rack color='red'><slot>1</slot></rack>"],
  },
  {
    name: "metadata with an element of another namespace below it",
    desired: meta("red").replace("/>", "><u:slot xmlns:u='urn:u'>1</u:slot></t:rack>"),
    label: "next boot",
    commands: [],
  },
  {
    name: "metadata taken away",
    live: meta("red"),
    recorded: meta("red"),
    desired: "",
    label: "live",
    commands: ["metadata D --uri urn:rack --remove --live"],
  },
  ...["poweroff", "reboot", "crash"].map(
    (event): Case => ({
      name: `on_${event}`,
      live: `<on_${event}>destroy</on_${event}>`,
      desired: `<on_${event}>preserve</on_${event}>`,
      label: "live",
      commands: [`set-lifecycle-action D --live ${event} -- preserve`],
    }),
  ),
  {
    name: "a virtio-scsi controller",
    desired: devices(scsi("")),
    label: "live",
    commands: [`attach-device D /dev/stdin --live <${scsi("")}`],
  },
  {
    name: "a controller of another model",
    desired: devices("<controller type='scsi' index='1' model='lsilogic'/>"),
    label: "next boot",
    commands: [],
  },
  ...(["live", "detach"] as const).map(
    (allowed): Case => ({
      name: `a controller's thread, with ${allowed}`,
      live: threads("<iothread id='1'/>") + devices(scsi("", alias)),
      desired: devices(scsi("<driver iothread='1'/>")),
      allowed,
      label: allowed === "live" ? "next boot" : "detach",
      commands:
        allowed === "live"
          ? []
          : [
              `detach-device D /dev/stdin --live <${scsi("", alias)}`,
              `attach-device D /dev/stdin --live <${scsi("<driver iothread='1'/>")}`,
            ],
    }),
  ),
  {
    name: "a controller's thread while disks are on it",
    live:
      threads("<iothread id='1'/>") +
      devices(
        scsi("", alias),
        "<disk type='file' device='disk'><target dev='sda' bus='scsi'/><address type='drive' controller='1'/></disk>",
      ),
    desired: devices(scsi("<driver iothread='1'/>")),
    allowed: "detach",
    label: "next boot",
    commands: [],
  },
  {
    name: "a virtio disk",
    desired: devices(disk()),
    label: "live",
    commands: [`attach-device D /dev/stdin --live <${disk()}`],
  },
  {
    name: "a USB disk",
    desired: devices(usb),
    label: "live",
    commands: [`attach-device D /dev/stdin --live <${usb}`],
  },
  {
    name: "a SATA disk, which can't be plugged in",
    desired: devices(usb.replace("usb", "sata")),
    label: "next boot",
    commands: [],
  },
  {
    name: "a disk's limits",
    live: devices(disk(alias)),
    desired: devices(disk("<iotune><total_iops_sec>5</total_iops_sec></iotune>")),
    label: "live",
    commands: ["blkdeviotune D vda --total-iops-sec 5 --live"],
  },
  {
    name: "the medium of a drive",
    live: devices(cdrom("file", "<source file='/a'/>")),
    desired: devices("<disk device='cdrom'><source file='/b'/><target dev='sdz'/></disk>"),
    label: "live",
    commands: [`update-device D /dev/stdin --live <${cdrom("file", "<source file='/b'/>")}`],
  },
  {
    name: "a medium of another type",
    live: devices(cdrom("file", "<source file='/a'/>")),
    recorded: devices("<disk type='file' device='cdrom'><source file='/a'/><target dev='sdz'/></disk>"),
    desired: devices("<disk type='block' device='cdrom'><source dev='/b'/><target dev='sdz'/></disk>"),
    label: "live",
    commands: [`update-device D /dev/stdin --live <${cdrom("block", "<source dev='/b'/>")}`],
  },
  ...(["live", "detach"] as const).flatMap((allowed): Case[] => {
    const isLive = allowed === "live";
    const cost = { allowed, label: isLive ? "next boot" : "detach" } as const;
    const gone = (device: string) => (isLive ? [] : [`detach-device D /dev/stdin --live <${device}`]);
    const again = (device: string) => (isLive ? [] : [`attach-device D /dev/stdin --live <${device}`]);
    return [
      ...["cache='none'", "io='native'", "queues='2'", "discard='unmap'", "detect_zeroes='on'"].map(
        (driver): Case => ({
          name: `a disk's ${driver}, with ${allowed}`,
          live: devices(disk(alias)),
          desired: devices(disk("", driver)),
          ...cost,
          commands: [...gone(disk(alias)), ...again(disk("", driver))],
        }),
      ),
      {
        name: `a disk's thread, with ${allowed}: threads come first and go last`,
        live: threads("<iothread id='1'/>") + devices(disk(alias, "iothread='1'")),
        recorded: threads("<iothread id='1'/>"),
        desired: threads("<iothread id='2'/>") + devices(disk("", "iothread='2'")),
        ...cost,
        commands: [
          "iothreadadd D 2 --live",
          ...gone(disk(alias, "iothread='1'")),
          ...again(disk("", "iothread='2'")),
          ...(isLive ? [] : ["iothreaddel D 1 --live"]),
        ],
      },
      {
        name: `a disk removed, with ${allowed}`,
        live: devices(disk(alias)),
        recorded: devices(disk()),
        desired: "",
        ...cost,
        commands: gone(disk(alias)),
      },
      {
        name: `an interface's MTU, with ${allowed}`,
        live: devices(nic(alias)),
        desired: devices(nic("<mtu size='1400'/>")),
        ...cost,
        commands: [...gone(nic(alias)), ...again(nic("<mtu size='1400'/>"))],
      },
      {
        name: `an interface removed, with ${allowed}`,
        live: devices(nic(alias)),
        recorded: devices(nic("")),
        desired: "",
        ...cost,
        commands: gone(nic(alias)),
      },
      {
        name: `a controller removed, with ${allowed}`,
        live: devices(scsi("", alias)),
        recorded: devices(scsi("")),
        desired: "",
        ...cost,
        commands: gone(scsi("", alias)),
      },
    ];
  }),
  {
    name: "an interface",
    desired: devices(nic("")),
    label: "live",
    commands: [`attach-device D /dev/stdin --live <${nic("")}`],
  },
  ...["<link state='down'/>", "<bandwidth><inbound average='1000'/></bandwidth>"].map(
    (inner): Case => ({
      name: `an interface's ${inner}`,
      live: devices(nic(alias)),
      desired: devices(nic(inner)),
      label: "live",
      commands: [`update-device D /dev/stdin --live <${nic(alias + inner)}`],
    }),
  ),
  {
    name: "a console's password",
    live: devices("<graphics type='vnc' passwd='a'/>"),
    desired: devices("<graphics type='vnc' passwd='b'/>"),
    label: "live",
    commands: ["update-device D /dev/stdin --live <<graphics type='vnc' passwd='b'/>"],
  },
  // A change that no row covers waits for the next boot. None is silently lost.
  ...(
    [
      ["more memory", "<memory>8192</memory>", "<memory>9000</memory>"],
      ["more vCPUs than there can be", "<vcpu>2</vcpu>", "<vcpu>4</vcpu>"],
      ["fewer vCPUs", "<vcpu current='2'>4</vcpu>", "<vcpu current='1'>4</vcpu>"],
      ["a scheduler of threads", "", tune("<iothreadsched iothreads='1' scheduler='batch'/>")],
      ["a scheduler of vCPUs", "", tune("<vcpusched vcpus='0' scheduler='batch'/>")],
      ["a scheduler of the emulator", "", tune("<emulatorsched scheduler='batch'/>")],
      ["the boot order", "<os><boot dev='hd'/></os>", "<os><boot dev='network'/></os>"],
      ["the firmware", "", "<os firmware='efi'/>"],
      ["a machine", "<os><type machine='pc'>hvm</type></os>", "<os><type machine='q35'>hvm</type></os>"],
      ["an architecture", "<os><type arch='i686'>hvm</type></os>", "<os><type arch='x86_64'>hvm</type></os>"],
      ["the CPU", "<cpu mode='custom'/>", "<cpu mode='maximum'/>"],
      ["the main loop's pool", "", "<defaultiothread thread_pool_max='4'/>"],
      ["an element that nobody knows", "", "<newerThanThis what='x'/>"],
      ["a device that nobody knows", "", devices("<newer type='x'/>")],
    ] as const
  ).map(
    ([name, live, desired]): Case => ({
      name,
      live,
      desired,
      allowed: "detach",
      label: "next boot",
      commands: [],
    }),
  ),
];

const parse = (inner = "") => parseDomainXml(`<domain>${inner}</domain>`);

describe("the label table", () => {
  const used = new Set<Row>();
  for (const { name, live, recorded, desired, libvirt, qemu, allowed = "live", label, commands } of cases) {
    it(`${name}: ${label}`, () => {
      const running = parse(live);
      const situation = {
        inactive: running,
        live: running,
        libvirtVersion: libvirt ?? 9_000_000,
        qemuVersion: qemu ?? 7_002_000,
        onlineCpus: [0, 1, 2, 3],
      };
      const was = recorded === undefined ? null : parse(recorded);
      const plan = planDomain(was, parse(desired), situation, allowed);
      const said = plan.liveSteps.map(({ args, stdin }) =>
        [...args.map((word) => (word === DOMAIN ? "D" : word)), ...(stdin ? [`<${stdin}`] : [])].join(" "),
      );
      const { tree: merged, diff } = mergeTrees(domainSchema, {
        recorded: was,
        desired: parse(desired),
        actual: running,
      });
      for (const change of diff.changes) {
        const planned = planLive(change, { ...situation, live: running, merged, defined: merged, allowed });
        if (planned) used.add(planned.row);
      }
      expect(said.map(canonical)).to.deep.equal(commands.map(canonical));
      expect(plan.changes.length).to.be.greaterThan(0);
      expect(plan.changes.map((each) => each.label)).to.include(label);
      expect(plan.pending.length > 0).to.equal(label === "next boot");
      // What remains after a power cycle must be in the definition too.
      if (!/^polling(?!.*in its XML)/.test(name)) expect(plan.define).not.to.equal(null);
      if (allowed !== "restart") expect(plan.restarts).to.equal(false);
    });
  }

  it("has a case for every row", () => {
    expect(rows.filter((row) => !used.has(row)).map(({ place }) => place)).to.deep.equal([]);
  });

  it("polling that a busy guest did not tell is not taken for another", () => {
    const desired = parse(threads("<iothread id='1'><poll max='7'/></iothread>"));
    for (const libvirtVersion of [9_000_000, 11_003_000]) {
      const defined =
        libvirtVersion < 9_004_000 ? "<iothread id='1'/>" : "<iothread id='1'><poll max='7'/></iothread>";
      const inactive = parse(threads(defined));
      const live = parse(threads("<iothread id='1'><poll/></iothread>"));
      const situation = { inactive, live, libvirtVersion, onlineCpus: [0] };
      const plan = planDomain(desired, desired, situation, "restart");
      expect([plan.restarts, plan.pending, plan.changes]).to.deep.equal([false, [], []]);
      const before = parse(threads("<iothread id='1'><poll max='5'/></iothread>"));
      const edited = planDomain(before, desired, situation, "restart");
      expect([edited.restarts, edited.changes.map(({ label }) => label)]).to.deep.equal([false, ["live"]]);
    }
  });

  it("what waits is told in sizes as people write them, and what was tried is known in either spelling", () => {
    const sized = (size: string) => parse(`<memory unit='KiB'>${size}</memory>`);
    const running = sized("1048576");
    const situation = { inactive: running, live: running, libvirtVersion: 9_000_000, onlineCpus: [0] };
    const desired = parse("<memory unit='GiB'>2</memory>");
    const plan = planDomain(null, desired, situation, "restart");
    expect(plan.pending[0]).to.deep.equal({ path: "memory", live: "1 GiB", inactive: "2 GiB" });
    const tried = [{ path: "memory", inactive: "2 GiB" }];
    expect([plan.restartsFor[0], plan.inVain]).to.deep.equal([tried[0], []]);
    for (const each of [tried, [{ path: "memory", inactive: "2097152" }]]) {
      const next = planDomain(null, desired, situation, "restart", each);
      expect([next.restartsFor, next.inVain]).to.deep.equal([[], each]);
    }
    const others = [{ path: "memory", inactive: "3 GiB" }];
    expect(planDomain(null, desired, situation, "restart", others).inVain).to.deep.equal([]);
  });

  it("a disk that left the guest comes back as it is defined, where only a part of it is declared", () => {
    const address = "<address type='pci' domain='0x0000' bus='0x00' slot='0x05' function='0x0'/>";
    const situation = {
      inactive: parse(`${threads("<iothread id='1'/>")}${devices(disk(address))}`),
      live: parse(threads("<iothread id='1'/>")),
      libvirtVersion: 9_000_000,
      onlineCpus: [0],
    };
    const part = "<disk><driver iothread='1'/><target dev='vda' bus='virtio'/></disk>";
    const plan = planDomain(null, parse(devices(part)), situation);
    expect(plan.liveSteps.map(({ stdin }) => canonical(stdin ?? ""))).to.deep.equal([
      canonical(disk("", "iothread='1'")),
    ]);
  });

  it('with "restart" everything that waits comes by one power cycle, and no device leaves before it', () => {
    const running = parse(`<memory>8192</memory>${devices(disk(alias))}`);
    const situation = { inactive: running, live: running, libvirtVersion: 9_000_000, onlineCpus: [0] };
    const desired = parse(`<memory>9000</memory>${devices(disk("", "cache='none'"))}`);
    const plan = planDomain(null, desired, situation, "restart");
    expect(plan.restarts).to.equal(true);
    expect(plan.liveSteps).to.deep.equal([]);
    expect(plan.changes.map(({ label }) => label)).to.deep.equal(["restart", "restart"]);
  });
});

/** Ignores spaces within tags and the form of empty elements. */
const canonical = (text: string) =>
  text
    .replace(/><\/\w+>$/, "/>")
    .replace(/\s+(?=\/?>)/g, "")
    .replace(/\s+/g, " ");
