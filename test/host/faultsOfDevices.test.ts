import { imagePath, makeImage } from "../../tools/sandbox/images.ts";
import { itSurvivesFaults } from "../support/faultPoints.ts";

const disk = (target: string, ioThread: number) => ({
  target,
  source: { file: imagePath(`faults-${target}.raw`) },
  ioThread,
});

describe("faults between any two steps of a change of devices", function () {
  before(() => {
    for (const target of ["vdb", "vdc", "vdd"]) makeImage(`faults-${target}.raw`, 1);
  });
  itSurvivesFaults.call(this, [
    { name: "a disk", kind: "VirtioDisk", to: disk("vdb", 1), at: ["define /dev/stdin", "attach-device"] },
    {
      name: "a disk moved to another thread",
      kind: "VirtioDisk",
      from: { ...disk("vdc", 1), whenRunning: "detach" },
      to: { ...disk("vdc", 2), whenRunning: "detach" },
      at: ["define /dev/stdin", "detach-device", "attach-device"],
    },
    {
      name: "a controller",
      kind: "VirtioScsiController",
      to: { index: 5, ioThread: 1 },
      at: ["define /dev/stdin", "attach-device"],
    },
    {
      name: "a disk removed",
      kind: "VirtioDisk",
      from: { ...disk("vdd", 1), whenRunning: "detach" },
      at: ["define /dev/stdin", "detach-device"],
    },
  ]);
});
