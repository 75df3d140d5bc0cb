import * as pulumi from "@pulumi/pulumi";
import * as virsh from "pulumi-virsh";

const config = new pulumi.Config();
const host = config.require("host"); // such as qemu+ssh://root@hv1:22/system

const db = new virsh.Domain("db", {
  host,
  name: config.get("name") ?? "db",
  type: config.require<"kvm" | "qemu">("type"),
  running: true,
  autostart: true,
  memory: "256 MiB",
  vcpus: 2,
  machine: "q35",
  ioThreads: 2, // ids 1 and 2
  xml: "<domain><description>primary</description></domain>", // anything else libvirt knows
  forceOff: true, // no operating system in it that would answer the power button
  shutdownTimeoutSeconds: 1,
});

const extra = new virsh.IoThread("extra", { host, domain: db.name, pollMaxNs: 32768 }); // lowest free id
const pin = new virsh.IoThreadPin("extra", {
  host,
  domain: db.name,
  ioThread: extra.ioThreadId,
  cpuset: config.require("cpuset"),
});

new virsh.VirtioDisk("data", {
  host,
  domain: db.name,
  target: "vdb",
  source: { file: config.require("image") },
  format: "raw",
  cache: "none",
  io: "native",
  ioThread: extra.ioThreadId,
});

new virsh.VirtioScsiController("scsi0", { host, domain: db.name, index: 0, ioThread: 2 });
new virsh.VirtioScsiController("scsi1", { host, domain: db.name, index: 1, ioThread: 1 });

export const uuid = db.uuid;
export const state = db.state;
export const pendingRestart = db.pendingRestart;
export const ioThread = { id: extra.ioThreadId, threadId: extra.threadId, cpusAllowed: pin.cpusAllowed };
