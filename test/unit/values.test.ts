import { expect } from "chai";
import { parseCpuset, printCpuset } from "../../provider/model/values/cpuset.ts";
import { parseMemoryKiB } from "../../provider/model/values/units.ts";

describe("CPU sets", () => {
  const cases = [
    { text: "0-3,^2", want: "0-1,3" },
    { text: "3,1,2,0", want: "0-3" },
    { text: " 1 , 0 ", want: "0-1" },
    { text: "1-3,5,7-12", want: "1-3,5,7-12" },
    { text: "16383", want: "16383" },
    { text: "16384", want: null },
    { text: "3-1", want: null },
    { text: "0-1,^0,^1", want: null },
    { text: "all", want: null },
    { text: "", want: null },
  ];
  for (const { text, want } of cases) {
    it(`reads ${JSON.stringify(text)} as ${want}`, () => {
      const cpus = parseCpuset(text);
      expect(cpus && printCpuset(cpus)).to.equal(want);
    });
  }
});

describe("memory", () => {
  const cases = [
    { text: "256 MiB", want: 262144 },
    { text: "64 MB", want: 62500 },
    { text: "65000 KB", want: 63477 },
    { text: "65537", want: 65537 },
    { text: "1 parsec", want: null },
    { text: "-1", want: null },
  ];
  for (const { text, want } of cases) {
    it(`reads ${text} as ${want} KiB`, () => expect(parseMemoryKiB(text)).to.equal(want));
  }
});
