import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { withoutFilled } from "../../provider/model/elements/filled.ts";
import { objects } from "../../provider/model/objects.ts";
import { parseXml } from "../../provider/model/xml/parse.ts";
import { printXml } from "../../provider/model/xml/print.ts";
import type { XmlElement } from "../../provider/model/xml/tree.ts";
import { diffTrees } from "../../provider/plan/diff.ts";
import { mergeTrees } from "../../provider/plan/merge/merge.ts";
import { mutationsOf } from "../../tools/corpus/mutate.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";

const { schema, verbs } = objects.network;

/** A network as users may write it: other spellings, defaults, and names in any order. */
const written = `<network ipv6='no'>
  <name>n</name>
  <uuid>AAAAAAAA-1111-4222-8333-444444444444</uuid>
  <forward dev='eth7'><nat><port start='01024' end='65535'/></nat></forward>
  <bridge name='virbr77' stp='off' delay='00'/>
  <mtu size='01400'/>
  <mac address='52:54:0:AA:bb:1'/>
  <domain name='Example.org' localOnly='no'/>
  <dns>
    <forwarder addr='10.8.8.8'/>
    <forwarder domain='x.org' addr='FD00:0:0::1'/>
    <host ip='192.168.150.2'><hostname>a</hostname><hostname>B</hostname></host>
    <srv service='http' protocol='tcp'/>
    <srv service='ldap' protocol='tcp' domain='d' target='t.' port='0389' priority='01' weight='2'/>
    <txt name='t' value='v v'/>
  </dns>
  <ip family='ipv6' address='FD00:1:0::1' prefix='064'>
    <dhcp>
      <range start='FD00:1:0::10' end='fd00:1::20'/>
      <host id='0:3:0:1:0:16:3e:11:22:33' name='p' ip='FD00:1::5'/>
    </dhcp>
  </ip>
  <ip family='ipv4' address='192.168.150.1' netmask='255.255.255.0'>
    <dhcp>
      <range start='192.168.150.30' end='192.168.150.40'/>
      <range start='192.168.150.010' end='192.168.150.20'><lease expiry='2'/></range>
      <host name='only' ip='192.168.150.12'/>
      <host mac='52:54:0:AA:bb:2' name='Web' ip='192.168.150.11'><lease expiry='0120'/></host>
      <bootp file='pxe.0' server='192.168.150.9'/>
    </dhcp>
  </ip>
  <ip address='192.168.160.1'><dhcp/></ip>
  <route address='192.168.223.0' netmask='255.255.255.0' gateway='192.168.150.2'/>
  <route family='ipv6' address='FD01::' prefix='64' gateway='FD00:1:0::2' metric='01'/>
  <portgroup name='h' default='yes'/>
  <portgroup name='g' default='no'><bandwidth><inbound average='01000' peak='5000'/></bandwidth></portgroup>
</network>`;

const tagged = `<network>
  <name>n</name>
  <forward mode='bridge'/>
  <bridge name='br0'/>
  <vlan trunk='yes'><tag id='47' nativeMode='untagged'/><tag id='042'/></vlan>
  <virtualport type='openvswitch'/>
  <portgroup name='x'><vlan><tag id='5'/></vlan></portgroup>
</network>`;

const passed = `<network>
  <name>n</name>
  <forward mode='hostdev' managed='yes'>
    <driver name='vfio'/>
    <address type='pci' domain='0' bus='3' slot='16' function='0x3'/>
    <address type='pci' domain='0x0000' bus='0x03' slot='0x10' function='0x1'/>
  </forward>
</network>`;

describe("the row of an object", () => {
  for (const { name, verbs } of Object.values(objects))
    it(`names commands that virsh has, of a ${name}`, async () => {
      const commands = Object.values(verbs).map((verb) => (typeof verb === "string" ? verb : verb[0]));
      for (const command of commands) await mustRun(["virsh", "help", command ?? ""]);
    }).timeout(60_000);
});

describe("libvirt's test driver and a network", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = temporaryFolder("network");
  });
  after(() => removeFolder(folder));

  /** Defines a network named n and dumps it. The driver has no `--inactive` for networks. */
  async function dump(xml: string): Promise<string> {
    const file = join(folder, "n.xml");
    writeFileSync(file, xml);
    const batch = `${verbs.define} ${file}; echo @@; ${verbs.dumpLive.join(" ")} n`;
    return (await mustRun(["virsh", "-c", "test:///default", batch])).replace(/^[\s\S]*@@\n/, "").trim();
  }
  const dumped = async (xml: string) => parseXml(await dump(xml));
  const changed = (desired: XmlElement, actual: XmlElement) =>
    diffTrees(schema, { recorded: null, desired, actual }).changes.map(({ kind, path }) => `${kind} ${path}`);

  for (const [name, xml] of Object.entries({ written, tagged, passed }))
    it(`shows no change of what is defined as it is declared: ${name}`, async () => {
      const [desired, actual] = [parseXml(xml), await dumped(xml)];
      expect(changed(desired, actual)).to.deep.equal([]);
      expect(changed(withoutFilled(schema, actual), desired)).to.deep.equal([]);
    });

  it("takes what is merged, and has what was declared then", async () => {
    const before = await dumped(written);
    const desired = parseXml(
      `<network><forward mode='nat' dev='eth8'/><ip address='192.168.160.1' prefix='25'/><ip address='192.168.150.1' prefix='24'/></network>`,
    );
    const { tree, diff } = mergeTrees(schema, { recorded: null, desired, actual: before });
    expect(diff.changes.map(({ path }) => path)).to.deep.equal(["forward/@dev", "ip[192.168.160.1]/@prefix"]);
    expect(changed(desired, await dumped(printXml(tree)))).to.deep.equal([]);
  });

  /** Values that libvirt would generate anew without them, and values that it prints twice. */
  const kept = new Set(["uuid", "mac", "bridge", "forward/interface", "forward/interface/@dev"]);
  for (const [name, xml] of Object.entries({ written, tagged, passed }))
    it(`finds every edit of what it printed, and nothing of it after a merge: ${name}`, async () => {
      const actual = await dumped(xml);
      for (const { kind, place, desired } of mutationsOf(actual)) {
        const { tree, diff } = mergeTrees(schema, { recorded: actual, desired, actual });
        const isKept = kept.has(place) && (kind === "removal" || place.startsWith("forward/"));
        expect(diff.changes.length > 0, `${kind} ${place}`).to.equal(!isKept);
        const again = mergeTrees(schema, { recorded: desired, desired, actual: tree });
        expect(again.diff.changes, `${kind} ${place} again`).to.deep.equal([]);
        const back = mergeTrees(schema, { recorded: desired, desired: actual, actual: tree });
        expect(changed(actual, back.tree), `${kind} ${place} back`).to.deep.equal([]);
      }
    });

  it("fills in what nobody has to write, and nothing else", async () => {
    const least = "<network><name>n</name></network>";
    const printed = await dumped(least);
    expect(printXml(withoutFilled(schema, printed))).to.equal(least);
  });

  it("adds and removes one DHCP host by its MAC address, and leaves another one as it is", async () => {
    const theirs = "<host mac='52:54:0:AA:bb:2' name='theirs' ip='192.168.150.11'/>";
    const own = "<host mac='52:54:00:aa:bb:03' ip='192.168.150.12'/>";
    const around = (hosts: string) =>
      `<ip address='192.168.150.1' netmask='255.255.255.0'><dhcp>${hosts}</dhcp></ip>`;
    const before = await dump(`<network><name>n</name>${around(theirs)}</network>`);
    const desired = parseXml(
      `<network><name>n</name><ip address='192.168.150.1'><dhcp>${own}</dhcp></ip></network>`,
    );
    const added = mergeTrees(schema, { recorded: null, desired, actual: parseXml(before) });
    const after = await dump(printXml(added.tree));
    expect(after.match(/<host .*/g)).to.deep.equal([theirs, own]);
    const gone = parseXml("<network><name>n</name></network>");
    const removed = mergeTrees(schema, { recorded: desired, desired: gone, actual: parseXml(after) });
    expect(await dump(printXml(removed.tree))).to.equal(before);
  });
});
