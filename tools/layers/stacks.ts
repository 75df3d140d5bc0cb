import { join } from "node:path";
import type { GuestOptions } from "../../test/support/guest.ts";
import { type StorageDaemon, startStorageDaemon } from "../../test/support/storageDaemon.ts";
import { imagesFolder } from "../sandbox/folders.ts";
import { mustRun } from "../sandbox/run.ts";

/** A way to stack an empty qcow2 image on a layer with a set latency. */
export interface Stack {
  readonly title: string;
  /**
   * Starts the processes that the stack needs and returns its guest. The lower layer answers after
   * `latencyNs`.
   */
  start(latencyNs: number): Promise<Started>;
}

interface Started {
  readonly daemon: StorageDaemon | null;
  readonly guest: Pick<GuestOptions, "xml" | "ioThreads">;
}

const lower = (latencyNs: number): string =>
  `driver=null-co,node-name=lower,size=1073741824,read-zeroes=off${latencyNs > 0 ? `,latency-ns=${latencyNs}` : ""}`;
const file = (name: string): string => join(imagesFolder(), name);

/** Makes an image without any allocated cluster, so that each read goes through both layers. */
async function upper(): Promise<string> {
  const image = file(`layers-${process.pid}.qcow2`);
  await mustRun(["qemu-img", "create", "-q", "-f", "qcow2", image, "1G"]);
  await mustRun(["chmod", "666", image]);
  return `driver=qcow2,node-name=upper,file.driver=file,file.filename=${image},backing=lower`;
}

/** Uses QEMU's command line, because libvirt has no `<disk>` for an emulated layer. */
function byCommandLine(blockdevs: readonly string[], ioThread: boolean): Started["guest"] {
  const node = blockdevs.length > 1 ? "upper" : "lower";
  const device = `virtio-blk-pci,drive=${node},serial=disk,bus=pci.0,addr=0x10${ioThread ? ",iothread=iothread1" : ""}`;
  const args = [...blockdevs.flatMap((each) => ["-blockdev", each]), "-device", device];
  return {
    ioThreads: 1,
    xml: `<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>${args
      .map((arg) => `<qemu:arg value='${arg}'/>`)
      .join("")}</qemu:commandline>`,
  };
}

export const stacks: readonly Stack[] = [
  {
    title: "one layer, main loop",
    start: async (ns) => ({ daemon: null, guest: byCommandLine([lower(ns)], false) }),
  },
  {
    title: "one layer, IO thread",
    start: async (ns) => ({ daemon: null, guest: byCommandLine([lower(ns)], true) }),
  },
  {
    title: "two layers, main loop",
    start: async (ns) => ({ daemon: null, guest: byCommandLine([lower(ns), await upper()], false) }),
  },
  {
    title: "two layers, one IO thread",
    start: async (ns) => ({ daemon: null, guest: byCommandLine([lower(ns), await upper()], true) }),
  },
  {
    title: "a process per layer, over NBD",
    start: async (ns) => {
      const socket = file(`layers-${process.pid}.nbd`);
      // With iothread= it aborts when its client leaves (QEMU 7.2.22). Without, we measure its main loop's
      // timer.
      const daemon = await startStorageDaemon(socket, [
        ...["--object", "iothread,id=io0", "--blockdev", lower(ns)],
        ...["--nbd-server", `addr.type=unix,addr.path=${socket},max-connections=0`],
        ...["--export", "type=nbd,id=e,node-name=lower,name=lower,writable=on,iothread=io0"],
      ]);
      const remote = `driver=nbd,node-name=lower,server.type=unix,server.path=${socket},export=lower`;
      return { daemon, guest: byCommandLine([remote, await upper()], true) };
    },
  },
  {
    title: "both layers in a storage daemon, vhost-user-blk",
    start: async (ns) => {
      const socket = file(`layers-${process.pid}.sock`);
      const daemon = await startStorageDaemon(socket, [
        ...["--object", "iothread,id=io0", "--blockdev", lower(ns), "--blockdev", await upper()],
        "--export",
        `type=vhost-user-blk,id=e,addr.type=unix,addr.path=${socket},node-name=upper,writable=on,iothread=io0`,
      ]);
      const xml = "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>";
      const disk = `<disk type='vhostuser' device='disk'><driver name='qemu' type='raw'/>
<source type='unix' path='${socket}'/><target dev='vda' bus='virtio'/></disk>`;
      return { daemon, guest: { xml: `${xml}<devices>${disk}</devices>` } };
    },
  },
];
