import { expect } from "chai";
import { withThreads } from "../../provider/components/dedicated.ts";
import { placeGuests } from "../../provider/components/placing.ts";
import type { Arguments } from "../../provider/model/arguments/field.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import type { TestDomain } from "../support/domains.ts";
import { testDomain } from "../support/domains.ts";
import { featureOf } from "../support/features.ts";
import { sandbox } from "../support/sandbox.ts";

describe("threads of a fleet's busy disk", function () {
  this.timeout(120_000);
  let guest: TestDomain;
  let plain: Arguments;
  before(async () => {
    guest = await testDomain("fleet-mapping");
    const type = (await sandbox()).domainType;
    const disks = [{ target: "vda", source: { file: makeImage("fleet-mapping.raw", 1) } }];
    plain = { type, memory: "32 MiB", vcpus: 2, machine: "q35", running: true, disks };
  });
  after(() => guest.remove());

  it("are two where the host maps queues, else one, and the reason names the versions", async () => {
    const { isThere, needs } = await featureOf(guest.connection, "diskIoThreads");
    const host = { host: guest.place.host, name: "hv" } as Parameters<typeof placeGuests>[0];
    const placed = await placeGuests(host, { [guest.name]: plain }, { expectedDepth: { vda: 64 } });
    const placement = placed.placements?.[guest.name];
    if (!placement) throw new Error(JSON.stringify(placed));
    const said = placement.reasons.filter(({ rule }) => rule === "P3").map(({ text }) => text);
    const load = "vda (64 requests in flight by expectedDepth)";
    expect(said).to.have.length(1);
    if (isThere) expect(said[0]).to.equal(`${load}: its 2 queues on IO threads 1 and 2`);
    else expect(said[0]).to.contain(`${load}: one thread, several need ${needs}, the host has `);
    const args = withThreads(plain as never, placement, {}) as Arguments;
    await guest.create("Domain", args);
    const driver = isThere
      ? /queues='2'[^>]*>\s*<iothreads>\s*<iothread id='1'\/>\s*<iothread id='2'\/>\s*<\/iothreads>/
      : /<driver [^>]*iothread='1'\/>/;
    expect((await guest.facts()).liveXml).to.match(driver);
    expect((await guest.preview("Domain", args)).isNeeded).to.equal(false);
    const again = await placeGuests(host, { [guest.name]: plain }, { expectedDepth: { vda: 64 } });
    expect(again.placements?.[guest.name]).to.deep.equal(placement);
  });
});
