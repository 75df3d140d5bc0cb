import { expect } from "chai";
import * as virsh from "../../provider/index.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { hostOf } from "../support/hostCpus.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { sandbox, testName } from "../support/sandbox.ts";

describe("a fleet whose guests the native plugin serves", function () {
  this.timeout(300_000);

  it("comes up in waves with the threads that were planned, and stays empty", async () => {
    const { uri: host } = await sandbox();
    const image = makeImage("fleet-native.raw");
    const names = [testName("fleet-native-0"), testName("fleet-native-1")];
    const stack = await makeNativeStack(async () => {
      const fleet = new virsh.Fleet("web", {
        hosts: [{ host, name: "hv", cpus: hostOf({ nodes: 1, cores: 2, threadsPerCore: 1 }), ioCpus: "1" }],
        guests: names,
        guest: {
          type: "qemu",
          memory: "32 MiB",
          disks: [{ target: "vda", source: { file: image }, format: "raw" }],
        },
        canary: [`hv/${names[0]}`],
        dedicatedIoThreads: { pollMaxNs: 16000 },
      });
      return { placement: fleet.placement };
    });
    try {
      await stack.up();
      const made = await stack.resources();
      const domains = made.filter(({ type }) => type === "virsh:index:Domain");
      expect(domains.map(({ inputs }) => [inputs?.name, inputs?.ioThreads, inputs?.cpuTune])).to.deep.equal(
        names.map((name) => [
          name,
          [{ id: 1, pollMaxNs: 16000 }],
          { ioThreadPins: [{ ioThread: 1, cpuset: "1" }] },
        ]),
      );
      const order = made.map(({ type }) => type.split(":").at(-1));
      expect(order.indexOf("Wave")).to.be.within(order.indexOf("Domain"), order.lastIndexOf("Domain"));
      const again = await stack.preview();
      expect(
        again.steps.filter(({ op }) => op !== "same"),
        again.output,
      ).to.deep.equal([]);
    } finally {
      await stack.destroy();
      await stack.remove();
    }
  });
});
