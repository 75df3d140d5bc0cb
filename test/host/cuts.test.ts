import { expect } from "chai";
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

describe("a connection that is cut after any call of virsh, or a process that ends there", function () {
  itSurvivesCuts.call(this, "cuts", [
    {
      name: "create",
      prepare: (guest) => guest.remove(),
      act: (guest, isKnown) => (isKnown ? guest.update("Domain", args, args) : guest.create("Domain", args)),
      meanwhile: async (guest, isKnown, told) => {
        if (!isKnown) expect(await readGuest(guest), told).to.equal(null);
      },
      check: async (guest) => {
        expect((await guest.preview("Domain", args)).lines).to.deep.equal([]);
        expect(await readGuest(guest)).to.deep.include({ state: "running", autostart: true });
      },
    },
    {
      name: "delete",
      prepare: (guest) => guest.create("Domain", args),
      act: (guest) => guest.delete("Domain", args),
      check: async (guest) => {
        expect(await readGuest(guest)).to.equal(null);
      },
    },
  ]);
});
