import { expect } from "chai";
import fc from "fast-check";
import type { FleetArgs } from "../../provider/components/fleetArgs.ts";
import { listGuests, nameHosts } from "../../provider/components/guests.ts";
import { checkShape } from "../../provider/components/shape.ts";
import { checkGate, orderWaves } from "../../provider/components/waves.ts";

const host = "qemu+ssh://root@hv1/system";
const good = { hosts: [host], guest: { memory: "1 GiB" } };

/** Returns the failures that the constructor finds before it creates anything. */
function check(args: unknown): string[] {
  const given = args as FleetArgs;
  const misshapen = checkShape(given);
  if (misshapen.length > 0) return misshapen;
  const failures: string[] = [];
  const hosts = nameHosts(given, failures);
  const guests = listGuests("db", given, hosts, failures);
  failures.push(...checkGate(given, orderWaves(given, hosts, guests, failures)));
  return failures;
}

describe("arguments of a fleet from JavaScript", () => {
  const cases: readonly { name: string; args: unknown; want: readonly string[] }[] = [
    { name: "null", args: null, want: ["arguments: must be an object, not null"] },
    { name: "nothing", args: {}, want: ["hosts: is required", "guest: is required"] },
    {
      name: "a host alone",
      args: { ...good, hosts: host },
      want: ["hosts: must be a list, not a string"],
    },
    {
      name: "hosts that are none",
      args: { ...good, hosts: [null, 7, {}, { host: null }] },
      want: [
        "hosts[0]: must be an object, not null",
        "hosts[1]: must be an object, not 7",
        "hosts[2].host: is required",
        "hosts[3].host: must be a text, not null",
      ],
    },
    { name: "no guest", args: { ...good, guest: null }, want: ["guest: must be an object, not null"] },
    {
      name: "a function that returns nothing",
      args: { ...good, guest: () => undefined },
      want: ["guest(hv1/db-0): must be an object, not undefined"],
    },
    {
      name: "guests beyond all measure",
      args: { ...good, guests: 1e308 },
      want: ["guests: must be a whole number from 0 to 10000, not 1e+308"],
    },
    {
      name: "the rest",
      args: {
        ...{ ...good, guests: [1], overrides: { "db-0": null }, canary: null, waves: [{}] },
        ...{
          gate: { seconds: "30" },
          dedicatedIoThreads: { sequential: "vda", expectedDepth: { vda: "64" }, profiles: {} },
        },
      },
      want: [
        "guests[0]: must be a text, not 1",
        'overrides["db-0"]: must be an object, not null',
        "canary: must be a list, not null",
        "waves[0].hosts: is required",
        "gate.seconds: must be a number, not a string",
        "dedicatedIoThreads.sequential: must be a list, not a string",
        'dedicatedIoThreads.expectedDepth["vda"]: must be a number, not a string',
        "dedicatedIoThreads.profiles: must be a list, not an object",
      ],
    },
    {
      name: "a secret of a wrong type is not told",
      args: { ...good, hosts: [["secret"]] },
      want: ["hosts[0]: must be an object, not a list"],
    },
  ];
  for (const { name, args, want } of cases)
    it(`fail by their property: ${name}`, () => expect(check(args)).to.have.members(want));

  it("that are right have no failures, whatever guests are called", () => {
    const names = ["constructor", "toString", "__proto__", "hasOwnProperty"];
    expect(check({ ...good, guests: names })).to.deep.equal([]);
    const failures: string[] = [];
    const guests = listGuests("db", { ...good, guests: names }, [{ host, name: "hv1" }], failures);
    expect(guests.map(({ args }) => args)).to.deep.equal(names.map(() => good.guest));
  });

  it("never throw a TypeError", () => {
    const names = ["hosts", "guests", "guest", "overrides", "canary", "waves", "gate", "dedicatedIoThreads"];
    const inner = fc.dictionary(
      fc.constantFrom("host", "name", "guests", "guest", "hosts", "seconds", "constructor", "db-0"),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const value = fc.oneof(inner, fc.array(fc.oneof(inner, fc.jsonValue({ maxDepth: 2 }))), fc.jsonValue());
    const law = fc.property(fc.dictionary(fc.constantFrom(...names), value), (args) => {
      for (const each of [args, { ...args, ...good }, { ...good, ...args }])
        expect(check(each)).to.be.an("array");
    });
    fc.assert(law, { numRuns: 500 });
  }).timeout(60_000);
});
