import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Arguments } from "../../provider/model/arguments/field.ts";
import { checkArguments, storageKinds } from "../../provider/model/arguments/kinds.ts";
import type { PoolTypeName } from "../../provider/model/elements/storage/poolTypes.ts";
import { poolTypes } from "../../provider/model/elements/storage/poolTypes.ts";
import { parseXml } from "../../provider/model/xml/parse.ts";
import { printXml } from "../../provider/model/xml/print.ts";
import { valueAt } from "../../provider/model/xml/read.ts";
import type { PoolFacts } from "../../provider/plan/storage/facts.ts";
import { argumentsIn, driftedPool, planPool, poolDefinition } from "../../provider/plan/storage/pool.ts";
import { findPoolMistakes } from "../../provider/plan/storage/poolChecks.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { otherTypes, pools } from "../support/pools.ts";

const kind = storageKinds.StoragePool;

/** The test driver of libvirt takes pools of every type, also of those whose own driver is not installed. */
describe("libvirt's test driver and a storage pool", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = temporaryFolder("pools");
  });
  after(() => removeFolder(folder));

  /** Defines pools and returns the last one as it is read. */
  async function define(...definitions: readonly string[]): Promise<PoolFacts> {
    const commands = definitions.map((xml, at) => {
      const file = join(folder, `${at}.xml`);
      writeFileSync(file, xml);
      return `pool-define ${file}`;
    });
    const batch = `${commands.join("; ")}; echo @@; pool-dumpxml n`;
    const said = await mustRun(["virsh", "-q", "-c", "test:///default", batch]);
    const inactiveXml = said.slice(said.indexOf("@@") + 2).trim();
    const inactive = parseXml(inactiveXml);
    const uuid = valueAt(inactive, "uuid") ?? "";
    return { name: "n", uuid, isActive: false, isAutostarted: false, inactiveXml, inactive, live: null };
  }

  for (const [type, [given, other]] of Object.entries(pools)) {
    const state = { active: false, autostart: false };
    const args: Arguments = { host: "h", name: "n", type, ...given, ...state };
    const changed: Arguments = { ...args, ...other };

    it(`defines what is declared, has no change then, and reads the same: ${type}`, async () => {
      expect([...checkArguments(kind, args), ...findPoolMistakes(args)]).to.deep.equal([]);
      const pool = await define(printXml(poolDefinition(kind, args)));
      expect(planPool(kind, args, args, pool)).to.deep.equal({
        changes: [],
        obstacles: [],
        define: null,
        pending: [],
      });
      const imported = { ...argumentsIn(kind, pool), ...state };
      const plan = planPool(kind, imported, imported, pool);
      expect([plan.changes, plan.define, findPoolMistakes(imported)]).to.deep.equal([[], null, []]);
      // What was imported declares the same pool.
      const again = await define(printXml(poolDefinition(kind, imported)));
      expect(planPool(kind, args, args, again).changes).to.deep.equal([]);
    });

    it(`changes one argument, and takes over what somebody else changed: ${type}`, async () => {
      const first = await define(printXml(poolDefinition(kind, args)));
      const plan = planPool(kind, args, changed, first);
      expect(plan.changes.length).to.be.greaterThan(0);
      for (const { property } of plan.changes) expect(property).to.match(/^(?:path|source)\b/);
      const second = await define(first.inactiveXml, printXml(plan.define ?? first.inactive));
      expect(planPool(kind, changed, changed, second).changes).to.deep.equal([]);
      const drifted = driftedPool(kind, args, second);
      expect(planPool(kind, drifted, drifted, second).changes).to.deep.equal([]);
      expect(driftedPool(kind, changed, second)).to.deep.equal(changed);
    });
  }

  it("becomes a pool of another type in the same definition, and nothing of the old one stays", async () => {
    for (const [at, from] of otherTypes.entries()) {
      const ofType = (type: PoolTypeName) => ({
        name: "n",
        type,
        ...pools[type][0],
        active: false,
        autostart: false,
      });
      const [before, after] = [ofType(from), ofType(otherTypes[(at + 1) % otherTypes.length] ?? from)];
      const first = await define(printXml(poolDefinition(kind, before)));
      const { define: next } = planPool(kind, before, after, first);
      const second = await define(first.inactiveXml, printXml(next ?? first.inactive));
      expect(planPool(kind, after, after, second).changes).to.deep.equal([]);
      expect(second.uuid).to.equal(first.uuid);
      // A new resource does not take over a pool of another type.
      expect(planPool(kind, null, after, first).obstacles).to.have.length(1);
    }
  });

  for (const [type, { needs }] of Object.entries(poolTypes))
    for (const part of needs)
      it(`is refused without what the table says that it needs: ${type} without ${part}`, async () => {
        const { source, ...others } = pools[type as keyof typeof pools][0];
        const { [part]: _, ...left } = source as Arguments;
        const args = { name: "n", type, ...others, source: left };
        expect(findPoolMistakes(args).map(({ property }) => property)).to.deep.equal([`source.${part}`]);
        // iSCSI is the exception: libvirt takes it without a target, and then can't start it.
        if (type.startsWith("iscsi") && part === "devices") return;
        const file = join(folder, "lacking.xml");
        writeFileSync(file, printXml(poolDefinition(kind, args)));
        const said = await mustRun(["virsh", "-q", "-c", "test:///default", `pool-define ${file}`]).catch(
          (error: Error) => error.message,
        );
        expect(said).to.match(/missing|mandatory|unknown adapter|Unknown source adapter/i);
      });
});
