import { expect } from "chai";
import { waitFor } from "../../tools/sandbox/processes.ts";
import { itSurvivesCuts, readGuest } from "../support/cutPoints.ts";

const args = {
  type: "qemu",
  memory: "32 MiB",
  machine: "q35",
  ioThreads: [{ id: 1, pollMaxNs: 20000 }],
  running: true,
  autostart: true,
  forceOff: true,
  shutdownTimeoutSeconds: 0,
};
const larger = { ...args, memory: "48 MiB", whenRunning: "restart" };
/** Nobody declares that it runs: only the power cycle itself starts it again. */
const undeclared = { ...larger, running: undefined };

describe("a power cycle whose connection is cut after any call of virsh", function () {
  itSurvivesCuts.call(this, "cycles", [
    {
      name: "power cycle",
      prepare: async (guest) =>
        (await readGuest(guest))
          ? guest.update("Domain", larger, { ...args, whenRunning: "restart" })
          : guest.create("Domain", args),
      act: (guest) => guest.update("Domain", args, undeclared),
      // It starts again by itself, whatever was cut.
      meanwhile: (guest) =>
        waitFor("the guest", 30_000, async () => (await readGuest(guest))?.state === "running"),
      check: async (guest) => {
        expect((await guest.preview("Domain", undeclared)).lines).to.deep.equal([]);
        const domain = await readGuest(guest);
        expect(domain?.state).to.equal("running");
        expect(domain?.liveXml).to.contain("<memory unit='KiB'>49152</memory>");
      },
    },
  ]);
});
