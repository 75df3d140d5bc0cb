import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Arguments, Fields, ValueType } from "../../provider/model/arguments/field.ts";
import { checkArguments, kinds } from "../../provider/model/arguments/kinds.ts";
import { domainSchema } from "../../provider/model/elements/domain/schema.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { printXml } from "../../provider/model/xml/print.ts";
import { declare } from "../../provider/plan/arguments/declaration.ts";
import { mergeTrees } from "../../provider/plan/merge/merge.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";

/** Three domains as users write them. Together they use every argument that appears in the XML. */
const domains: readonly Arguments[] = [
  {
    name: "a",
    uuid: "c7a5fdbd-edaf-9455-926a-d65c16db1809",
    type: "test",
    title: "a title",
    description: "a 'text' <with> & marks",
    memory: "2 GiB",
    currentMemory: 1048576,
    vcpus: 4,
    currentVcpus: 2,
    cpuset: "0-3,^2",
    arch: "i686",
    machine: "testmachine",
    kernel: "/boot/kernel",
    initrd: "/boot/initrd",
    cmdline: "console=ttyS0",
    bootDevices: [{ dev: "hd" }, { dev: "network" }],
    cpu: { mode: "custom", model: "core2duo", topology: { sockets: 1, dies: 1, cores: 2, threads: 2 } },
    ioThreads: [{ id: 1 }, { id: 4, threadPoolMin: 1, threadPoolMax: 8 }],
    cpuTune: {
      shares: 2048,
      vcpuPins: [{ vcpu: 0, cpuset: "1,0" }],
      emulatorPin: "1",
      ioThreadPins: [{ ioThread: 4, cpuset: "0" }],
      vcpuScheds: [{ vcpus: "0", scheduler: "fifo", priority: 1 }],
      ioThreadScheds: [
        { ioThreads: "4", scheduler: "batch" },
        { ioThreads: "1", scheduler: "rr", priority: 5 },
      ],
    },
    numaTune: { mode: "strict", nodeset: "0" },
    disks: [
      {
        target: "vda",
        bus: "virtio",
        device: "disk",
        source: { file: "/images/a.qcow2" },
        format: "qcow2",
        cache: "none",
        io: "native",
        discard: "unmap",
        detectZeroes: "on",
        serial: "WD-1",
        shareable: true,
        queues: 2,
        queueSize: 128,
        ioThread: 4,
        ioTune: { totalBytesSec: 1000000, readIopsSec: 100, writeIopsSec: 50 },
      },
      {
        target: "vdb",
        source: { block: "/dev/sdz" },
        ioTune: { readBytesSec: 1, writeBytesSec: 2, totalIopsSec: 3 },
      },
      { target: "vdc", source: { volume: { pool: "default", volume: "v" } }, readonly: true },
      {
        target: "vdd",
        source: {
          network: {
            protocol: "nbd",
            name: "export",
            hosts: [{ name: "h", port: 10809, transport: "rdma" }],
          },
        },
      },
      {
        target: "vde",
        source: { network: { protocol: "nbd", hosts: [{ transport: "unix", socket: "/run/nbd" }] } },
      },
      { target: "vdf", source: { vhostUser: "/run/vhost-user" } },
    ],
    controllers: [
      { type: "scsi", index: 0, model: "virtio-scsi", ioThread: 1, queues: 2, cmdPerLun: 8, maxSectors: 256 },
    ],
    interfaces: [
      { network: "default", mac: "52:54:00:AA:bb:cc", model: "virtio", mtu: 1400, queues: 2, link: "down" },
      { bridge: "br0", mac: "52:54:00:00:00:01" },
      { direct: "eth0", mac: "52:54:00:00:00:02" },
    ],
    graphics: [{ type: "vnc", port: -1, autoport: true, listen: "127.0.0.1" }],
    videos: [{ type: "vga", vram: 16384, heads: 1 }],
    consoles: [{ type: "pty", target: "serial", port: 0 }],
  },
  {
    name: "b",
    type: "test",
    memory: 65536,
    ioThreads: 2,
    loader: { path: "/fw/code.fd", readonly: true, secure: false, type: "pflash" },
    nvram: "/fw/b.fd",
    disks: [{ target: "vda", source: { file: "/b" }, bootOrder: 1 }],
    interfaces: [{ network: "default", mac: "52:54:00:00:00:03", bootOrder: 2 }],
    consoles: [{ type: "file", path: "/var/log/b.log" }],
  },
];

/** Rows that this driver does not support, each with the reason. test/host tests them with QEMU. */
const elsewhere: Readonly<Record<string, string>> = {
  firmware: "the test driver selects no firmware",
  "ioThreads.pollMaxNs": "in the XML from libvirt 9.4.0 on",
  "ioThreads.pollGrow": "in the XML from libvirt 9.4.0 on",
  "ioThreads.pollShrink": "in the XML from libvirt 9.4.0 on",
  "ioThreads.pollWeight": "in the XML from libvirt 12.7.0 on",
  "disks.ioThreads": "in the XML from libvirt 10.0.0 on",
  "controllers.ioThreads": "in the XML from libvirt 11.2.0 on",
};

describe("typed arguments as libvirt reads them (test:///default)", () => {
  const folder = temporaryFolder("definitions");
  after(() => removeFolder(folder));

  for (const args of domains) {
    it(`domain ${String(args.name)}: defined, dumped, compared, nothing differs`, async () => {
      const full = { host: "test:///default", ...args };
      expect(checkArguments(kinds.Domain, full)).to.deep.equal([]);
      const desired = declare(kinds.Domain, full);
      const beneath = parseDomainXml("<domain type='test'><os><type>hvm</type></os></domain>");
      const { tree } = mergeTrees(domainSchema, { recorded: null, desired, actual: beneath });
      const file = join(folder, `${String(args.name)}.xml`);
      writeFileSync(file, printXml(tree));
      // The driver's state lasts as long as one virsh process.
      const script = `define ${file}; echo @@; dumpxml --inactive --security-info ${String(args.name)}`;
      const said = await mustRun(["virsh", "-c", "test:///default", script]);
      const dumped = parseDomainXml(said.slice(said.indexOf("@@") + 2).trim());
      const { changes } = mergeTrees(domainSchema, { recorded: null, desired, actual: dumped }).diff;
      expect(
        changes.map(({ kind, path, before, after }) => `${kind} ${path} ${before} → ${after}`),
      ).to.deep.equal([]);
    });
  }

  it("every argument that stands in the XML is given above", () => {
    const given = new Set(domains.flatMap((args) => namesOf(args)));
    const missing = rowsOf(kinds.Domain.fields).filter((name) => !given.has(name) && !(name in elsewhere));
    expect(missing).to.deep.equal([]);
    expect(Object.keys(elsewhere).filter((name) => given.has(name))).to.deep.equal([]);
  });
});

/**
 * Returns the names of all rows with a place in the XML; parts of lists and objects as `disks.source.file`.
 */
function rowsOf(fields: Fields, prefix = ""): string[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    if (field.xml === undefined) return [];
    const inner = insideOf(field.type);
    const own = `${prefix}${name}`;
    return inner && !(own in elsewhere) ? rowsOf(inner, `${own}.`) : [own];
  });
}

function insideOf(type: ValueType): Fields | null {
  if (type.kind === "object") return type.fields;
  if (type.kind === "list" || type.kind === "countOrList") return insideOf(type.of);
  return null;
}

function namesOf(value: unknown, prefix = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => namesOf(each, prefix));
  if (typeof value !== "object" || value === null) return [prefix];
  const dot = prefix === "" ? "" : ".";
  return Object.entries(value).flatMap(([name, inner]) => namesOf(inner, `${prefix}${dot}${name}`));
}
