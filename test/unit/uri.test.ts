import { assert } from "chai";
import { type HostUri, parseHostUri } from "../../provider/host/connection/uri.ts";
import { canonicalHost } from "../../provider/host/connections.ts";

const good: readonly { uri: string; canonical: string; virshUri: string; ssh: HostUri["ssh"] }[] = [
  { uri: "qemu:///system", canonical: "qemu:///system", virshUri: "qemu:///system", ssh: null },
  { uri: "qemu:///session", canonical: "qemu:///session", virshUri: "qemu:///session", ssh: null },
  { uri: "test:///default", canonical: "test:///default", virshUri: "test:///default", ssh: null },
  {
    uri: "qemu+ssh://root@hv1:22/system?keyfile=/k%20y&known_hosts=/kh",
    canonical: "qemu+ssh://root@hv1/system",
    virshUri: "qemu:///system",
    ssh: { hostName: "hv1", user: "root", port: 22 },
  },
  {
    uri: "qemu+ssh://hv1:2222/session",
    canonical: "qemu+ssh://hv1:2222/session",
    virshUri: "qemu:///session",
    ssh: { hostName: "hv1", user: null, port: 2222 },
  },
  {
    uri: "test+ssh://u@[fe80::1]:22/default?known_hosts_verify=normal",
    canonical: "test+ssh://u@[fe80::1]/default",
    virshUri: "test:///default",
    ssh: { hostName: "fe80::1", user: "u", port: 22 },
  },
  {
    uri: "qemu+ssh://hv1/system?no_tty=1&socket=/run/other/libvirt-sock&keyfile=/k",
    canonical: "qemu+ssh://hv1/system?socket=/run/other/libvirt-sock",
    virshUri: "qemu:///system?socket=/run/other/libvirt-sock",
    ssh: { hostName: "hv1", user: null, port: null },
  },
  {
    uri: "qemu+ssh://ann%40corp.example@hv1/system?mode=direct",
    canonical: "qemu+ssh://ann%40corp.example@hv1/system",
    virshUri: "qemu:///system?mode=direct",
    ssh: { hostName: "hv1", user: "ann@corp.example", port: null },
  },
  {
    uri: "qemu+ssh://corp%5Cann%2Bops$@hv1/system?mode=auto&socket=/run/s",
    canonical: "qemu+ssh://corp%5Cann%2Bops%24@hv1/system?socket=/run/s",
    virshUri: "qemu:///system?socket=/run/s&mode=auto",
    ssh: { hostName: "hv1", user: "corp\\ann+ops$", port: null },
  },
  {
    uri: "qemu+ssh://hv1/system?KeyFile=/k&no_verify=0&No_TTY=0&sshauth=privkey,password",
    canonical: "qemu+ssh://hv1/system",
    virshUri: "qemu:///system",
    ssh: { hostName: "hv1", user: null, port: null },
  },
  {
    uri: "qemu:///system?mode=legacy",
    canonical: "qemu:///system",
    virshUri: "qemu:///system?mode=legacy",
    ssh: null,
  },
];

const bad: readonly { uri: string; failure: RegExp }[] = [
  { uri: "", failure: /not a libvirt URI/ },
  { uri: "hv1", failure: /not a libvirt URI.*write it as/ },
  { uri: "qemu+tcp://hv1/system", failure: /transport "tcp".*only SSH and local/ },
  { uri: "qemu+tls://hv1/system", failure: /transport "tls"/ },
  { uri: "qemu+libssh://hv1/system", failure: /transport "libssh"/ },
  { uri: "qemu://hv1/system", failure: /must name a host exactly with \+ssh/ },
  { uri: "qemu+ssh:///system", failure: /must name a host/ },
  { uri: "qemu+ssh://hv1/system?no_verify=1", failure: /host keys are always checked/ },
  { uri: "qemu+ssh://hv1/system?known_hosts_verify=ignore", failure: /host keys are always checked/ },
  { uri: "qemu+ssh://hv1/system?netcat=nc", failure: /parameter "netcat"; known ones: keyfile/ },
  { uri: "qemu+ssh://hv1/system?proxy=native", failure: /"proxy"; known ones.*runs on the host itself/ },
  { uri: "qemu+ssh://hv1/system?name=qemu:///session", failure: /"name"; known ones.*in the URI itself/ },
  { uri: "qemu+ssh://hv1/system?pkipath=/tmp", failure: /"pkipath"; known ones.*TLS/ },
  { uri: "qemu+ssh://hv1/system?constructor=1", failure: /parameter "constructor"; known ones/ },
  { uri: "qemu+ssh://hv1/system?no_verify=", failure: /host keys are always checked/ },
  { uri: "qemu+ssh://hv1/system?mode=fast", failure: /mode "fast"; it must be one of auto, legacy, direct/ },
  { uri: "qemu+ssh://hv1/system?mode=direct;id", failure: /mode "direct;id"/ },
  { uri: "qemu+ssh://hv1/system?mode=auto&MODE=direct", failure: /"mode" twice/ },
  { uri: "qemu+ssh://hv1/system?sshauth=password", failure: /sshauth "password"; no password is ever asked/ },
  {
    uri: "qemu+ssh://hv1/system?command=-oProxyCommand=x",
    failure: /command "-oProxyCommand=x"; it must be/,
  },
  { uri: "qemu+ssh://hv1/system?command=ssh%20-v", failure: /command "ssh -v"; it must be/ },
  { uri: "qemu+ssh://hv1/system?command=../ssh", failure: /command "\.\.\/ssh"; it must be/ },
  { uri: "qemu+ssh://hv1/system?command=", failure: /command ""; it must be/ },
  { uri: "qemu+ssh://hv1/system?sshauth=", failure: /sshauth ""/ },
  { uri: "qemu+ssh://hv1/system?keyfile=", failure: /keyfile ""; it must name a file/ },
  { uri: "qemu+ssh://-oProxyCommand%3Dx@hv1/system", failure: /characters/ },
  { uri: "qemu+ssh://%2DoProxyCommand%3Dx@hv1/system", failure: /characters/ },
  { uri: "qemu+ssh://root%3Ahunter2@hv1/system", failure: /characters/ },
  { uri: "qemu+ssh://a%00b@hv1/system", failure: /characters/ },
  { uri: "qemu+ssh://a%20-b@hv1/system", failure: /characters/ },
  { uri: "qemu+ssh://a%60id%60@hv1/system", failure: /characters/ },
  { uri: "qemu+ssh://a%zz@hv1/system", failure: /characters/ },
  { uri: "qemu:///system?socket=/run/x;id", failure: /socket "\/run\/x;id"/ },
  { uri: "qemu+ssh://hv1/system?socket=x", failure: /absolute path/ },
  { uri: "qemu+ssh://root:hunter2@hv1/system", failure: /holds a password/ },
  { uri: "qemu+ssh://hv1:0/system", failure: /port 0/ },
  { uri: "qemu+ssh://hv1:70000/system", failure: /port 70000/ },
  { uri: "qemu+ssh://-oProxyCommand=x/system", failure: /characters/ },
  { uri: "qemu+ssh://hv1;id/system", failure: /characters/ },
  { uri: "qemu+ssh://$(id)@hv1/system", failure: /characters/ },
  { uri: "qemu+ssh://hv1/system;id", failure: /path/ },
  { uri: "qemu+ssh://hv1/system\n", failure: /path|not a libvirt URI/ },
];

describe("host URI", () => {
  for (const { uri, ...want } of good) {
    it(`reads ${uri}`, () => {
      const parsed = parseHostUri(uri);
      if ("failure" in parsed) assert.fail(parsed.failure);
      assert.deepInclude(parsed, want);
    });
  }

  for (const { uri, failure } of bad) {
    it(`refuses ${JSON.stringify(uri)}`, () => {
      const parsed = parseHostUri(uri);
      assert.match("failure" in parsed ? parsed.failure : "accepted", failure);
      assert.notInclude(JSON.stringify(parsed), "hunter2");
      assert.notInclude(canonicalHost(uri), "hunter2");
    });
  }

  it("reads which keys may log in, in their order", () => {
    const parsed = parseHostUri("qemu+ssh://hv1/system?sshauth=privkey,keyboard-interactive,agent");
    assert.deepEqual("logins" in parsed && parsed.logins, ["privkey", "agent"]);
    const silent = parseHostUri("qemu+ssh://hv1/system");
    assert.isNull("logins" in silent && silent.logins);
  });

  it("keeps escaped and plus characters of a path", () => {
    const parsed = parseHostUri("qemu+ssh://hv1/system?keyfile=/a+b/c%20d");
    assert.equal("keyFile" in parsed && parsed.keyFile, "/a+b/c d");
  });
});
