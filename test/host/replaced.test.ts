import { expect } from "chai";
import { kinds } from "../../provider/model/arguments/kinds.ts";
import { findReplaced } from "../../provider/operations/replaced.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import type { TestDomain } from "../support/domains.ts";
import { testDomain } from "../support/domains.ts";
import { sandbox } from "../support/sandbox.ts";

describe("a guest that gets the name of another one", function () {
  this.timeout(60_000);
  let host: string;
  let old: TestDomain;
  let there: TestDomain;
  const disk = (name: string) => ({ target: "vda", source: { file: makeImage(name, 1) } });
  before(async () => {
    host = (await sandbox()).uri;
    old = await testDomain("replacedOld");
    there = await testDomain("replacedThere");
    const common = { type: "qemu", memory: "32 MiB" };
    await old.create("Domain", { ...common, disks: [disk("replaced-old.raw")] });
    await there.create("Domain", { ...common, disks: [disk("replaced-there.raw")] });
  });
  after(async () => {
    await old.remove();
    await there.remove();
  });
  const orderOf = async (disks: readonly object[]) => {
    const uuid = (await old.facts()).uuid;
    const recorded = { host, name: old.name, memory: "32 MiB" };
    return findReplaced(kinds.Domain, recorded, { ...recorded, name: there.name, disks }, uuid);
  };

  it("is made before the old one goes, so that two guests can swap their names", async () => {
    expect(await orderOf([])).to.deep.include({ replaces: ["name"], isDeletedFirst: false });
  });
  it("is made after the old one has gone where both have an image: two guests must not write to it", async () => {
    expect(await orderOf([disk("replaced-old.raw")])).to.deep.include({
      replaces: ["name"],
      isDeletedFirst: true,
    });
  });
});
