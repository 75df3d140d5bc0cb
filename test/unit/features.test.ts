import { expect } from "chai";
import { functions } from "../../provider/model/arguments/functions.ts";
import { kinds } from "../../provider/model/arguments/kinds.ts";
import { declare } from "../../provider/plan/arguments/declaration.ts";
import { pathNamer } from "../../provider/plan/arguments/origins.ts";
import { featureAt, listFeatures } from "../../provider/plan/checks/features.ts";
import { findObstacles } from "../../provider/plan/checks/obstacles.ts";

describe("features of a host's versions", () => {
  const features = functions.getHost.outputs.features?.type;
  const fields = Object.entries(features?.kind === "object" ? features.fields : {});

  it("are those that getHost answers", () => {
    const names = listFeatures(0, 0).map(({ key }) => key);
    expect(fields.map(([name]) => name)).to.deep.equal(names);
  });

  for (const [name, { description }] of fields)
    it(`${name} is described with the versions that decide it`, () => {
      const { needs } = listFeatures(0, 0).find(({ key }) => key === name) ?? { needs: "" };
      const short = needs.replaceAll(/(\w+) (\d+\.\d+)\.0/g, "$1 ≥ $2");
      expect(description.endsWith(`: ${short}.`), `${description} ${short}`).to.equal(true);
    });

  it("are there from those versions on", () => {
    const there = (libvirt: number, qemu: number) =>
      listFeatures(libvirt, qemu).flatMap(({ key, isThere }) => (isThere ? [key] : []));
    expect(there(8_004_999, 11e6)).to.deep.equal([]);
    expect(there(8_005_000, 7_000_999)).to.deep.equal([]);
    expect(there(8_005_000, 7_001_000)).to.deep.equal(["threadPool"]);
    expect(there(9_004_000, 8e6)).to.deep.equal(["threadPool", "pollingInXml"]);
    expect(there(12_007_000, 11_000_999)).not.to.include("pollWeight");
    expect(there(12_007_000, 11_001_000)).to.have.length(fields.length);
  });

  it("a place has the versions of the narrowest feature that it belongs to", () => {
    const needs = (place: string) => featureAt(place)?.needs ?? null;
    expect(needs("iothreadids/iothread/poll/@weight")).to.equal("libvirt 12.7.0 and QEMU 11.1.0");
    expect(needs("iothreadids/iothread/poll/@max")).to.equal("libvirt 9.4.0");
    expect(needs("devices/disk/driver/iothreads/iothread/queue/@id")).to.equal(
      "libvirt 10.0.0 and QEMU 9.0.0",
    );
    expect(needs("iothreadids/iothread")).to.equal(null);
  });

  const mapped = {
    target: "vdb",
    source: { file: "/b" },
    queues: 1,
    ioThreads: [{ id: 1, queues: [{ id: 0 }] }],
  };
  const xml =
    "<domain><devices><disk><driver><iothreads><iothread id='1'/></iothreads></driver><target dev='vdb'/></disk></devices></domain>";
  for (const [title, kind, args, want] of [
    ["of a disk's own resource", "VirtioDisk", mapped, "ioThreads"],
    ["of one of several disks", "Domain", { disks: [{ target: "vda" }, mapped] }, "disks[1].ioThreads"],
    [
      "of a thread in a list",
      "Domain",
      { ioThreads: [{ id: 1 }, { id: 3, threadPoolMin: 1 }] },
      "ioThreads[1].threadPoolMin",
    ],
    ["of a thread's own resource", "IoThread", { ioThreadId: 3, threadPoolMax: 4 }, "threadPoolMax"],
    ["in xml", "Domain", { xml }, 'xml["devices/disk[vdb]/driver/iothreads"]'],
  ] as const)
    it(`a refusal names the argument ${title}`, () => {
      const full = { host: "qemu:///system", domain: "a", name: "a", ...args };
      const tree = declare(kinds[kind], full);
      const host = { libvirtVersion: 8e6, qemuVersion: 6e6, onlineCpus: [0], inactive: tree, live: null };
      const found = findObstacles(tree, tree, { ...host, nameOf: pathNamer(kinds[kind], full) }, []);
      const lacking = found.filter((each) => each.includes("upgrade the host"));
      expect(lacking.map((each) => each.split(": ")[0])).to.deep.equal([want]);
    });
});
