import * as pulumi from "@pulumi/pulumi";
import * as virsh from "pulumi-virsh";

const config = new pulumi.Config();
const host = config.require("host"); // such as qemu+ssh://root@hv1/system

const pool = new virsh.StoragePool("pool", {
  host,
  name: config.require("pool"),
  path: config.require("folder"),
});

// Empty here. Most programs bring an image instead, or name one that is on the host already: see docs/storage.md.
const base = new virsh.Volume("base", {
  host,
  pool: pool.name,
  name: "base.qcow2",
  capacity: "1 GiB",
  onDelete: "delete",
});

// Sizes of single disks. This one grows while its guest runs: pulumi config set --path capacities.web-1 "4 GiB"
const capacities = config.getObject<Record<string, string>>("capacities") ?? {};

for (let n = 1; n <= config.requireNumber("guests"); n++) {
  const name = `${config.require("pool")}-${n}`;
  const disk = new virsh.Volume(name, {
    host,
    pool: pool.name,
    name: `${name}.qcow2`,
    capacity: capacities[name] ?? "2 GiB",
    content: { backing: { path: base.path, format: "qcow2" } },
    onDelete: "delete", // without this line, the disk outlives its resource
  });
  new virsh.Domain(name, {
    host,
    name,
    type: config.require<"kvm" | "qemu">("type"),
    running: true,
    memory: "64 MiB",
    vcpus: 1,
    disks: [{ target: "vda", source: { file: disk.path }, format: "qcow2" }],
    forceOff: true, // no operating system in it that would answer the power button
    shutdownTimeoutSeconds: 0,
  });
}

export const folder = base.path.apply((path) => path.slice(0, path.lastIndexOf("/")));
