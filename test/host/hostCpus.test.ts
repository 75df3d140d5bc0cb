import { execFileSync } from "node:child_process";
import { mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { diskNodesScript } from "../../provider/host/read/hostCpus.ts";
import { readHostCpus } from "../../provider/index.ts";
import { printCpuset } from "../../provider/model/values/cpuset.ts";
import { run } from "../../tools/sandbox/run.ts";
import { temporaryFolder } from "../support/folders.ts";
import { startGuest } from "../support/guest.ts";
import { sandbox, testName } from "../support/sandbox.ts";

describe("a host's CPUs for a placement", function () {
  this.timeout(120_000);

  it("are its nodes and the pins of all its guests, over SSH", async () => {
    const { uri, cpus } = await sandbox();
    const name = testName("hostcpus");
    const guest = await startGuest({
      name,
      ioThreads: 2,
      xml: "<cputune><iothreadpin iothread='2' cpuset='0'/></cputune>",
    });
    try {
      const host = await readHostCpus(uri, ["/var/lib/none/such.raw"]);
      expect(host.topology.nodes.map((node) => node.cpus)).to.deep.equal([printCpuset(cpus)]);
      const found = host.guests.find((each) => each.name === name);
      expect(found).to.deep.include({ isActive: true, vcpus: 1, ioThreads: { 1: null, 2: "0" } });
    } finally {
      await guest.remove();
    }
  });

  /**
   * Makes a sysfs tree of a host with disks on two nodes. Only place and text of the kernel's files matter.
   */
  function makeSys(): { readonly sys: string; readonly file: string } {
    const sys = temporaryFolder("sys");
    const file = join(sys, "image.raw");
    writeFileSync(file, "");
    const { dev } = statSync(file);
    const number = `${(dev >> 8) & 0xfff}:${(dev & 0xff) | ((dev >> 12) & 0xfff00)}`;
    const nvme = join(sys, "devices/pci0000:80/0000:80:01.0");
    const partition = join(nvme, "nvme/nvme0/nvme0n1/nvme0n1p1");
    mkdirSync(partition, { recursive: true });
    writeFileSync(join(nvme, "numa_node"), "1\n");
    const mapped = join(sys, "devices/virtual/block/dm-0");
    mkdirSync(join(mapped, "slaves"), { recursive: true });
    symlinkSync(partition, join(mapped, "slaves/nvme0n1p1"));
    mkdirSync(join(sys, "dev/block"), { recursive: true });
    symlinkSync(mapped, join(sys, "dev/block", number));
    return { sys, file };
  }

  it("knows the node of the PCI device behind a file, through LVM, and of a file that is not there yet", async () => {
    const { sys, file } = makeSys();
    const words = [sys, file, join(sys, "not/yet.raw"), "/proc/version"];
    const { stdout } = await run(["sh", "-c", diskNodesScript, "sh", ...words]);
    expect(stdout).to.equal("1\n1\n-1\n");
  });

  it("asks the kernel of this machine without an error", () => {
    const text = execFileSync("sh", ["-c", diskNodesScript, "sh", "/sys", "/", "/dev/null"], {
      encoding: "utf8",
    });
    expect(text).to.match(/^-?\d+\n-?\d+\n$/);
  });
});
