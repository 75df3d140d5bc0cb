import { expect } from "chai";
import { handlers } from "../../provider/adapters/dynamic.ts";
import { printFailures } from "../../provider/adapters/native/check.ts";
import type { Fields, ValueType } from "../../provider/model/arguments/field.ts";
import type { KindName } from "../../provider/model/arguments/kinds.ts";
import { kinds } from "../../provider/model/arguments/kinds.ts";
import { checkResource } from "../../provider/operations/check.ts";

const token = "T0k3n-of-a-secret";
const host = "qemu:///system";
/**
 * The engine's text for a host that is not known yet. With it, a check of the dynamic front end asks no host.
 */
const unasked = { host: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" };
/** Other arguments that a resource of each kind needs. */
const base: Readonly<Record<KindName, Record<string, unknown>>> = {
  Domain: { host, name: "refused" },
  IoThread: { host, domain: "refused", ioThreadId: 1 },
  IoThreadPin: { host, domain: "refused", ioThread: 1, cpuset: "0" },
  VirtioDisk: { host, domain: "refused", target: "vdb", source: { file: "/b" } },
  VirtioScsiController: { host, domain: "refused", index: 1 },
};

/** Generates values of an argument that contain the token: the token itself, and one value for each part. */
function* tokensIn(type: ValueType): Generator<unknown> {
  yield token;
  yield [token];
  yield { [type.kind === "object" ? (Object.keys(type.fields)[0] ?? "a") : "passwd"]: token };
  if (type.kind === "list" || type.kind === "countOrList") for (const item of tokensIn(type.of)) yield [item];
  if (type.kind === "object") yield* tokensInFields(type.fields, {});
}

function* tokensInFields(fields: Fields, others: object): Generator<object> {
  for (const [name, { type }] of Object.entries(fields))
    for (const value of tokensIn(type)) yield { ...others, [name]: value };
}

/**
 * Returns what the engine prints for a failure: the whole value of a property that the field names (3.250).
 */
function printed(property: string, reason: string, args: Record<string, unknown>): string {
  return property === "" ? reason : `property ${property} value ${JSON.stringify(args[property])}: ${reason}`;
}

describe("a refusal prints no value that may be a secret", () => {
  for (const name of Object.keys(kinds) as KindName[]) {
    it(`${name}: a token in each argument and each part of it`, async () => {
      let refused = 0;
      for (const args of tokensInFields(
        { ...kinds[name].fields, noArgument: { type: { kind: "string" }, description: "" } },
        base[name],
      )) {
        const given = args as Record<string, unknown>;
        const { failures } = await handlers[name].check({}, { ...given, ...unasked });
        const native = printFailures(checkResource(kinds[name], given), given);
        const told = [
          ...failures.map(({ property, reason }) => printed(property, reason, given)),
          ...native.map((each) => printed(each.getProperty(), each.getReason(), given)),
        ];
        refused += told.length;
        for (const text of told) expect(text, JSON.stringify(args)).not.to.contain(token);
      }
      expect(refused).to.be.greaterThan(20);
    });
  }

  it("a clash of arguments and xml, and of two resources", async () => {
    const clash = { host, name: "clash", title: token, xml: `<domain><title>${token}2</title></domain>` };
    const one = { host, name: "rival", disks: [{ target: "vdb", serial: token }] };
    const two = { host, domain: "rival", target: "vdb", serial: `${token}2` };
    const first = await handlers.Domain.check({}, clash);
    expect(checkResource(kinds.Domain, one)).to.deep.equal([]);
    const second = await handlers.VirtioDisk.check({}, two);
    for (const [failures, args] of [
      [first.failures, clash],
      [second.failures, two],
    ] as const) {
      expect(failures).to.have.length(1);
      for (const { property, reason } of failures)
        expect(printed(property, reason, args)).not.to.contain(token);
    }
    expect(first.failures.map(({ reason }) => reason)).to.deep.equal([
      "title is something else than title in xml; keep one of them",
    ]);
  });

  it("XML that does not parse, of a megabyte", async () => {
    const xml = `<domain><title>${token.repeat(60_000)}</titel></domain>`;
    const { failures } = await handlers.Domain.check({}, { host, name: "large", xml });
    expect(failures).to.have.length(1);
    for (const { property, reason } of failures) {
      expect(property).to.equal("");
      expect(reason)
        .to.match(/^xml does not parse at line 1/)
        .and.not.contain(token);
      expect(reason.length).to.be.lessThan(300);
    }
  });

  it("what is no secret keeps the name of its property in the field", async () => {
    const { failures } = await handlers.Domain.check(
      {},
      { host, name: "a", memory: -1, disks: [{ target: 5 }] },
    );
    expect(failures.map(({ property }) => property)).to.include.members(["memory", "disks[0].target"]);
  });
});
