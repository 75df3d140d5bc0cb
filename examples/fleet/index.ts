import * as pulumi from "@pulumi/pulumi";
import * as virsh from "pulumi-virsh";

const config = new pulumi.Config();
const hosts = config.requireObject<string[]>("hosts");

const fleet = new virsh.Fleet("web", {
  hosts: hosts.map((host, index) => ({ host, name: `hv${index + 1}` })),
  guests: 1, // web-0 on every host
  guest: ({ hostName }) => ({
    type: config.require<"kvm" | "qemu">("type"),
    memory: "64 MiB",
    vcpus: 1,
    title: `web on ${hostName}`,
    disks: [{ target: "vda", source: { file: config.require("image") }, format: "raw" }],
    whenRunning: "detach",
  }),
  canary: 1, // the first host; the others follow when it has succeeded
  gate: { seconds: 30, maxMeanRatio: 1.5 }, // and its disks are no slower than that
  dedicatedIoThreads: true,
});

export const placement = fleet.placement;
