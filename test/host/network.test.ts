import { expect } from "chai";
import { changedMeanwhile, defineCommand, digestOf } from "../../provider/host/apply/commands.ts";
import type { Connection } from "../../provider/host/connection/connection.ts";
import { connectionTo } from "../../provider/host/connections.ts";
import { runOne, virsh } from "../../provider/host/virsh/virsh.ts";
import { objects } from "../../provider/model/objects.ts";
import { parseXml } from "../../provider/model/xml/parse.ts";
import { printXml } from "../../provider/model/xml/print.ts";
import { valueAt } from "../../provider/model/xml/read.ts";
import { mergeTrees } from "../../provider/plan/merge/merge.ts";
import { removeNetwork } from "../../tools/sandbox/sweep.ts";
import { sandbox, testName } from "../support/sandbox.ts";

const { network } = objects;

describe("a network of a host, merged and defined as a domain is", function () {
  this.timeout(180_000);
  const name = testName("network");
  let connection: Connection;
  const theirs = "<host mac='52:54:0:AA:bb:2' name='theirs' ip='192.168.213.11'/>";
  const ours = "<host mac='52:54:00:aa:bb:03' name='ours' ip='192.168.213.12'/>";
  const declaring = (host: string) =>
    parseXml(`<network><name>${name}</name><ip address='192.168.213.1'><dhcp>${host}</dhcp></ip></network>`);

  before(async () => {
    connection = connectionTo((await sandbox()).uri);
    const options =
      "<o:options xmlns:o='http://libvirt.org/schemas/network/dnsmasq/1.0'><o:option value='no-hosts'/></o:options>";
    const dhcp = `<dhcp><range start='192.168.213.100' end='192.168.213.200'/>${theirs}</dhcp>`;
    const xml = `<network><name>${name}</name><ip address='192.168.213.1' netmask='255.255.255.0'>${dhcp}</ip>${options}</network>`;
    await runOne(connection, "defining it", virsh(connection, [network.verbs.define, "/dev/stdin"], xml));
  });
  after(() => removeNetwork(name));

  async function dump(): Promise<string> {
    const command = virsh(connection, [...network.verbs.dumpInactive, name]);
    return (await runOne(connection, "reading it", command)).stdout.trim();
  }

  /** Overwrites the network that was read, with the script that guards domains. */
  async function define(read: string, xml: string): Promise<number | null> {
    const uuid = valueAt(parseXml(read), "uuid") ?? "";
    const command = defineCommand(connection, network, { uuid, digest: digestOf(read), xml });
    const [result] = await connection.run([command]);
    return result?.exitCode ?? null;
  }

  it("gets a DHCP host and loses it by its MAC address; another one and all else stay byte by byte", async () => {
    const before = await dump();
    const desired = declaring(ours);
    const added = mergeTrees(network.schema, { recorded: null, desired, actual: parseXml(before) });
    expect(added.diff.changes.map(({ path }) => path)).to.deep.equal([
      "ip[192.168.213.1]/dhcp/host[52:54:00:aa:bb:03]",
    ]);
    expect(await define(before, printXml(added.tree))).to.equal(0);

    const between = await dump();
    expect(between).to.equal(before.replace(theirs, `${theirs}\n      ${ours}`));
    const again = mergeTrees(network.schema, { recorded: desired, desired, actual: parseXml(between) });
    expect(again.diff.changes).to.deep.equal([]);

    const sides = { recorded: desired, desired: declaring(""), actual: parseXml(between) };
    const removed = mergeTrees(network.schema, sides);
    expect(removed.diff.changes.map(({ kind }) => kind)).to.deep.equal(["remove"]);
    expect(await define(between, printXml(removed.tree))).to.equal(0);
    expect(await dump()).to.equal(before);
  });

  it("is not written over when somebody has changed it since it was read", async () => {
    const read = await dump();
    const stale = read.replace("theirs", "stale");
    expect(await define(stale, read.replace("theirs", "lost"))).to.equal(changedMeanwhile);
    expect(await dump()).to.equal(read);
  });
});
