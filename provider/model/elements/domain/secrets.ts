import type { SecretRow } from "../secrets.ts";
import { metadataSecrets, tellingText } from "../secrets.ts";

/** Places of a domain's XML that may hold secrets. A value elsewhere is hidden only if its name or text looks secret. */
export const secretRows: readonly SecretRow[] = [
  { place: "devices/graphics", attributes: ["passwd"], reason: "password of VNC and SPICE" },
  {
    place: "devices/**/secret",
    attributes: ["*"],
    text: true,
    isReference: true,
    reason: "names the secret of a disk or volume",
  },
  {
    place: "devices/**/encryption",
    attributes: ["secret"],
    isReference: true,
    reason: "names the secret of a TPM's state",
  },
  { place: "devices/**/source", attributes: ["query"], reason: "signatures of URLs stand in their query" },
  { place: "devices/**/cookie", text: true, reason: "HTTP cookie of a network disk" },
  { place: "sysinfo/oemStrings/entry", text: true, reason: "credentials and cloud-init data travel here" },
  { place: "sysinfo/*/entry", text: true, when: /ds=|[:;]|^.{65,}/, reason: "cloud-init data in SMBIOS" },
  { place: "sysinfo/entry", text: true, reason: "fw_cfg: Ignition and cloud-init data" },
  { place: "launchSecurity/*", text: true, when: /^.{65,}/, reason: "blobs of a confidential guest" },
  { place: "os/cmdline", text: true, when: tellingText, reason: "kernel arguments with a password or token" },
  { place: "os/initarg", text: true, when: tellingText, reason: "arguments of a container's first process" },
  { place: "os/initenv", text: true, reason: "environment of a container" },
  { place: "title", text: true, when: tellingText, reason: "notes of people" },
  { place: "description", text: true, when: tellingText, reason: "notes of people" },
  { place: "commandline/env", attributes: ["value"], reason: "environment of QEMU" },
  {
    place: "commandline/arg",
    attributes: ["value"],
    when: new RegExp(`${tellingText.source}|fw_cfg|string=|data=|smbios|^type=`, "i"),
    reason: "arguments of QEMU that carry data or name a secret",
  },
  metadataSecrets,
];
