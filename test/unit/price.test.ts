import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { kinds } from "../../provider/model/arguments/kinds.ts";
import { describeFields } from "../../provider/plan/live/price.ts";
import { repository } from "../../tools/sandbox/folders.ts";

interface Property {
  readonly description: string;
  readonly $ref?: string;
  readonly willReplaceOnChanges?: boolean;
}
type Properties = Readonly<Record<string, Property>>;

interface Schema {
  readonly resources: Readonly<Record<string, { readonly inputProperties: Properties }>>;
  readonly types: Readonly<Record<string, { readonly properties: Properties }>>;
}

const schema = JSON.parse(readFileSync(join(repository, "plugin/schema.json"), "utf8")) as Schema;
const { Domain, VirtioDisk, VirtioScsiController } = kinds;
const cases = [
  { kind: Domain, field: "title", want: "Changing it: live." },
  { kind: Domain, field: "memory", want: "Changing it: next boot." },
  { kind: Domain, field: "currentVcpus", want: "Changing it: live for more, else next boot." },
  { kind: Domain, field: "disks", want: "Adding one: live; removing one: detach, or next boot." },
  { kind: Domain, field: "graphics", want: "Adding or removing one: next boot." },
  { kind: VirtioDisk, field: "cache", want: "Changing it: detach, or next boot." },
  { kind: VirtioScsiController, field: "model", want: "Changing it: next boot." },
];

describe("what arguments say of their price", () => {
  for (const { kind, field, want } of cases)
    it(`${kind.name}.${field}`, () => {
      expect(describeFields(kind.fields, kind.place)[field]).to.match(new RegExp(`${want}$`));
    });

  it("is said by every one that can change, once", () => {
    const resources: Properties[] = Object.values(schema.resources).map(
      ({ inputProperties }) => inputProperties,
    );
    const used = new Set(JSON.stringify(resources).match(/#\/types\/virsh:index:\w+/g));
    for (const [token, { properties }] of Object.entries(schema.types)) {
      const isInput = [...used].some((reference) => reference.endsWith(token));
      if (isInput) resources.push(properties);
    }
    const priced = /Changing it|Adding (?:one|or)|Another value means|makes a new (?:\w+)/g;
    const silent = resources.flatMap((properties) =>
      Object.entries(properties)
        .filter(([, { $ref, description }]) => $ref === undefined && description.match(priced)?.length !== 1)
        .map(([name, { description }]) => `${name}: ${description}`),
    );
    expect(resources.length).to.be.greaterThan(10);
    expect(silent).to.deep.equal([]);
  });
});
