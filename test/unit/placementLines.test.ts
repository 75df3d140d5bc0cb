import { expect } from "chai";
import { placementLines } from "../../provider/plan/cpus/placement/lines.ts";
import type { Placement } from "../../provider/plan/cpus/placement/types.ts";

const reason = (text: string) => ({ rule: "P1", text, source: "ganeti" }) as Placement["reasons"][number];
const placed = (cpuset: string | null, text = "1 thread for 1 disk"): Placement => ({
  ioThreads: [{ id: 1, cpuset }],
  devices: { vda: 1 },
  reasons: [reason(text)],
});
const fleet = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`web-${index}`, placed(null)]));

describe("where a fleet's threads are, in lines", () => {
  it("60 guests that are placed alike take two", () => {
    const lines = placementLines("hv1", null, fleet(60));
    expect(lines).to.have.length(2);
    expect(lines[0]).to.match(/^hv1\/web-0, hv1\/web-1, .*hv1\/web-59: vda → IO thread 1$/);
    expect(lines[1]).to.equal("  P1 1 thread for 1 disk (ganeti)");
  });

  it("a disk that several threads serve has all of them", () => {
    const after: Placement = {
      ...placed("2"),
      ioThreads: [
        { id: 1, cpuset: "2" },
        { id: 2, cpuset: null },
      ],
      mappings: { vda: { ioThreads: [1, 2], queues: 4 } },
    };
    expect(placementLines("hv1", { web: placed("2") }, { web: after })[0]).to.equal(
      "hv1/web: vda → IO thread 1 on CPU 2 and IO thread 2",
    );
  });

  it("nothing has moved: nothing is said, whatever the reasons", () => {
    const after = Object.fromEntries(Object.keys(fleet(60)).map((name) => [name, placed(null, "other")]));
    expect(placementLines("hv1", fleet(60), after)).to.deep.equal([]);
  });

  it("names those alone that moved, and whose a reason is", () => {
    const after = { ...fleet(3), "web-1": placed("2", "one"), "web-2": placed("3", "two") };
    expect(placementLines("hv1", fleet(3), after)).to.deep.equal([
      "hv1/web-1: vda → IO thread 1 on CPU 2",
      "hv1/web-2: vda → IO thread 1 on CPU 3",
      "  P1 one (ganeti): web-1",
      "  P1 two (ganeti): web-2",
    ]);
  });
});
