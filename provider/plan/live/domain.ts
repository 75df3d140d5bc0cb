/**
 * The changes that libvirt can make to a running guest, with their commands. A change without a row waits for the next
 * boot; none is lost. Measured on libvirt 9.0.0 and QEMU 7.2 unless a version is given.
 */

import { setMemory, setMetadata, setParameter, setText, setVcpus, value } from "./commands.ts";
import {
  attachController,
  attachDevice,
  attachDisk,
  changeMedium,
  detachDevice,
  limitDisk,
  replaceDevice,
  updateDevice,
} from "./deviceCommands.ts";
import type { Row } from "./steps.ts";
import { addIoThread, ioThread, pin, setPolling, setThreadPool } from "./threadCommands.ts";

const added = ["add", "change"] as const;
const any = ["add", "change", "remove"] as const;

const threads: readonly Row[] = [
  { place: "iothreadids/iothread", kinds: ["add"], order: 0, label: "live", steps: addIoThread },
  ...["max", "grow", "shrink"].map(
    (name): Row => ({
      place: `iothreadids/iothread/poll/@${name}`,
      kinds: added,
      order: 1,
      label: "live",
      since: 4_010_000,
      note: { before: 9_004_000, text: "a power cycle takes it away; it is put back by the next up" },
      steps: setPolling(name),
    }),
  ),
  {
    place: "iothreadids/iothread/poll/@weight",
    kinds: added,
    order: 1,
    label: "live",
    since: 12_007_000,
    sinceQemu: 11_001_000,
    steps: setPolling("weight"),
  },
  ...["min", "max"].map(
    (name): Row => ({
      place: `iothreadids/iothread/@thread_pool_${name}`,
      kinds: added,
      order: 1,
      label: "live",
      since: 8_005_000,
      sinceQemu: 7_001_000,
      steps: setThreadPool,
    }),
  ),
  {
    place: "iothreadids/iothread",
    kinds: ["remove"],
    order: 9,
    label: "live",
    steps: ioThread("iothreaddel"),
  },
];

const tuning: readonly Row[] = [
  // Commands and elements have the same names. A guest has one emulator, so `emulatorpin` has no key.
  ...["iothreadpin", "vcpupin", "emulatorpin"].flatMap((name): Row[] =>
    [`cputune/${name}`, `cputune/${name}/@cpuset`].map((place) => ({
      place,
      kinds: any,
      order: 2,
      label: "live",
      steps: pin(name),
    })),
  ),
  ...Object.entries({
    shares: "cpu_shares",
    period: "vcpu_period",
    quota: "vcpu_quota",
    global_period: "global_period",
    global_quota: "global_quota",
    emulator_period: "emulator_period",
    emulator_quota: "emulator_quota",
    iothread_period: "iothread_period",
    iothread_quota: "iothread_quota",
  }).map(
    ([name, parameter]): Row => ({
      place: `cputune/${name}`,
      kinds: added,
      order: 2,
      label: "live",
      steps: setParameter(parameter),
    }),
  ),
  { place: "vcpu/@current", kinds: any, order: 2, label: "live", only: "more", steps: setVcpus },
  {
    place: "currentMemory",
    kinds: added,
    order: 2,
    label: "live",
    isRequest: true,
    steps: setMemory,
  },
];

const texts: readonly Row[] = [
  { place: "title", kinds: any, order: 2, label: "live", steps: setText("--title") },
  { place: "description", kinds: any, order: 2, label: "live", steps: setText() },
  { place: "metadata/**", kinds: any, order: 2, label: "live", steps: setMetadata },
  ...["poweroff", "reboot", "crash"].map(
    (event): Row => ({
      place: `on_${event}`,
      kinds: added,
      order: 2,
      label: "live",
      since: 3_009_000,
      steps: value("set-lifecycle-action", event),
    }),
  ),
];

const devices: readonly Row[] = [
  {
    place: "devices/controller",
    kinds: ["add"],
    order: 3,
    label: "live",
    steps: attachController,
  },
  { place: "devices/controller/driver/**", kinds: any, order: 3, label: "detach", steps: replaceDevice },
  { place: "devices/disk", kinds: ["add"], order: 4, label: "live", steps: attachDisk },
  { place: "devices/disk/iotune/**", kinds: any, order: 4, label: "live", steps: limitDisk },
  ...["source/**", "@type"].map(
    (part): Row => ({
      place: `devices/disk/${part}`,
      kinds: any,
      order: 4,
      label: "live",
      only: "removable media",
      steps: changeMedium,
    }),
  ),
  { place: "devices/interface", kinds: ["add"], order: 5, label: "live", steps: attachDevice },
  { place: "devices/interface/link/**", kinds: any, order: 5, label: "live", steps: updateDevice },
  { place: "devices/interface/bandwidth/**", kinds: any, order: 5, label: "live", steps: updateDevice },
  { place: "devices/graphics/@passwd", kinds: any, order: 5, label: "live", steps: updateDevice },
  { place: "devices/disk", kinds: ["remove"], order: 6, label: "detach", steps: detachDevice },
  { place: "devices/interface", kinds: ["remove"], order: 6, label: "detach", steps: detachDevice },
  { place: "devices/controller", kinds: ["remove"], order: 7, label: "detach", steps: detachDevice },
  { place: "devices/disk/**", kinds: any, order: 4, label: "detach", steps: replaceDevice },
  { place: "devices/interface/**", kinds: any, order: 5, label: "detach", steps: replaceDevice },
];

/** The first row that matches and can make the change is used. */
export const rows: readonly Row[] = [...threads, ...tuning, ...texts, ...devices];
