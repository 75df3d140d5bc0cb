import { expect } from "chai";
import { domainSchema } from "../../provider/model/elements/domain/schema.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { diffTrees } from "../../provider/plan/diff.ts";

const times = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join("");
const domain = (devices: string) => parseDomainXml(`<domain><devices>${devices}</devices></domain>`);

/**
 * Returns the CPU milliseconds of the fastest of several runs, because other processes use the machine too.
 */
function fastest(run: () => void): number {
  const durations = Array.from({ length: 7 }, () => {
    const start = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return Math.min(...durations);
}

describe("limits", () => {
  it("500 disks differ in one attribute: found in under 100 ms", () => {
    const disk = (i: number, cache: string, more: string) =>
      `<disk type='file'><driver name='qemu' type='raw' cache='${cache}'/><source file='/d${i}'/><target dev='vd${i}' bus='virtio'/>${more}</disk>`;
    const desired = domain(times(500, (i) => disk(i, i === 321 ? "none" : "writeback", "")));
    const actual = domain(times(500, (i) => disk(i, "writeback", `<address type='pci' slot='${i}'/>`)));
    const found = diffTrees(domainSchema, { recorded: null, desired, actual }).changes.map(
      ({ path }) => path,
    );
    expect(found).to.deep.equal(["devices/disk[vd321]/driver/@cache"]);
    expect(fastest(() => diffTrees(domainSchema, { recorded: desired, desired, actual }))).to.be.below(100);
  });

  it("500 devices without a key are paired in order", () => {
    const desired = domain(times(500, (i) => `<serial type='file'><source path='/${i}'/></serial>`));
    const actual = domain(times(500, (i) => `<serial type='file'><source path='/${i + 1}'/></serial>`));
    const { changes } = diffTrees(domainSchema, { recorded: null, desired, actual });
    expect(changes.length).to.be.within(1, 500);
    expect(fastest(() => diffTrees(domainSchema, { recorded: null, desired, actual }))).to.be.below(1000);
  });

  it("nested devices without a key that all differ cost no more than their number allows", () => {
    const nested = (leaf: string) =>
      times(
        60,
        (i) =>
          `<hub type='usb'>${times(60, (k) => `<part><a v='${leaf}${i}'/><b>${leaf}${k}</b></part>`)}</hub>`,
      );
    const [desired, actual] = [domain(nested("x")), domain(nested("y"))];
    expect(fastest(() => diffTrees(domainSchema, { recorded: desired, desired, actual }))).to.be.below(1000);
  });

  it("numbers of threads and vCPUs may be anything", () => {
    const counted = (threads: string) =>
      parseDomainXml(
        `<domain><vcpu>4000000000</vcpu><iothreads>${threads}</iothreads><cpu><numa><cell id='0' cpus='${threads.length}'/></numa></cpu></domain>`,
      );
    const { changes } = diffTrees(domainSchema, {
      recorded: null,
      desired: counted("4000000000"),
      actual: counted("65537"),
    });
    expect(changes.map(({ path }) => path)).to.include.members(["iothreads", "cpu/numa/cell[0]/@cpus"]);
    expect(
      fastest(() =>
        diffTrees(domainSchema, { recorded: null, desired: counted("9000"), actual: counted("8999") }),
      ),
    ).to.be.below(1000);
  });

  it("nested elements without a key cost no more than their number", () => {
    const nested = (depth: number, leaf: string): string =>
      depth === 0
        ? `<x v='${leaf}'/>`
        : `<x>${nested(depth - 1, `${leaf}1`)}${nested(depth - 1, `${leaf}2`)}</x>`;
    const desired = parseDomainXml(`<domain>${nested(9, "a")}</domain>`);
    const actual = parseDomainXml(`<domain>${nested(9, "b")}</domain>`);
    expect(diffTrees(domainSchema, { recorded: null, desired, actual }).changes).to.have.length(512);
    expect(fastest(() => diffTrees(domainSchema, { recorded: null, desired, actual }))).to.be.below(1000);
  });
});
