import type { Omission } from "../../omission.ts";
import { isEmpty } from "../../omission.ts";

/**
 * Elements that mean nothing when they are empty, by their parent; `*` is any one element. Each was defined empty
 * with libvirt 9.0.0, and the dump lacked it. The list leaves out flags (`readonly`, a machine's `acpi`),
 * `backingStore`, which ends a chain, and elements that libvirt refuses when they are empty.
 */
const empty: readonly (readonly [string, readonly string[]])[] = [
  ["domain", ["bootloader", "bootloader_args", "genid", "maxMemory"]],
  ["os", ["kernel", "initrd", "cmdline", "dtb", "bios", "bootmenu", "acpi", "smbios", "init", "firmware"]],
  ["os/acpi", ["table"]],
  ["cpu", ["numa", "topology", "vendor", "cache", "maxphysaddr"]],
  ["cpu/numa/cell", ["distances"]],
  ["features", ["tcg", "hyperv", "kvm", "xen", "capabilities"]],
  ["features/tcg", ["tb-cache"]],
  ["clock/timer", ["catchup"]],
  ["pm", ["suspend-to-mem", "suspend-to-disk"]],
  ["memoryBacking", ["source", "access", "allocation"]],
  ["sysinfo", ["bios", "system", "baseBoard", "chassis", "oemStrings", "processor", "memory"]],
  [
    "devices/*",
    [
      ...["acpi", "driver", "rom", "source", "target", "backend", "alias", "log", "protocol"],
      ...["serial", "vendor", "product", "wwn", "blockio", "iotune", "geometry", "privateData"],
      ...["mac", "model", "link", "bandwidth", "filterref", "guest", "port", "tune", "coalesce", "script"],
      ...["downscript", "stats", "rate", "gl", "streaming", "filetransfer", "image", "jpeg", "zlib"],
      ...["playback", "mouse", "clipboard", "channel", "listen", "certificate", "input", "output", "binary"],
      ...["audio", "teaming", "virtualport", "vlan", "acceleration", "resolution", "mtu", "master", "msi"],
      ...["idmap", "space_hard_limit", "space_soft_limit", "ip", "route", "database", "uuid"],
    ],
  ],
  ["devices/*/source", ["seclabel", "slices", "privateData", "reconnect", "clipboard", "mouse", "local"]],
  ["devices/*/backend", ["active_pcr_banks", "source", "encryption"]],
  ["devices/*/backend/source", ["clipboard", "mouse", "reconnect"]],
  ["devices/*/target", ["model", "label", "block", "requested", "current"]],
  ["devices/*/driver", ["host", "guest", "metadata_cache", "iothreads"]],
  ["devices/*/model", ["acceleration", "resolution"]],
  ["devices/*/bandwidth", ["inbound", "outbound"]],
  ["devices/filesystem/binary", ["cache", "sandbox", "lock", "thread_pool"]],
  ["devices/redirdev", ["source"]],
];

/** Empty elements come from tools that print every element that they know, with or without a value. */
export const emptyElements: readonly Omission[] = empty.flatMap(([above, names]) =>
  names.map(
    (name): Omission => ({
      id: "says-nothing",
      place: above === "domain" ? name : `${above}/${name}`,
      kind: "dropped",
      when: ({ element }) => isEmpty(element),
      reason: "an empty element says nothing (9.0.0)",
    }),
  ),
);
