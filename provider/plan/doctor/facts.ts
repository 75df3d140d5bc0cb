import type { HostErrorCode } from "../../errors.ts";

/** What was found out about a host; null: not known, as something before it failed or it does not apply. */
export interface DoctorFacts {
  /** Canonical URI, or what was given in its place. */
  readonly host: string;
  readonly isSsh: boolean;
  /** The first thing that failed. */
  readonly failure: DoctorFailure | null;
  readonly user: { readonly name: string; readonly uid: number; readonly groups: readonly string[] } | null;
  /** 9.0.0 is 9000000. */
  readonly libvirtVersion: number | null;
  readonly qemuVersion: number | null;
  /** Security models in libvirt's words: dac, apparmor, selinux. */
  readonly securityModels: readonly string[] | null;
  /** What guests of the host's own architecture may run under: kvm, qemu. */
  readonly domainTypes: readonly string[] | null;
  readonly hasKvmDevice: boolean | null;
  /** Type of the file system at /sys/fs/cgroup: cgroup2fs, tmpfs. */
  readonly cgroup: string | null;
  readonly jobs: readonly DomainJob[] | null;
  /** Sessions that one SSH connection may have open, as far as was tried. */
  readonly sessions: { readonly open: number; readonly tried: number } | null;
  /** Seconds by which the host's clock is ahead of this machine's. */
  readonly clockSeconds: number | null;
}

export interface DoctorFailure {
  readonly code: HostErrorCode;
  readonly said: string;
  readonly remedy: string;
}

/** Of a running domain, in the words of `virsh domcontrol`: ok, background job, occupied (6.1s), error. */
export interface DomainJob {
  readonly domain: string;
  readonly state: string;
}
