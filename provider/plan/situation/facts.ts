/** What was read of a host and its domains. Plain data: the snapshot serves previews, a fresh read serves apply. */
export interface HostFacts {
  /** libvirt daemon's version as a number: 9.0.0 is 9000000. */
  readonly libvirtVersion: number;
  /** QEMU's version likewise; 0 when the driver has none (`test:///`). */
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
  /** The word in brackets of `virsh domstate --reason`; empty when there is none. */
  readonly stateReason: string;
  /** `dumpxml --inactive --security-info`. */
  readonly inactiveXml: string;
  /** `dumpxml --security-info` of an active domain; null when it is not active. */
  readonly liveXml: string | null;
  /** The running guest's IO threads, from domstats and /proc; empty when it is not active. */
  readonly ioThreads: readonly IoThreadFacts[];
  /** Process id of QEMU; null when not active or not readable. */
  readonly qemuPid: number | null;
  /** Clock ticks since the host's boot at which QEMU started: changes exactly when the guest was power-cycled. */
  readonly qemuStartTime: number | null;
}

export interface IoThreadFacts {
  readonly id: number;
  readonly pollMaxNs: number | null;
  readonly pollGrow: number | null;
  readonly pollShrink: number | null;
  /** Kernel thread id; null when /proc is not readable for this user. */
  readonly threadId: number | null;
  /** Kernel's `Cpus_allowed_list` of the thread, e.g. `0-1`; null likewise. */
  readonly cpusAllowed: string | null;
}
