import { printVersion } from "../../model/values/version.ts";
import { listFeatures } from "../checks/features.ts";
import type { DoctorRow, Finding } from "./row.ts";
import { about } from "./row.ts";
import { storageRows } from "./storageRows.ts";

/**
 * Seconds after which we report a job. libvirt's commands wait 30 s for the lock of a domain before they fail; a job
 * that has held it longer than this will probably keep it.
 */
const longJobSeconds = 5;
const clockToleranceSeconds = 5;

export const doctorRows: readonly DoctorRow[] = [
  {
    id: "user",
    what: "user and groups",
    find: about("user", ({ name, uid, groups }, { host }) => {
      if (uid === 0) return { verdict: "ok", found: `${name}, root` };
      const found = `${name}, in ${groups.join(", ")}`;
      if (!host.includes("/system")) return { verdict: "ok", found };
      const isMember = groups.includes("libvirt");
      return {
        verdict: "note",
        found: isMember
          ? `${found}; threads of QEMU and their CPUs can't be read from the kernel`
          : `${found}: not in the group libvirt`,
        remedy: isMember
          ? "connect as root where pins are to be verified by the kernel"
          : `usermod -aG libvirt ${name}, unless polkit lets this user in otherwise`,
      };
    }),
  },
  {
    id: "libvirtVersion",
    what: "libvirt's version",
    find: about("libvirtVersion", (version) => ({ verdict: "ok", found: printVersion(version) })),
  },
  {
    id: "qemuVersion",
    what: "QEMU's version",
    find: about("qemuVersion", (version) => ({ verdict: "ok", found: printVersion(version) })),
  },
  {
    id: "feature",
    what: "feature",
    find: ({ libvirtVersion, qemuVersion }) =>
      libvirtVersion === null
        ? []
        : listFeatures(libvirtVersion, qemuVersion ?? 0).map(({ name, needs, isThere }) => ({
            verdict: isThere ? "ok" : "note",
            found: isThere ? name : `${name} needs ${needs}`,
            ...(isThere ? {} : { remedy: "upgrade the host where it is wanted" }),
          })),
  },
  {
    id: "kvm",
    what: "KVM",
    find: about("domainTypes", (types, { hasKvmDevice }) =>
      types.includes("kvm")
        ? { verdict: "ok", found: "guests can run under it" }
        : {
            verdict: "note",
            found: hasKvmDevice
              ? "/dev/kvm is there, and libvirt does not offer it: guests are emulated"
              : "there is no /dev/kvm: guests are emulated",
            remedy: hasKvmDevice
              ? "let the group kvm open /dev/kvm, and restart libvirtd"
              : "switch virtualisation on in the firmware, and load kvm_intel or kvm_amd",
          },
    ),
  },
  {
    id: "security",
    what: "confinement of guests",
    find: about("securityModels", (models) => {
      const strict = models.filter((model) => model === "apparmor" || model === "selinux");
      return strict.length > 0
        ? { verdict: "ok", found: `${strict.join(", ")}; images outside of its paths are refused at start` }
        : {
            verdict: "note",
            found:
              "neither AppArmor nor SELinux: a guest that breaks out of QEMU has the rights of QEMU's user",
            remedy: "switch AppArmor or SELinux on, and restart libvirtd",
          };
    }),
  },
  {
    id: "cgroup",
    what: "control groups",
    find: about("cgroup", (type) =>
      type === "cgroup2fs"
        ? { verdict: "ok", found: "version 2" }
        : type === "tmpfs"
          ? { verdict: "ok", found: "version 1" }
          : {
              verdict: "note",
              found: `no control groups at /sys/fs/cgroup (${type}): pins and limits are not enforced`,
              remedy: "mount them: systemd does",
            },
    ),
  },
  {
    id: "job",
    what: "jobs",
    find: ({ jobs }) => {
      if (jobs === null) return [];
      const busy = jobs.filter(({ state }) => state !== "ok");
      if (busy.length === 0)
        return [{ verdict: "ok", found: `no job holds any of ${jobs.length} running domains` }];
      return busy.map(({ domain, state }) => jobFinding(domain, state));
    },
  },
  {
    id: "sessions",
    what: "sessions per connection",
    find: about("sessions", ({ open, tried }) =>
      open >= tried
        ? { verdict: "ok", found: `${tried} at once` }
        : {
            verdict: open < 2 ? "note" : "ok",
            found: `${open} at once`,
            ...(open < 2
              ? {
                  remedy:
                    "guests of this host are worked on one after another; raise MaxSessions in its sshd_config",
                }
              : {}),
          },
    ),
  },
  {
    id: "clock",
    what: "clock",
    find: about("clockSeconds", (seconds) => {
      const off = Math.abs(seconds);
      const way = seconds > 0 ? "ahead of" : "behind";
      return off < clockToleranceSeconds
        ? { verdict: "ok", found: `within ${clockToleranceSeconds} s of this machine's` }
        : {
            verdict: "note",
            found: `${off.toFixed(0)} s ${way} this machine's`,
            remedy: "set it by NTP: logs and measurements of several hosts can't be compared otherwise",
          };
    }),
  },
  ...storageRows,
];

function jobFinding(domain: string, state: string): Finding {
  const seconds = Number(/\((\d+(?:\.\d+)?)s\)/.exec(state)?.[1] ?? 0);
  const found = `"${domain}": ${state}`;
  if (/^error/.test(state))
    return {
      verdict: "problem",
      found: `${found}: libvirtd has lost QEMU's monitor`,
      remedy: "it can't be changed while it runs; power-cycle it when that suits",
    };
  const isHeld = /^occupied/.test(state) && seconds >= longJobSeconds;
  return {
    verdict: isHeld ? "problem" : "note",
    found,
    remedy: isHeld
      ? "another command holds it, and changes fail after 30 s: wait, or see whether its QEMU hangs (virsh domjobinfo)"
      : "changes wait until it has ended",
  };
}
