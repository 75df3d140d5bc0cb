import { expect } from "chai";
import { reach } from "../../tools/tests/changed.ts";

/** What --changed knows of a test file: a change of any of these runs it. */
const cases = [
  { name: "itself", test: "test/host/top.test.ts", file: "test/host/top.test.ts" },
  { name: "what it imports", test: "test/unit/merge.test.ts", file: "provider/plan/merge/merge.ts" },
  { name: "types alone", test: "test/host/top.test.ts", file: "provider/plan/activity/activity.ts" },
  { name: "imports of imports", test: "test/unit/merge.test.ts", file: "provider/model/xml/parse.ts" },
  { name: "a program that it runs", test: "test/host/top.test.ts", file: "provider/cli/main.ts" },
  { name: "the guest's C", test: "test/host/top.test.ts", file: "test/support/guest/halt.c" },
  {
    name: "what the engine loads",
    test: "test/engine/secrets.test.ts",
    file: "provider/adapters/dynamic.ts",
  },
  { name: "the plugin", test: "test/engine/native.test.ts", file: "provider/adapters/native.ts" },
  { name: "a recorded state", test: "test/engine/upgrade.test.ts", file: "test/golden/state-0.1.0.json" },
  { name: "an example", test: "test/engine/fleetExample.test.ts", file: "examples/fleet/index.ts" },
] as const;

describe("npm test -- --changed", () => {
  for (const { name, test, file } of cases)
    it(`runs a test file when ${name} changes`, () => {
      expect([...reach(test)]).to.include(file);
    });

  it("leaves out a test file that a change does not reach", () => {
    expect([...reach("test/unit/merge.test.ts")]).not.to.include("provider/cli/main.ts");
    expect([...reach("test/unit/merge.test.ts")]).not.to.include("test/support/guest/halt.c");
  });
});
