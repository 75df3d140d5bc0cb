import { expect } from "chai";
import type { Arguments } from "../../provider/model/arguments/field.ts";
import { kinds } from "../../provider/model/arguments/kinds.ts";
import { editedArguments } from "../../provider/plan/arguments/edits.ts";
import { withoutIgnored } from "../../provider/plan/arguments/ignored.ts";

const before: Arguments = {
  host: "qemu:///system",
  name: "db",
  memory: "1 GiB",
  ioThreads: [{ id: 1 }, { id: 2, pollMaxNs: 1 }],
  cpuTune: { emulatorPin: "0-2", shares: 5 },
  xml: "<domain><title>a</title></domain>",
};

const edits: readonly { name: string; after: Arguments; want: Record<string, string> }[] = [
  { name: "nothing", after: {}, want: {} },
  {
    name: "another way of writing the same",
    after: { memory: "1024 MiB", cpuTune: { emulatorPin: "0,1,2", shares: 5 } },
    want: {},
  },
  {
    name: "a value in a list",
    after: { ioThreads: [{ id: 1 }, { id: 2, pollMaxNs: 2 }] },
    want: { "ioThreads[1].pollMaxNs": "update" },
  },
  {
    name: "a list that gets longer",
    after: { ioThreads: [{ id: 1 }, { id: 2, pollMaxNs: 1 }, { id: 3 }] },
    want: { "ioThreads[2]": "add" },
  },
  { name: "an argument that is gone", after: { memory: undefined }, want: { memory: "delete" } },
  { name: "white space in XML", after: { xml: "<domain>\n<title>a</title></domain>" }, want: {} },
  { name: "XML", after: { xml: "<domain><title>b</title></domain>" }, want: { xml: "update" } },
];

describe("edited arguments", () => {
  for (const { name, after, want } of edits)
    it(name, () => {
      const found = editedArguments(kinds.Domain, before, { ...before, ...after });
      expect(Object.fromEntries(found.map(({ property, kind }) => [property, kind]))).to.deep.equal(want);
    });
});

const ignored: readonly { path: string; want: Arguments }[] = [
  { path: "memory", want: { memory: undefined } },
  { path: "cpuTune.shares", want: { cpuTune: { emulatorPin: "0-2" } } },
  { path: "ioThreads[*].pollMaxNs", want: { ioThreads: [{ id: 1 }, { id: 2 }] } },
  { path: "ioThreads[0]", want: { ioThreads: [{ id: 2, pollMaxNs: 1 }] } },
  { path: "host", want: {} },
];

describe("ignored arguments", () => {
  for (const { path, want } of ignored)
    it(path, () => {
      const wanted = Object.entries({ ...before, ...want }).filter(([, value]) => value !== undefined);
      expect(withoutIgnored(kinds.Domain, before, [path])).to.deep.equal(Object.fromEntries(wanted));
    });
});
