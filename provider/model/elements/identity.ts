/**
 * What tells elements of one name apart among their siblings: path from `<domain>` → places whose values
 * together are the key. Elements that are not listed are told apart by their position among equals.
 * @see formatdomain of libvirt; measured on 9.0.0.
 */
export const identities: Readonly<Record<string, readonly string[]>> = {
  "iothreadids/iothread": ["@id"],
  "cputune/vcpupin": ["@vcpu"],
  "cputune/iothreadpin": ["@iothread"],
  "cputune/vcpusched": ["@vcpus"],
  "cputune/iothreadsched": ["@iothreads"],
  "devices/disk": ["target/@dev"],
  "devices/disk/driver/iothreads/iothread": ["@id"],
  "devices/controller": ["@type", "@index"],
  "devices/controller/driver/iothreads/iothread": ["@id"],
  "devices/interface": ["mac/@address"],
  "devices/graphics": ["@type"],
  "devices/channel": ["target/@name"],
  "devices/filesystem": ["target/@dir"],
  "cpu/feature": ["@name"],
  "cpu/numa/cell": ["@id"],
};

/** Elements that are one thing: when what declared them goes, they go whole, with what libvirt put into them. */
export const wholes: ReadonlySet<string> = new Set([
  ...Object.keys(identities),
  "devices/serial",
  "devices/console",
  "devices/video",
  "devices/hostdev",
  "devices/sound",
  "devices/watchdog",
  "devices/rng",
  "devices/memory",
  "os/boot",
]);
