import { expect } from "chai";
import { diffLifecycle, leftAsItIs, whyNotOff } from "../../provider/host/apply/runState.ts";
import { runStateOf } from "../../provider/host/read/runStates.ts";
import type { DomainFacts } from "../../provider/plan/situation/facts.ts";
import { parseState, printState, stateRows, wayOff } from "../../provider/plan/situation/runStates.ts";

interface Case {
  /** Output of `virsh domstate --reason`. */
  readonly said: string;
  /** State and reason in `domstats`. */
  readonly numbers: readonly [number, number];
  /** How the guest is powered off when it is declared to run, and when it is not. */
  readonly off: readonly [declared: string, undeclared: string];
  /** The command for `running: true`; `null` for none. */
  readonly on: string | null;
  /** What the preview says when the guest is left as it is. */
  readonly left?: RegExp;
}

const working = /libvirt is at work on it and lets it go on by itself/;

/**
 * Each state with the reasons that change what we do: those that host/runStates produces, and short-lived
 * ones.
 */
const cases: readonly Case[] = [
  { said: "running (booted)", numbers: [1, 1], off: ["shutdown", "shutdown"], on: null },
  { said: "running (post-copy)", numbers: [1, 10], off: ["shutdown", "shutdown"], on: null },
  { said: "idle (unknown)", numbers: [2, 0], off: ["shutdown", "shutdown"], on: null },
  { said: "no state (unknown)", numbers: [0, 0], off: ["shutdown", "shutdown"], on: null },
  {
    said: "in shutdown (unknown)",
    numbers: [4, 0],
    off: ["wait", "wait"],
    on: null,
    left: /the next up starts it/,
  },
  {
    said: "in shutdown (user)",
    numbers: [4, 1],
    off: ["wait", "wait"],
    on: null,
    left: /powers off just now/,
  },
  { said: "paused (migrating)", numbers: [3, 2], off: ["wait", "wait"], on: null, left: working },
  { said: "paused (saving)", numbers: [3, 3], off: ["wait", "wait"], on: null, left: working },
  { said: "paused (dumping)", numbers: [3, 4], off: ["wait", "wait"], on: null, left: working },
  { said: "paused (shutting down)", numbers: [3, 8], off: ["wait", "wait"], on: null, left: working },
  { said: "paused (creating snapshot)", numbers: [3, 9], off: ["wait", "wait"], on: null, left: working },
  { said: "paused (starting up)", numbers: [3, 11], off: ["wait", "wait"], on: null, left: working },
  { said: "paused (post-copy)", numbers: [3, 12], off: ["wait", "wait"], on: null, left: working },
  {
    said: "paused (post-copy failed)",
    numbers: [3, 13],
    off: ["destroy", "destroy"],
    on: null,
    left: /mend what stopped it/,
  },
  { said: "paused (user)", numbers: [3, 1], off: ["resume", "destroy"], on: "resume" },
  { said: "paused (from snapshot)", numbers: [3, 7], off: ["resume", "destroy"], on: "resume" },
  { said: "paused (I/O error)", numbers: [3, 5], off: ["destroy", "destroy"], on: null, left: /domblkerror/ },
  {
    said: "paused (watchdog)",
    numbers: [3, 6],
    off: ["destroy", "destroy"],
    on: null,
    left: /mend what stopped it/,
  },
  {
    said: "paused (crashed)",
    numbers: [3, 10],
    off: ["destroy", "destroy"],
    on: null,
    left: /mend what stopped it/,
  },
  {
    said: "crashed (panicked)",
    numbers: [6, 1],
    off: ["destroy", "destroy"],
    on: null,
    left: /on_crash keeps it/,
  },
  { said: "pmsuspended (unknown)", numbers: [7, 0], off: ["dompmwakeup", "dompmwakeup"], on: "dompmwakeup" },
  { said: "shut off (crashed)", numbers: [5, 3], off: ["none", "none"], on: "start" },
];

describe("what is done with a guest in each run state", () => {
  for (const { said, numbers, off, on, left } of cases)
    it(said, () => {
      const state = runStateOf(...numbers, true);
      expect(printState(state)).to.equal(said);
      expect(parseState(said)).to.deep.equal(state);
      const domain = { name: "db", autostart: false, ...state } as DomainFacts;
      expect([wayOff(domain, true), wayOff(domain, false)]).to.deep.equal(off);
      const commands = diffLifecycle({ running: true }, domain).map(({ command }) => command);
      expect(commands).to.deep.equal(on === null ? [] : [on]);
      const ends = diffLifecycle({ running: false }, domain).map(({ command }) => command);
      expect(ends).to.deep.equal(off[1] === "none" ? [] : ["shutdown"]);
      const told = leftAsItIs({ running: true }, domain).join();
      if (left) expect(told).to.match(left).and.contain(said);
      else expect(told).to.equal("");
      expect(leftAsItIs({}, domain)).to.deep.equal([]);
      // Only a guest that can't be asked to power off needs forceOff before anything changes.
      const why = whyNotOff({ running: false }, domain, true);
      if (off[1] === "destroy") expect(why).to.match(/can't be asked to power off.*forceOff: true/);
      else expect(why).to.equal(null);
      expect(whyNotOff({ running: false, forceOff: true }, domain, true)).to.equal(null);
    });

  it("each row of the table has a case", () => {
    const isCased = ({ state, reasons }: (typeof stateRows)[number]) =>
      (reasons ?? [null]).every((reason) =>
        cases.some(({ said }) => said.startsWith(reason === null ? `${state} (` : `${state} (${reason})`)),
      );
    expect(stateRows.filter((row) => !isCased(row))).to.deep.equal([]);
  });
});
