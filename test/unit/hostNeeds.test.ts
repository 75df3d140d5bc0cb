import { expect } from "chai";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { findHostNeeds } from "../../provider/plan/checks/needs/find.ts";

/** A host's answer to each question; `null` for no answer. */
type Answers = Readonly<Record<string, string | null>>;

const volumes = ` Name     Path
--------------------------
 a b.raw   /images/a b.raw
 \\xff\\xff   /images/\\xff\\xff
`;
const machine = `<domainCapabilities><vcpu max='255'/><os supported='yes'><enum name='firmware'><value>efi</value></enum></os>
  <cpu><mode name='host-passthrough' supported='no'/><mode name='custom' supported='yes'><model usable='yes'>qemu64</model><model usable='no'>Skylake-Client</model></mode></cpu></domainCapabilities>`;
const capabilities =
  "<capabilities><host><topology><cells num='2'><cell id='0'/><cell id='1'/></cells></topology></host></capabilities>";
const host: Answers = {
  // As virsh prints them: a blank line at the end, names of pools padded.
  "net-list --all --name": "default\nmy active net\nmy net\nnetz-ü\n\n",
  "net-list --name": "default\nmy active net\nnetz-ü\n\n",
  "pool-list --all --name": "images              \nküche               \nold                 \n\n",
  "pool-list --name": "images              \nküche               \n\n",
  "vol-list --pool images": volumes,
  "vol-list --pool küche": volumes,
  "domcapabilities --virttype qemu": machine,
  "domcapabilities --virttype qemu --arch x86_64 --machine pc": machine,
  "cpu-models x86_64": "qemu64\nSkylake-Client\nIcelake-Client\n",
  capabilities,
  nodeinfo: "CPU model:           x86_64\nMemory size:         13330644 KiB\n",
  br0: "bridge\n",
  eth0: "other\n",
  none0: "none\n",
};

const nic = (type: string, source: string, more = "") =>
  `<devices><interface type='${type}'><source ${source}/>${more}</interface></devices>`;
const disk = (pool: string, volume: string) =>
  `<devices><disk type='volume'><source pool='${pool}' volume='${volume}'/><target dev='vda'/></disk></devices>`;
const os = (more: string) => `<os${more}><type arch='x86_64' machine='pc'>hvm</type></os>`;

describe("what a definition needs of its host", () => {
  for (const [title, inner, path, want] of [
    ["a network that is there", nic("network", "network='default'"), null, null],
    [
      "a network that is not active",
      nic("network", "network='my net'"),
      "devices/interface[0]/source/@network",
      /^the network "my net" is not active on the host; start it first \(virsh net-start 'my net'\)$/,
    ],
    [
      "a network that is not there",
      nic("network", "network='lan'"),
      "devices/interface[0]/source/@network",
      /^there is no network "lan" on the host; define it first, or use "default", "my active net", "my net", "netz-ü"$/,
    ],
    ["a network whose name has the word active", nic("network", "network='my active net'"), null, null],
    ["a network whose name is not ASCII", nic("network", "network='netz-ü'"), null, null],
    ["a bridge that is there", nic("bridge", "bridge='br0'"), null, null],
    [
      "a device that is no bridge",
      nic("bridge", "bridge='eth0'"),
      "devices/interface[0]/source/@bridge",
      /no bridge/,
    ],
    [
      "a bridge of Open vSwitch",
      nic("bridge", "bridge='eth0'", "<virtualport type='openvswitch'/>"),
      null,
      null,
    ],
    [
      "a device for macvtap that is not there",
      nic("direct", "dev='none0' mode='bridge'"),
      "devices/interface[0]/source/@dev",
      /^there is no network device "none0" on the host/,
    ],
    ["an interface of the user's network", nic("user", ""), null, null],
    ["a volume that is there", disk("images", "a b.raw"), null, null],
    [
      "a volume that is not there",
      disk("images", "c.raw"),
      "devices/disk[vda]/source/@volume",
      /^there is no volume "c.raw" in the storage pool "images"/,
    ],
    [
      "a volume whose name begins another",
      disk("images", "a"),
      "devices/disk[vda]/source/@volume",
      /^there is no volume "a" in the storage pool "images"/,
    ],
    ["a volume whose name virsh escapes", disk("images", "ü"), null, null],
    ["a volume in a pool whose name is not ASCII", disk("küche", "a b.raw"), null, null],
    [
      "a pool that is not active",
      disk("old", "c"),
      "devices/disk[vda]/source/@volume",
      /^the storage pool "old" is not active on the host; start it first \(virsh pool-start 'old'\)$/,
    ],
    [
      "a pool that is not there",
      disk("p", "c"),
      "devices/disk[vda]/source/@volume",
      /^there is no storage pool "p"/,
    ],
    ["a CPU model that is there", "<cpu><model>qemu64</model></cpu>", null, null],
    [
      "a CPU model that is not there",
      "<cpu mode='custom'><model>Skylake-Klient</model></cpu>",
      "cpu/model",
      /^there is no CPU model "Skylake-Klient" for QEMU on the host; the nearest is "Skylake-Client"$/,
    ],
    [
      "a CPU model that libvirt replaces by one of QEMU",
      "<cpu mode='custom'><model>Icelake-Client</model></cpu>",
      null,
      null,
    ],
    [
      "a CPU model that libvirt may not replace",
      "<cpu mode='custom'><model fallback='forbid'>Icelake-Client</model></cpu>",
      "cpu/model",
      /^there is no CPU model "Icelake-Client" for QEMU on the host; the nearest is/,
    ],
    ["a CPU mode that this type lacks", "<cpu mode='host-passthrough'/>", "cpu/@mode", /no CPU of mode/],
    ["nodes that are there", "<numatune><memory nodeset='0-1'/></numatune>", null, null],
    [
      "a node that is not there",
      "<numatune><memory nodeset='0,7'/></numatune>",
      "numatune/memory/@nodeset",
      /^nodeset 0,7 names NUMA node 7, which the host lacks; it has 0, 1$/,
    ],
    ["firmware that is there", os(" firmware='efi'"), null, null],
    ["vCPUs as many as there can be", "<vcpu>255</vcpu>", null, null],
    [
      "more vCPUs than there can be",
      "<vcpu>256</vcpu>",
      "vcpu",
      /^256 vCPUs are more than the 255 that machine "pc" can have on the host$/,
    ],
    ["memory that the host has", "<memory unit='GiB'>12</memory>", null, null],
    [
      "memory that the host lacks",
      "<memory unit='GiB'>13</memory>",
      "memory",
      /^13 GiB is more memory than the host has, 13018 MiB/,
    ],
  ] as const)
    it(title, () => {
      const domain = parseDomainXml(`<domain type='qemu'>${inner}</domain>`);
      const told = findHostNeeds(domain).flatMap(({ path: at, asks, lacks }) => {
        const answers = asks.map((ask) => host["link" in ask ? ask.link : ask.virsh.join(" ")] ?? null);
        const why = lacks(answers);
        expect(lacks(asks.map(() => null)), "a host that answers nothing").to.equal(null);
        expect(lacks(asks.map(() => "error: noise <")), "a host that answers noise").to.equal(null);
        return why === null ? [] : [{ at, why }];
      });
      expect(told.map(({ at }) => at)).to.deep.equal(path === null ? [] : [path]);
      if (want !== null) expect(told[0]?.why).to.match(want);
    });

  it("asks nothing for what every host has", () => {
    const plain = `${os("")}<memory unit='MiB'>512</memory><vcpu>4</vcpu><cpu mode='host-passthrough'/>
      <devices><disk type='file'><source file='/a'/><target dev='vda'/></disk></devices>`;
    expect(findHostNeeds(parseDomainXml(`<domain type='kvm'>${plain}</domain>`))).to.deep.equal([]);
  });
});
