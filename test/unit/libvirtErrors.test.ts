import { assert } from "chai";
import { HostError, type HostErrorCode } from "../../provider/errors.ts";
import { commandError } from "../../provider/host/virsh/errors.ts";

const general = "error: failed to connect to the hypervisor\n";
/** Messages of libvirt 9.0.0, virsh and shells on real hosts. */
const cases: readonly { said: string; exitCode?: number; want: HostErrorCode }[] = [
  { said: "sh: 3: virsh: not found\n", exitCode: 127, want: "virshMissing" },
  { said: "bash: line 4: virsh: command not found\n", exitCode: 127, want: "virshMissing" },
  {
    said: "timeout: failed to run command 'virsh': No such file or directory\n",
    exitCode: 127,
    want: "virshMissing",
  },
  { said: "sh: 4: timeout: not found\n", exitCode: 127, want: "shellUnusable" },
  {
    said: `${general}error: Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory\n`,
    want: "libvirtDown",
  },
  {
    said: `${general}error: Failed to connect socket to '/var/run/libvirt/libvirt-sock': Connection refused\n`,
    want: "libvirtDown",
  },
  {
    said: `${general}error: Failed to connect socket to '/var/run/libvirt/libvirt-sock': Permission denied\n`,
    want: "libvirtDenied",
  },
  {
    said: `${general}error: internal error: Unable to get system bus connection: Could not connect: No such file or directory\n`,
    want: "libvirtDenied",
  },
  {
    said: `${general}error: authentication unavailable: no polkit agent available to authenticate action 'org.libvirt.unix.manage'\n`,
    want: "libvirtDenied",
  },
  {
    said: "error: operation forbidden: read only access prevents virDomainDefineXML\n",
    want: "libvirtDenied",
  },
  {
    said: `${general}error: internal error: unexpected qemu URI path '/nosuch', try qemu:///system\n`,
    want: "settingUnusable",
  },
  {
    said: "error: Timed out during operation: cannot acquire state change lock (held by monitor=remoteDispatchDomainAddIOThread)\n",
    want: "domainBusy",
  },
  {
    said: "error: Disconnected from qemu:///system due to end of file\nerror: End of file while reading data: Input/output error\n",
    want: "connectionLost",
  },
  { said: "error: Failed to add IOThread\nerror: No space left on device\n", want: "hostFull" },
  { said: "", exitCode: 124, want: "timedOut" },
  { said: "", exitCode: 137, want: "timedOut" },
  {
    said: "error: Failed to detach device from /dev/stdin\nerror: block copy still active: disk 'vdb' already in active block job\n",
    want: "domainBusy",
  },
  {
    said: "error: Failed to detach device from /dev/stdin\nerror: Operation not supported: disk 'vdb' already in active block job\n",
    want: "domainBusy",
  },
  { said: "error: failed to get domain 'db'\n", want: "commandFailed" },
  { said: "error: invalid argument: an IOThread is already using iothread_id '1'\n", want: "commandFailed" },
];

describe("what libvirt's errors mean", () => {
  for (const { said, exitCode = 1, want } of cases) {
    it(`${want}: ${said.trim().split("\n").at(-1) || `exit status ${exitCode}`}`, () => {
      const argv = ["virsh", "list"];
      const error = commandError("can't list", "qemu:///system", { argv, exitCode, stderr: said });
      assert.equal(error.code, want);
      assert.include(error.message, "on qemu:///system: virsh list");
      assert.include(error.message, said.trim().split("\n").at(-1) ?? "");
    });
  }

  it("tells the whole error, QEMU's own lines too, and nothing of what a login prints", () => {
    const stderr =
      "Last login: today\nerror: Failed to start domain 'db'\nerror: internal error: process exited while connecting to monitor: qemu: -blockdev {}: Failed to get \"write\" lock\nIs another process using the image [/srv/db.raw]?\n\n";
    const error = new HostError("can't start it", "hv1", { stderr, remedy: "try again" });
    assert.deepEqual(error.message.split("\n"), [
      "can't start it on hv1",
      'error: internal error: process exited while connecting to monitor: qemu: -blockdev {}: Failed to get "write" lock',
      "Is another process using the image [/srv/db.raw]?",
      "try again",
    ]);
  });

  it("bounds an error", () => {
    const stderr = `error: no\n${"x\n".repeat(100)}`;
    const lines = new HostError("it failed", "hv1", { stderr }).message.split("\n");
    assert.deepEqual([lines.length, lines.at(-1)], [14, "… (89 more lines)"]);
    assert.isBelow(new HostError("it failed", "hv1", { stderr: "y".repeat(1e6) }).message.length, 700);
  });

  it("puts no script and no line break of a word into a message", () => {
    const error = new HostError("it failed", "hv1", {
      argv: ["sh", "-c", "\nuri=$1\nexit 3", "x".repeat(999)],
    });
    assert.lengthOf(error.message.split("\n"), 1);
    assert.isBelow(error.message.length, 250);
  });
});
