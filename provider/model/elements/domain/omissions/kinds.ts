import { deviceFactOf, type Omission } from "../../omission.ts";

interface Kinds {
  /** Place of the element that has the parts. */
  readonly place: string;
  /** Place, under the device, of the value that is its kind. Default: the device's type. */
  readonly by?: string;
  /** The kind of a device that has no such value. */
  readonly otherwise?: string;
  /** Attributes and elements that some kind has. Any other part is unknown here, and counts as a difference. */
  readonly parts: readonly string[];
  /** Kind → the parts that libvirt reads. For a kind that is not listed it reads all of them. */
  readonly of: Readonly<Record<string, RegExp>>;
  readonly reason: string;
}

/** The parts of an element that libvirt 9.0.0 reads, by kind of device; measured with all parts present. */
const kinds: readonly Kinds[] = [
  {
    place: "devices/disk/source",
    otherwise: "file",
    parts: [
      ...["@file", "@dev", "@dir", "@protocol", "@name", "@pool", "@volume", "@mode", "@query", "@tls"],
      ...["@tlsHostname", "@namespace", "@managed", "host", "snapshot", "config", "initiator", "ssl"],
      ...["cookies", "readahead", "timeout", "identity", "knownHosts", "nfs", "@path", "reconnect"],
    ],
    of: {
      file: /^@file$/,
      block: /^@dev$/,
      dir: /^@dir$/,
      volume: /^@(?:pool|volume|mode)$/,
      nvme: /^@(?:namespace|managed|type)$/,
      vhostvdpa: /^@dev$/,
      network:
        /^(?:@(?:protocol|name|query|tls|tlsHostname)|host|snapshot|config|initiator|ssl|cookies|readahead|timeout|identity|knownHosts|nfs)$/,
    },
    reason: "a disk of this type has no such source",
  },
  {
    place: "devices/interface/source",
    parts: [
      ...["@network", "@portgroup", "@portid", "@bridge", "@dev", "@mode", "@name", "@address", "@port"],
      ...["@type", "@path", "local", "reconnect", "address", "@writeFiltering", "vendor", "product"],
      ...["@missing", "@macTableManager", "@startupPolicy", "@switchid", "@portgroupid", "@connectionid"],
    ],
    of: {
      network: /^@(?:network|portgroup|portid)$/,
      bridge: /^@bridge$/,
      direct: /^@(?:dev|mode)$/,
      internal: /^@name$/,
      ethernet: /^$/,
      null: /^$/,
      user: /^@dev$/,
      vdpa: /^@dev$/,
      vhostuser: /^(?:@(?:type|path|mode)|reconnect)$/,
      hostdev: /^(?:address|@writeFiltering|vendor|product|@startupPolicy)$/,
      server: /^@(?:address|port)$/,
      client: /^@(?:address|port)$/,
      mcast: /^@(?:address|port)$/,
      udp: /^(?:@(?:address|port)|local)$/,
      vds: /^@(?:switchid|portid|portgroupid|connectionid)$/,
    },
    reason: "an interface of this type has no such source; what a running guest uses is printed of it alone",
  },
  {
    place: "devices/filesystem/source",
    otherwise: "mount",
    parts: ["@dir", "@dev", "@file", "@name", "@pool", "@volume", "@socket", "@usage", "@units"],
    of: {
      mount: /^@(?:dir|socket)$/,
      block: /^@dev$/,
      file: /^@file$/,
      template: /^@name$/,
      ram: /^@(?:usage|units)$/,
      bind: /^@dir$/,
      volume: /^@(?:pool|volume)$/,
    },
    reason: "a filesystem of this type has no such source",
  },
  {
    place: "devices/graphics",
    parts: [
      ...["@port", "@tlsPort", "@autoport", "@websocket", "@socket", "@listen", "listen", "@keymap"],
      ...["@sharePolicy", "@passwd", "@passwdValidTo", "@connected", "@powerControl", "@display"],
      ...["@xauth", "@fullscreen", "@defaultMode", "@replaceUser", "@multiUser", "@p2p", "@address"],
      ...["channel", "image", "jpeg", "zlib", "playback", "streaming", "mouse", "clipboard"],
      ...["filetransfer", "gl", "audio"],
    ],
    of: {
      vnc: /^(?:@(?:port|autoport|websocket|socket|listen|keymap|sharePolicy|passwd|passwdValidTo|connected|powerControl)|listen|audio)$/,
      spice:
        /^(?:@(?:port|tlsPort|autoport|listen|keymap|defaultMode|passwd|passwdValidTo|connected)|listen|channel|image|jpeg|zlib|playback|streaming|mouse|clipboard|filetransfer|gl)$/,
      rdp: /^(?:@(?:port|autoport|listen|replaceUser|multiUser)|listen)$/,
      sdl: /^(?:@(?:display|xauth|fullscreen)|gl)$/,
      desktop: /^@(?:display|fullscreen)$/,
      "egl-headless": /^gl$/,
      dbus: /^(?:@(?:p2p|address)|gl|audio)$/,
    },
    reason: "graphics of this type have no such setting",
  },
  {
    place: "devices/memory/source",
    by: "@model",
    parts: ["path", "alignsize", "pmem", "nodemask", "pagesize"],
    of: {
      dimm: /^(?:nodemask|pagesize)$/,
      nvdimm: /^(?:path|alignsize|pmem)$/,
      "virtio-pmem": /^path$/,
      "virtio-mem": /^(?:nodemask|pagesize)$/,
      "sgx-epc": /^nodemask$/,
    },
    reason: "memory of this model has no such source",
  },
  {
    place: "devices/memory/target",
    by: "@model",
    parts: ["block", "requested", "current"],
    of: { dimm: /^$/, nvdimm: /^$/, "virtio-pmem": /^$/, "sgx-epc": /^$/ },
    reason: "only virtio-mem comes in blocks that can be asked for",
  },
  {
    place: "devices/smartcard",
    by: "@mode",
    parts: ["@type", "source", "target", "protocol", "certificate", "database"],
    of: {
      host: /^$/,
      "host-certificates": /^(?:certificate|database)$/,
      passthrough: /^(?:@type|source|protocol)$/,
    },
    reason: "a smartcard of this mode has no such part",
  },
  {
    place: "devices/rng/backend",
    by: "backend/@model",
    parts: ["@type", "source", "protocol"],
    of: { random: /^$/, builtin: /^$/ },
    reason: "only an entropy daemon is connected to as a character device",
  },
  {
    place: "devices/tpm/backend",
    by: "backend/@type",
    parts: ["device", "active_pcr_banks", "encryption"],
    of: {
      passthrough: /^device$/,
      emulator: /^(?:active_pcr_banks|encryption)$/,
    },
    reason: "a TPM of this kind has no such part",
  },
  {
    place: "devices/input/source",
    parts: ["@evdev", "@dev", "@grab", "@repeat", "@grabToggle"],
    of: { passthrough: /^@evdev$/, evdev: /^@(?:dev|grab|repeat|grabToggle)$/ },
    reason: "an input of this type has no such source",
  },
];

/** Parts that libvirt ignores for this kind of device. */
export const partsOfKinds: readonly Omission[] = kinds.flatMap(
  ({ place, by, otherwise, parts, of, reason }) =>
    parts.map(
      (part): Omission => ({
        id: "not-for-this-type",
        place: `${place}/${part}`,
        kind: "dropped",
        evenOver: true,
        when: (site) => {
          const own = of[deviceFactOf(site, by ?? "@type") ?? otherwise ?? ""];
          return own !== undefined && !own.test(part);
        },
        reason,
      }),
    ),
);
