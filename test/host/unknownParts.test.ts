import { expect } from "chai";
import type { Connection } from "../../provider/host/connection/connection.ts";
import { connectionTo } from "../../provider/host/connections.ts";
import { readDomain, readHost } from "../../provider/host/read/read.ts";
import { kinds } from "../../provider/model/arguments/kinds.ts";
import { printVersion } from "../../provider/model/values/version.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { findUnknown } from "../../provider/operations/findings/unknownParts.ts";
import { createResource, updateResource } from "../../provider/operations/resource.ts";
import type { FeatureName } from "../../provider/plan/checks/features.ts";
import type { HostFacts } from "../../provider/plan/situation/facts.ts";
import { type Client, makeClient } from "../support/connections.ts";
import type { TestDomain } from "../support/domains.ts";
import { testDomain } from "../support/domains.ts";
import { featureOf, leaveOutWith } from "../support/features.ts";
import { startHost, type TestHost } from "../support/hosts.ts";
import { sandbox } from "../support/sandbox.ts";
import { makeTestUser, type TestUser } from "../support/users.ts";

/** A declaration, and the smallest parts of it that the host's own schema does not know. */
interface Case {
  readonly name: string;
  readonly xml: string;
  /** Definition of the domain. Omitted when there is none. */
  readonly definition?: string;
  readonly want: readonly string[];
  /** The feature by which the host's schema knows all of it. */
  readonly feature?: FeatureName;
}

const disk = (driver: string, inner = "") =>
  `<disk type='file' device='disk'><driver name='qemu' type='raw'${driver}/><source file='/a'/><target dev='vda' bus='virtio'/>${inner}</disk>`;
const nic = (inner: string) =>
  `<interface type='network'><mac address='52:54:00:00:00:01'/><source network='default'/><model type='virtio'/>${inner}</interface>`;

const cases: readonly Case[] = [
  { name: "nothing", xml: `<devices>${disk("")}${nic("")}</devices>`, want: [] },
  { name: "a misspelt element", xml: "<memroy>1</memroy>", want: ["memroy"] },
  {
    name: "an attribute of one of several disks",
    xml: `<devices>${disk(" cahce='none'")}<disk type='file'><source file='/b'/><target dev='vdb'/></disk></devices>`,
    want: ["devices/disk[vda]/driver/@cahce"],
  },
  {
    name: "an element of a device, beside all that the device needs",
    xml: `<devices>${nic("<mtuu size='9000'/>")}</devices>`,
    want: ["devices/interface[52:54:00:00:00:01]/mtuu"],
  },
  {
    name: "one at the top and one in a device",
    xml: `<descripton>x</descripton><devices>${disk("", "<readony/>")}</devices>`,
    want: ["descripton", "devices/disk[vda]/readony"],
  },
  {
    name: "two in one device",
    xml: `<devices>${disk(" cahce='none'", "<readony/>")}</devices>`,
    want: ["devices/disk[vda]/driver/@cahce", "devices/disk[vda]/readony"],
  },
  {
    name: "a device of a kind that there is not",
    xml: `<devices>${disk("")}<frobnicator model='x'><y z='1'/></frobnicator></devices>`,
    want: ["devices/frobnicator"],
  },
  {
    name: "a feature of a later libvirt",
    xml: `<devices>${disk("", "").replace("type='raw'/>", "type='raw'><iothreads><iothread id='1'/></iothreads></driver>")}</devices>`,
    want: ["devices/disk[vda]/driver/iothreads"],
    feature: "diskIoThreads",
  },
  {
    name: "a part of a guest that is there",
    definition: `<name>g</name><memory unit='KiB'>65536</memory><os><type>hvm</type></os><devices>${disk("")}</devices>`,
    xml: "<devices><disk><driver discard_no_unref='maybe'/><target dev='vda'/></disk></devices>",
    want: ["devices/disk[vda]/driver/@discard_no_unref"],
  },
  {
    name: "a part of a guest whose definition is not in the schema either",
    definition: `<name>g</name><theirs/><memory unit='KiB'>65536</memory><os><type>hvm</type></os><devices>${disk("")}</devices>`,
    xml: `<devices>${disk(" cahce='none'")}</devices>`,
    want: ["devices/disk[vda]/driver/@cahce"],
  },
];

describe("what a host's libvirt does not know", function () {
  this.timeout(120_000);
  let connection: Connection;
  let host: HostFacts;
  before(async () => {
    connection = connectionTo((await sandbox()).uri);
    ({ host } = await readDomain(connection, "nothing-of-that-name", { isNew: true }));
  });
  const ask = (xml: string, definition?: string, more: Record<string, unknown> = {}) => {
    const args = { host: connection.host, name: "g", xml: `<domain type='kvm'>${xml}</domain>`, ...more };
    const there =
      definition === undefined ? null : parseDomainXml(`<domain type='kvm'>${definition}</domain>`);
    return findUnknown(connection, kinds.Domain, args, there, host);
  };
  const base = "<memory>65536</memory><os><type>hvm</type></os>";

  for (const { name, xml, definition, want, feature } of cases) {
    it(name, async function () {
      if (feature) await leaveOutWith(this, connection, feature);
      const { warnings } = await ask((definition === undefined ? base : "") + xml, definition);
      const places = warnings.map((line) => /^xml\["(.+?)"\] is not in the schema/.exec(line)?.[1]);
      expect(places.toSorted()).to.deep.equal(want.toSorted());
    });
  }

  it("names a typed argument, as a failure with the versions that it needs", async function () {
    await leaveOutWith(this, connection, "diskIoThreads");
    const disks = [{ target: "vda", source: { file: "/a" }, bus: "virtio", ioThreads: [{ id: 1 }] }];
    const { warnings, failures } = await ask(base, undefined, { disks, ioThreads: 1 });
    expect(warnings).to.deep.equal([]);
    expect(failures.map(({ property, reason }) => `${property} ${reason}`).join()).to.match(
      /^disks\[0\]\.ioThreads.* is not known to libvirt \d+\.\d+\.0 of \S+: it needs libvirt 10\.0\.0 and QEMU 9\.0\.0$/,
    );
  });

  it("is a failure with strictXml", async () => {
    const { warnings, failures } = await ask(`${base}<memroy/>`, undefined, { strictXml: true });
    expect(warnings).to.deep.equal([]);
    expect(failures[0]?.property).to.equal('xml["memroy"]');
    expect(failures[0]?.reason).to.match(
      /^is not in the schema of libvirt \d+\.\d+\.0 of \S+, which ignores or refuses it: check how it is written, or leave it out$/,
    );
  });

  it("knows polling, which older definitions can't hold and running guests can", async () => {
    const ioThreads = [{ id: 1, pollMaxNs: 5 }];
    expect(await ask(base, undefined, { ioThreads })).to.deep.include({ warnings: [], failures: [] });
    const weight = await featureOf(connection, "pollWeight");
    const weighed = await ask(base, undefined, { ioThreads: [{ id: 1, pollWeight: 5 }] });
    const refused = weighed.failures.map(({ property, reason }) => [property, reason.endsWith(weight.needs)]);
    expect(refused).to.deep.equal(weight.isThere ? [] : [["ioThreads[0].pollWeight", true]]);
  });
});

describe("what a host's libvirt does not know, asked by a user without rights", function () {
  this.timeout(120_000);
  let user: TestUser;
  let host: TestHost;
  let client: Client;
  before(async () => {
    client = makeClient();
    user = await makeTestUser("schema");
    host = await startHost({ users: [user.name] });
  });
  after(async () => {
    await client.remove();
    await host.remove();
    await user.remove();
  });

  /** Versions come from libvirtd with the read of a host; the schema needs no libvirtd. */
  const versions = { libvirtVersion: 9_000_000 };
  for (const socket of ["/session?", "/system?"]) {
    const connect = () => client.connect(host.uri(user.name).replace("/system?", socket));
    it(`names a word in xml, of ${socket.slice(1, -1)}`, async () => {
      const connection = connect();
      const xml = "<domain type='qemu'><memory>65536</memory><os><type>hvm</type></os><memroy/></domain>";
      const args = { host: connection.host, name: "g", xml };
      const { warnings } = await findUnknown(connection, kinds.Domain, args, null, versions);
      expect(warnings.map((line) => line.split(" ")[0])).to.deep.equal(['xml["memroy"]']);
    });

    it(`names an argument of a disk's own resource, and none of a thread's, of ${socket.slice(1, -1)}`, async function () {
      const connection = connect();
      await leaveOutWith(this, connectionTo((await sandbox()).uri), "diskIoThreads");
      const part = { host: connection.host, domain: "g" };
      const disk = { ...part, target: "vdb", source: { file: "/a" }, bus: "virtio", ioThreads: [{ id: 1 }] };
      const ofDisk = await findUnknown(connection, kinds.VirtioDisk, disk, null, versions);
      expect(ofDisk.failures.map(({ property }) => property).join()).to.match(/^ioThreads/);
      const thread = { ...part, ioThreadId: 3, threadPoolMin: 1, threadPoolMax: 2, pollMaxNs: 5 };
      const ofThread = await findUnknown(connection, kinds.IoThread, thread, null, versions);
      expect(ofThread).to.deep.include({ warnings: [], failures: [] });
    });
  }
});

describe("a guest with something that its host's libvirt does not know", function () {
  this.timeout(180_000);
  let guest: TestDomain;
  let args: Record<string, unknown>;
  let version: string;
  before(async () => {
    const { domainType } = await sandbox();
    guest = await testDomain("unknown");
    version = printVersion((await readHost(guest.connection)).host.libvirtVersion);
    args = {
      type: domainType,
      memory: "32 MiB",
      xml: "<domain><memroy unit='KiB'>1</memroy><devices><memballoon model='virtio' colour='blue'/></devices></domain>",
      whenRunning: "restart",
      forceOff: true,
      shutdownTimeoutSeconds: 0,
      running: true,
    };
  });
  after(() => guest.remove());

  const ignored = (path: string) =>
    `${guest.name}: ${path} is declared, and libvirt ${version} ignores it: it does not know it, or not for this kind of device`;

  it("is made, with a note for each, and the next previews have nothing to do and say it", async () => {
    const { notes } = await createResource(kinds.Domain, { ...guest.place, name: guest.name, ...args });
    expect(notes).to.have.members([ignored("memroy"), ignored("devices/memballoon/@colour")]);
    for (const _ of [1, 2]) {
      const { isNeeded, lines, lints } = await guest.preview("Domain", args);
      expect({ isNeeded, lines }).to.deep.equal({ isNeeded: false, lines: [] });
      expect(lints.join("\n"))
        .to.match(/xml\["memroy"\] is not in the schema of libvirt \d+\.\d+\.0/)
        .and.to.match(/xml\["devices\/memballoon\/@colour"\] is not in the schema/);
    }
  });

  it("is changed in other places, is not restarted for what is ignored, and nothing fails", async () => {
    const before = (await guest.facts()).qemuPid;
    const edited = { ...args, title: "new" };
    const { notes } = await updateResource(
      kinds.Domain,
      { ...guest.place, name: guest.name, ...args },
      { ...guest.place, name: guest.name, ...edited },
    );
    expect(notes).to.have.members([ignored("memroy"), ignored("devices/memballoon/@colour")]);
    const after = await guest.facts();
    expect(after.liveXml).to.contain("<title>new</title>");
    expect(after.qemuPid).to.equal(before);
    expect((await guest.preview("Domain", edited)).isNeeded).to.equal(false);
  });
});
