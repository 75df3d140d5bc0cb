import { expect } from "chai";
import { networkSchema } from "../../provider/model/elements/network/schema.ts";
import { redact } from "../../provider/model/elements/redact.ts";
import { canonicalIp, prefixOf } from "../../provider/model/values/ip.ts";
import { parseXml } from "../../provider/model/xml/parse.ts";
import { printXml } from "../../provider/model/xml/print.ts";
import { mergeTrees } from "../../provider/plan/merge/merge.ts";

const network = (xml: string) => parseXml(`<network>${xml}</network>`);
const ip = (dhcp: string, attributes = "address='10.0.0.1'") => `<ip ${attributes}><dhcp>${dhcp}</dhcp></ip>`;
const theirs = "<host mac='52:54:00:00:00:01' name='theirs' ip='10.0.0.11'/>";
const ours = "<host mac='52:54:00:00:00:02' name='ours' ip='10.0.0.12'/>";
const full = "address='10.0.0.1' netmask='255.255.255.0'";

interface Case {
  readonly name: string;
  readonly recorded?: string;
  readonly desired: string;
  readonly actual: string;
  /** The network after the merge. Default: unchanged. */
  readonly want?: string;
  readonly changes: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: "a DHCP host is added beside another one",
    desired: ip(ours),
    actual: ip(theirs, full),
    want: ip(`${theirs}${ours}`, full),
    changes: ["add ip[10.0.0.1]/dhcp/host[52:54:00:00:00:02]"],
  },
  {
    name: "a DHCP host leaves by its MAC address, whatever its place",
    recorded: ip(ours),
    desired: ip(""),
    actual: ip(`${ours}${theirs}`, full),
    want: ip(theirs, full),
    changes: ["remove ip[10.0.0.1]/dhcp/host[52:54:00:00:00:02]"],
  },
  {
    name: "with the last host that a program declares its address stays with what others put there",
    recorded: ip(ours),
    desired: "",
    actual: ip(`${theirs}${ours}`, full),
    want: ip(theirs, full),
    changes: ["remove ip[10.0.0.1]/dhcp/host[52:54:00:00:00:02]"],
  },
  {
    name: "an address of which the program did not write all stays",
    recorded: ip(ours),
    desired: "",
    actual: ip(ours, full),
    want: ip("", full),
    changes: ["remove ip[10.0.0.1]/dhcp/host[52:54:00:00:00:02]"],
  },
  {
    name: "an address that is the program's own leaves whole",
    recorded: `<name>n</name>${ip(ours, full)}`,
    desired: "<name>n</name>",
    actual: `<name>n</name>${ip(ours, full)}`,
    want: "<name>n</name>",
    changes: ["remove ip[10.0.0.1]"],
  },
  {
    name: "a host edits the one of its MAC address",
    desired: ip("<host mac='52:54:0:0:0:2' ip='10.0.0.22'/>"),
    actual: ip(`${theirs}${ours}`, full),
    want: ip(`${theirs}${ours.replace("10.0.0.12", "10.0.0.22")}`, full),
    changes: ["change ip[10.0.0.1]/dhcp/host[52:54:00:00:00:02]/@ip"],
  },
  {
    name: "without a MAC address the id tells hosts apart, then the name",
    desired: ip("<host id='0:1' name='a' ip='fd00::5'/><host name='b' ip='fd00::7'/>", "address='fd00::1'"),
    actual: ip("<host name='b' ip='fd00::6'/><host id='0:1' name='a' ip='FD00:0::5'/>", "address='fd00::1'"),
    want: ip("<host name='b' ip='fd00::7'/><host id='0:1' name='a' ip='FD00:0::5'/>", "address='fd00::1'"),
    changes: ["change ip[fd00::1]/dhcp/host[b]/@ip"],
  },
  {
    name: "an address is the same however it is written",
    desired: "<mac address='52:54:0:A:B:C'/><ip family='ipv6' address='FD00:0:0::1' prefix='064'/>",
    actual: "<mac address='52:54:00:0a:0b:0c'/><ip family='ipv6' address='fd00::1' prefix='64'/>",
    changes: [],
  },
  {
    name: "a prefix says the same as a netmask",
    desired: "<ip family='ipv4' address='10.0.0.1' prefix='24'/>",
    actual: "<ip address='10.0.0.1' netmask='255.255.255.0'/>",
    changes: [],
  },
  {
    name: "a netmask says the same as a prefix",
    desired: "<ip address='10.0.0.1' netmask='255.255.255.0'/>",
    actual: "<ip address='10.0.0.1' prefix='24'/>",
    changes: [],
  },
  {
    name: "another prefix takes the netmask's place",
    desired: "<ip address='10.0.0.1' prefix='25'/>",
    actual: "<ip address='10.0.0.1' netmask='255.255.255.0'/>",
    want: "<ip address='10.0.0.1' prefix='25'/>",
    changes: ["add ip[10.0.0.1]/@prefix"],
  },
  {
    name: "a route is told apart by its address and its prefix, which may be a netmask",
    desired: "<route address='10.0.0.0' netmask='255.0.0.0' gateway='10.1.1.2' metric='02'/>",
    actual:
      "<route address='10.0.0.0' prefix='16' gateway='10.1.1.1'/><route address='10.0.0.0' prefix='8' gateway='10.1.1.1'/>",
    want: "<route address='10.0.0.0' prefix='16' gateway='10.1.1.1'/><route address='10.0.0.0' prefix='8' gateway='10.1.1.2' metric='02'/>",
    changes: ["change route[10.0.0.0 8]/@gateway", "add route[10.0.0.0 8]/@metric"],
  },
  {
    name: "the device of a network that libvirt routes is one value, however libvirt prints it",
    desired: "<forward mode='nat' dev='eth1'/>",
    actual: "<forward dev='eth0' mode='nat'><interface dev='eth0'/></forward>",
    want: "<forward mode='nat' dev='eth1'/>",
    changes: ["change forward/@dev"],
  },
  {
    name: "the devices of a pool are a list, of which the first is printed twice",
    recorded: "<forward mode='passthrough' dev='eth0'/>",
    desired: "<forward mode='passthrough'><interface dev='eth2'/></forward>",
    actual: "<forward dev='eth0' mode='passthrough'><interface dev='eth0'/><interface dev='eth1'/></forward>",
    want: "<forward mode='passthrough'><interface dev='eth1'/><interface dev='eth2'/></forward>",
    changes: ["add forward/interface[eth2]", "remove forward/interface[eth0]"],
  },
  {
    name: "a forwarder of all names is not the one of a domain",
    recorded: "<dns><forwarder addr='10.1.1.1'/></dns>",
    desired: "<dns><forwarder addr='10.1.1.2'/></dns>",
    actual: "<dns><forwarder domain='x.org' addr='10.1.1.1'/><forwarder addr='10.1.1.1'/></dns>",
    want: "<dns><forwarder domain='x.org' addr='10.1.1.1'/><forwarder addr='10.1.1.2'/></dns>",
    changes: ["add dns/forwarder[ 10.1.1.2]", "remove dns/forwarder[ 10.1.1.1]"],
  },
  {
    name: "names of an address, records and port groups are told apart by what they are of",
    desired:
      "<dns><txt name='b' value='2'/><srv service='s' protocol='udp' port='07'/><host ip='10.0.0.9'><hostname>b</hostname></host></dns><portgroup name='b' default='no'/>",
    actual:
      "<dns><txt name='a' value='1'/><srv service='s' protocol='tcp' port='7'/><srv service='s' protocol='udp' port='7'/><host ip='10.0.0.9'><hostname>a</hostname></host></dns><portgroup name='a'/><portgroup name='b'/>",
    want: "<dns><txt name='a' value='1'/><txt name='b' value='2'/><srv service='s' protocol='tcp' port='7'/><srv service='s' protocol='udp' port='7'/><host ip='10.0.0.9'><hostname>a</hostname><hostname>b</hostname></host></dns><portgroup name='a'/><portgroup name='b'/>",
    changes: ["add dns/txt[b]", "add dns/host[10.0.0.9]/hostname[b]"],
  },
  {
    name: "what libvirt would make anew stays: another bridge would take all guests off",
    recorded:
      "<uuid>1</uuid><bridge name='virbr7' stp='off'/><mac address='52:54:00:0a:0b:0c'/><mtu size='1400'/>",
    desired: "",
    actual:
      "<uuid>1</uuid><bridge name='virbr7' stp='off'/><mtu size='1400'/><mac address='52:54:00:0a:0b:0c'/>",
    want: "<uuid>1</uuid><bridge name='virbr7' stp='off'/><mac address='52:54:00:0a:0b:0c'/>",
    changes: ["remove mtu"],
  },
];

describe("a network is merged by its own schema", () => {
  for (const { name, recorded, desired, actual, want = actual, changes } of cases)
    it(name, () => {
      const sides = {
        recorded: recorded === undefined ? null : network(recorded),
        desired: network(desired),
      };
      const { tree, diff } = mergeTrees(networkSchema, { ...sides, actual: network(actual) });
      expect(diff.changes.map(({ kind, path }) => `${kind} ${path}`)).to.deep.equal(changes);
      expect(printXml(tree)).to.equal(printXml(network(want)));
      const again = mergeTrees(networkSchema, { ...sides, recorded: sides.desired, actual: tree });
      expect(again.diff.changes).to.deep.equal([]);
    });

  it("hides what others noted of a secret, and options that hold one", () => {
    const options = "<dnsmasq:options><dnsmasq:option value='x-token=abc'/></dnsmasq:options>";
    const shown = printXml(
      redact(networkSchema, network(`<metadata><a>password: b</a></metadata>${options}`)),
    );
    expect(shown).not.to.match(/abc|: b/);
  });
});

describe("IP addresses", () => {
  it("are the same in any spelling", () => {
    expect(canonicalIp("FD00:0:0::1")).to.equal(canonicalIp("fd00::1"));
    expect(
      ["::", "0::0:1", "1:0:0:2:0:0:0:3", "1:0:2:3:4:5:6:7", "FE80::0:0"].map(canonicalIp),
    ).to.deep.equal(["::", "::1", "1:0:0:2::3", "1:0:2:3:4:5:6:7", "fe80::"]);
    expect(canonicalIp("192.168.050.0x2")).to.equal("192.168.40.2");
    for (const text of ["", "web", "1:2", "::1::", "1:2:3:4:5:6:7:8:9", "10.0.0", "12345::"])
      expect(canonicalIp(text)).to.equal(text);
  });

  it("have a prefix for a netmask that is one", () => {
    expect(["255.255.255.0", "255.255.255.255", "0.0.0.0", "255.128.0.0"].map(prefixOf)).to.deep.equal([
      "24",
      "32",
      "0",
      "9",
    ]);
    expect(["255.0.255.0", "", "fd00::", "256.0.0.0"].map(prefixOf)).to.deep.equal([null, null, null, null]);
  });
});
