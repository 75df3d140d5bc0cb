import type { HostErrorCode } from "../../errors.ts";

/** Facts about a host. `null` means unknown: an earlier step failed, or the fact does not apply. */
export interface DoctorFacts {
  /** Canonical URI, or the given text when it is not a valid URI. */
  readonly host: string;
  readonly isSsh: boolean;
  /** The first thing that failed. */
  readonly failure: DoctorFailure | null;
  readonly user: { readonly name: string; readonly uid: number; readonly groups: readonly string[] } | null;
  /** Version as a number: 9.0.0 is 9000000. */
  readonly libvirtVersion: number | null;
  readonly qemuVersion: number | null;
  /** Security models by libvirt's names: dac, apparmor, selinux. */
  readonly securityModels: readonly string[] | null;
  /** Types that guests of the host's own architecture can have: kvm, qemu. */
  readonly domainTypes: readonly string[] | null;
  readonly hasKvmDevice: boolean | null;
  /** Type of the file system at /sys/fs/cgroup: cgroup2fs, tmpfs. */
  readonly cgroup: string | null;
  readonly jobs: readonly DomainJob[] | null;
  /** How many sessions one SSH connection could open, and how many were tried. */
  readonly sessions: { readonly open: number; readonly tried: number } | null;
  readonly storage: HostStorage | null;
  /** Seconds by which the host's clock is ahead of this machine's. */
  readonly clockSeconds: number | null;
}

/** What a host has for disk images. */
export interface HostStorage {
  /** Programs for images that are installed. */
  readonly programs: readonly string[] | null;
  readonly pools: readonly HostPool[];
  /** Why some of this is not known; empty when all is. */
  readonly gap: string;
}

export interface HostPool {
  readonly name: string;
  readonly isActive: boolean;
  readonly isAutostarted: boolean;
  /** `null` for a pool that is no folder. */
  readonly folder: PoolFolder | null;
  /** Bytes that its volumes may still take, until each has its whole capacity. */
  readonly growth: number;
}

export interface PoolFolder {
  readonly path: string;
  readonly isThere: boolean;
  readonly isWritable: boolean;
  /** The number of its file system, which several folders may share. */
  readonly fileSystem: string;
  /** Free bytes of that. */
  readonly free: number;
}

export interface DoctorFailure {
  readonly code: HostErrorCode;
  readonly said: string;
  readonly remedy: string;
}

/** Job of a running domain, as `virsh domcontrol` prints it: ok, background job, occupied (6.1s), error. */
export interface DomainJob {
  readonly domain: string;
  readonly state: string;
}
