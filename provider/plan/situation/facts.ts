/** Facts read from a host and its domains, as plain data. Previews use a snapshot, apply uses a fresh read. */
export interface HostFacts {
  /** libvirt daemon's version as a number: 9.0.0 is 9000000. */
  readonly libvirtVersion: number;
  /** QEMU's version in the same form; 0 when the driver has none (`test:///`). */
  readonly qemuVersion: number;
  /** Ids of the host's online CPUs, ascending. */
  readonly onlineCpus: readonly number[];
}

export type RunState =
  | "running"
  | "paused"
  | "shut off"
  | "crashed"
  | "in shutdown"
  | "pmsuspended"
  | "idle"
  | "no state";

export interface DomainFacts {
  /** Canonical URI of its host, for messages. */
  readonly host: string;
  readonly name: string;
  readonly uuid: string;
  readonly persistent: boolean;
  readonly autostart: boolean;
  /** A managed save image exists: the next start resumes the saved definition. */
  readonly managedSave: boolean;
  readonly state: RunState;
  /** The reason that `virsh domstate --reason` prints in brackets; empty when there is none. */
  readonly stateReason: string;
  /** Output of `dumpxml --inactive --security-info`. */
  readonly inactiveXml: string;
  /** Output of `dumpxml --security-info`; `null` when the domain is not active. */
  readonly liveXml: string | null;
  /** The running guest's IO threads, from domstats and /proc; empty when it is not active. */
  readonly ioThreads: readonly IoThreadFacts[];
  /** Process id of QEMU; `null` when the domain is not active or the id is not readable. */
  readonly qemuPid: number | null;
  /** Start time of QEMU, in clock ticks since the host's boot. It changes exactly when the guest is power-cycled. */
  readonly qemuStartTime: number | null;
}

export interface IoThreadFacts {
  readonly id: number;
  readonly pollMaxNs: number | null;
  readonly pollGrow: number | null;
  readonly pollShrink: number | null;
  /** `null` before libvirt 12.7 or QEMU 11.1 too. */
  readonly pollWeight: number | null;
  /** Kernel thread id; `null` when this user can't read /proc. */
  readonly threadId: number | null;
  /** Kernel's `Cpus_allowed_list` of the thread, e.g. `0-1`; `null` when this user can't read /proc. */
  readonly cpusAllowed: string | null;
}
