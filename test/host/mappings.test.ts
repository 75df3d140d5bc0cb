import { expect } from "chai";
import { runOne, virsh } from "../../provider/host/virsh/virsh.ts";
import type { Arguments } from "../../provider/model/arguments/field.ts";
import type { KindName } from "../../provider/model/arguments/kinds.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { attributeOf, elementsAt, valueAt } from "../../provider/model/xml/read.ts";
import type { XmlElement } from "../../provider/model/xml/tree.ts";
import type { Feature } from "../../provider/plan/checks/features.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import type { TestDomain } from "../support/domains.ts";
import { failureOf, testDomain } from "../support/domains.ts";
import { featureOf } from "../support/features.ts";
import { bootGuest, printGuestXml } from "../support/guest.ts";

const ids = (...all: number[]) => all.map((id) => ({ id }));
/** A thread and its queues each. */
const mapping = (...all: readonly (readonly number[])[]) =>
  all.map(([id, ...queues]) => ({ id, ...(queues.length > 0 ? { queues: ids(...queues) } : {}) }));
const detach = { whenRunning: "detach" } as const;

describe("queues that are mapped to IO threads", function () {
  this.timeout(180_000);
  let guest: TestDomain;
  let ofDisks: Feature;
  let ofControllers: Feature;

  before(async () => {
    guest = await testDomain("mappings");
    ofDisks = await featureOf(guest.connection, "diskIoThreads");
    ofControllers = await featureOf(guest.connection, "controllerIoThreads");
  });
  beforeEach(async () => {
    const vda = { name: "vda", file: makeImage("mappings-vda.raw", 1), target: "vda", ioThread: 1 };
    const settings = { name: guest.name, machine: "q35", ioThreads: 4, settings: "depth=0" } as const;
    const xml = await printGuestXml({ ...settings, disks: [vda] });
    await runOne(guest.connection, "define", virsh(guest.connection, ["define", "/dev/stdin"], xml));
    // Only a booted guest releases a device.
    (await bootGuest(guest.name)).close();
  });
  afterEach(() => guest.remove());

  const disk = (threads: unknown, more: Arguments = {}) => ({
    target: "vdb",
    source: { file: makeImage("mappings-vdb.raw", 1) },
    queues: 4,
    ioThreads: threads,
    ...more,
  });
  /** The mapping of vdb or of a SCSI controller, as `2:0,1 3:2,3`; null when there is no such device. */
  const mapped = (tree: XmlElement, place: string) => {
    const [device] = elementsAt(tree, place).filter(
      (each) => valueAt(each, "target/@dev") === "vdb" || attributeOf(each, "type") === "scsi",
    );
    const threads = device && elementsAt(device, "driver/iothreads/iothread");
    const queues = (thread: XmlElement) => elementsAt(thread, "queue").map((each) => attributeOf(each, "id"));
    return threads?.map((each) => `${attributeOf(each, "id")}:${queues(each).join()}`).join(" ") ?? null;
  };
  /** Threads that QEMU has, and the mapping in the running guest and in the definition. */
  const look = async (place = "devices/disk") => {
    const { ioThreads, liveXml, inactiveXml } = await guest.facts();
    return [
      ioThreads.map(({ id }) => id).join(),
      ...[liveXml ?? "", inactiveXml].map((xml) => mapped(parseDomainXml(xml), place)),
    ];
  };
  const labels = (lines: readonly string[]) => [
    ...new Set(lines.map((line) => /\((live|detach|next boot|define)[^()]*\)$/.exec(line)?.[1])),
  ];
  /** A host without the feature refuses it in previews and updates, with the versions, and nothing has changed. */
  const isRefused = async (kind: KindName, args: Arguments, feature: Feature): Promise<boolean> => {
    if (feature.isThere) return false;
    const before = await guest.facts();
    const told = (await guest.preview(kind, {}, args)).obstacles.join();
    const said = (await failureOf(guest.update(kind, {}, args))).message;
    const [needs = ""] = feature.needs.split(" and ");
    expect(told).to.contain(feature.name).and.to.contain(`needs ${needs}`);
    expect(said).to.contain(feature.name).and.to.contain(`needs ${needs}`);
    const after = await guest.facts();
    expect([after.inactiveXml, after.liveXml]).to.deep.equal([before.inactiveXml, before.liveXml]);
    return true;
  };
  /** Previews, updates, and expects that nothing is left to do; returns the labels that the preview told. */
  const change = async (kind: KindName, from: Arguments, to: Arguments) => {
    const told = await guest.preview(kind, from, to);
    expect(told.obstacles).to.deep.equal([]);
    await guest.update(kind, from, to);
    expect((await guest.preview(kind, to)).isNeeded).to.equal(false);
    return labels(told.lines);
  };

  it("a disk is plugged in with its mapping, and the mapping goes with its threads in one update", async () => {
    const none = { ioThreads: ids(1, 2, 3, 4) };
    const two = { ...none, disks: [disk(mapping([2, 0, 1], [3, 2, 3]))] };
    if (await isRefused("Domain", two, ofDisks)) return;
    expect(await change("Domain", none, two)).to.deep.equal(["live"]);
    expect(await look()).to.deep.equal(["1,2,3,4", "2:0,1 3:2,3", "2:0,1 3:2,3"]);
    const one = { ioThreads: ids(1, 2, 4), disks: [disk(mapping([2, 0, 1, 2, 3]))] };
    expect(await change("Domain", two, { ...one, ...detach })).to.deep.equal(["live", "detach"]);
    expect(await look()).to.deep.equal(["1,2,4", "2:0,1,2,3", "2:0,1,2,3"]);
    const gone = { ioThreads: ids(1), ...detach };
    expect(await change("Domain", one, gone)).to.deep.equal(["live", "detach"]);
    expect(await look()).to.deep.equal(["1", null, null]);
  });

  it("threads of a mapping that waits for the next boot are in use, and wait too", async () => {
    const two = { ioThreads: ids(1, 2, 3, 4), disks: [disk(mapping([2, 0, 1], [3, 2, 3]))] };
    if (await isRefused("Domain", two, ofDisks)) return;
    await guest.update("Domain", { ioThreads: ids(1, 2, 3, 4) }, two);
    const one = { ioThreads: ids(1, 2, 4), disks: [disk(mapping([2, 0, 1, 2, 3]))] };
    expect(await change("Domain", two, one)).to.deep.equal(["next boot"]);
    expect(await look()).to.deep.equal(["1,2,3,4", "2:0,1 3:2,3", "2:0,1,2,3"]);
    // Allowed later, the mapping is replaced whole: what is left of the old one would map queues twice.
    expect(await change("Domain", one, { ...one, ...detach })).to.deep.equal(["detach"]);
    expect((await look()).slice(1)).to.deep.equal(["2:0,1,2,3", "2:0,1,2,3"]);
    const gone = { ioThreads: ids(1) };
    expect(await change("Domain", one, gone)).to.deep.equal(["next boot", "live"]);
    expect(await look()).to.deep.equal(["1,2,3", "2:0,1,2,3", null]);
    await guest.virsh("destroy");
    await guest.virsh("start");
    expect(await look()).to.deep.equal(["1", null, null]);
  });

  it("one thread takes the place of a mapping and back, and a thread that others added leaves it", async () => {
    const two = disk(mapping([2], [3]));
    if (await isRefused("VirtioDisk", two, ofDisks)) return;
    await guest.create("VirtioDisk", two);
    const plain = { ...disk(undefined, { ioThread: 4 }) };
    await change("VirtioDisk", two, plain);
    expect(await look()).to.deep.equal(["1,2,3,4", "2: 3:", ""]);
    await change("VirtioDisk", plain, { ...plain, ...detach });
    expect(await look()).to.deep.equal(["1,2,3,4", "", ""]);
    await change("VirtioDisk", { ...plain, ...detach }, { ...two, ...detach });
    expect(await look()).to.deep.equal(["1,2,3,4", "2: 3:", "2: 3:"]);
    const theirs = (await guest.virsh("dumpxml", "--inactive", "--security-info")).replace(
      /(<iothread id='3'\/>)(\s*<\/iothreads>)/,
      "$1<iothread id='4'/>$2",
    );
    await runOne(guest.connection, "define", virsh(guest.connection, ["define", "/dev/stdin"], theirs));
    expect((await guest.preview("VirtioDisk", two)).lines.join()).to.contain(
      "devices/disk[vdb]/driver/iothreads/iothread[4] <iothread id='4'/> → absent (define)",
    );
    expect(await guest.read("VirtioDisk", two)).to.deep.equal({
      ...guest.place,
      ...two,
      ioThreads: ids(2, 3, 4),
    });
    await guest.update("VirtioDisk", two, two);
    expect(await look()).to.deep.equal(["1,2,3,4", "2: 3:", "2: 3:"]);
  });

  it("threads that are resources of their own go after the disk that was mapped to them", async () => {
    const thread = { ioThreadId: 7 };
    await guest.create("IoThread", thread);
    const args = disk(mapping([2, 0, 1], [7, 2, 3]), detach);
    if (await isRefused("VirtioDisk", args, ofDisks)) return;
    await guest.create("VirtioDisk", args);
    expect((await failureOf(guest.delete("IoThread", thread))).message).to.contain(
      "disk vdb names IO thread 7",
    );
    expect(await look()).to.deep.equal(["1,2,3,4,7", "2:0,1 7:2,3", "2:0,1 7:2,3"]);
    const waiting = { ...args, whenRunning: "live" };
    expect((await guest.delete("VirtioDisk", waiting)).join()).to.match(
      /disk\[vdb\] stays in the running guest/,
    );
    expect((await guest.delete("IoThread", thread)).join()).to.match(
      /iothread\[7\] stays in the running guest/,
    );
    expect(await look()).to.deep.equal(["1,2,3,4,7", "2:0,1 7:2,3", null]);
  });

  it("a virtio-scsi controller is plugged in with its mapping, and leaves before its threads", async () => {
    const first = { index: 3, queues: 2, ioThreads: mapping([2, 0], [3, 1]) };
    const args = { ...first, ...detach };
    if (await isRefused("VirtioScsiController", args, ofControllers)) return;
    const place = "devices/controller";
    expect(await change("VirtioScsiController", {}, args)).to.deep.equal(["live"]);
    expect(await look(place)).to.deep.equal(["1,2,3,4", "2:0 3:1", "2:0 3:1"]);
    const swapped = { ...first, ioThreads: mapping([2, 1], [3, 0]) };
    expect(await change("VirtioScsiController", args, { ...swapped, ...detach })).to.deep.equal(["detach"]);
    expect(await look(place)).to.deep.equal(["1,2,3,4", "2:1 3:0", "2:1 3:0"]);
    const listed = { ioThreads: ids(1, 2, 3, 4), controllers: [{ type: "scsi", ...swapped }] };
    const gone = { ioThreads: ids(1, 4), ...detach };
    expect(await change("Domain", listed, gone)).to.deep.equal(["live", "detach"]);
    expect(await look(place)).to.deep.equal(["1,4", null, null]);
  });
});
