export type RuleName = "P1" | "P2" | "P3" | "P4" | "P5" | "P6";

/** The reason for a thread's placement. */
export interface Reason {
  readonly rule: RuleName;
  /** Source of the rule. */
  readonly source: string;
  readonly text: string;
}

/** Text and source of each rule. */
const rules: Readonly<Record<RuleName, { readonly says: string; readonly source: string }>> = {
  P1: {
    says: "no more threads than disks, CPUs for IO, or vCPUs (two pay even with one vCPU), and 8 saturate",
    source: "ganeti PR 1953, Red Hat, IBM Z; two threads beside one vCPU: docs/threads.md",
  },
  P2: {
    says: "one thread per disk up to that, then round robin",
    source: "openEuler, KubeVirt, oVirt, Riverbed",
  },
  P3: {
    says: "a busy disk's queues on two threads, where CPUs for IO, vCPUs and threads are left and the host can map them",
    source: "QEMU 10.0's virtio-scsi mapping on 4 vCPUs: 1 to 2 threads +65 %, 2 to 4 +11 %",
  },
  P4: {
    says: "large sequential requests gain nothing by more threads",
    source: "Hajnoczi, KVM Forum 2024",
  },
  P5: {
    says: "CPUs of the node of the disk's device, else of the guest; off the CPUs that carry vCPUs",
    source: "RHEL tuning guide, Hajnoczi, openEuler",
  },
  P6: {
    says: "a CPU of its own only where nothing else may run there, else a set; on two CPUs and fewer no pin",
    source: "KubeVirt; pins on two CPUs halved a quiet disk's IO/s: docs/fleet.md",
  },
};

export function reason(rule: RuleName, text: string): Reason {
  return { rule, source: rules[rule].source, text };
}
