import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import * as virsh from "../../provider/index.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { sandbox } from "../support/sandbox.ts";
import { makeStack } from "../support/stack.ts";

const token = "S3cretPw";

/** Invalid arguments, each with a secret, and the start of the failure. */
const wrong: readonly { args: Record<string, unknown>; says: string }[] = [
  {
    args: {
      xml: pulumi.secret(`<domain><devices><graphics type='vnc' passwd='${token}'></devices></domain>`),
    },
    says: "xml does not parse at line 1",
  },
  { args: { memory: pulumi.secret(token) }, says: "memory must be a size" },
  { args: { boot: pulumi.secret({ passwd: token }) }, says: "boot is not an argument here" },
  { args: { graphics: { type: "vnc", passwd: token } }, says: "graphics " },
  { args: { disks: pulumi.secret([{ target: token }]) }, says: "disks[0].target" },
  {
    args: { title: pulumi.secret(token), xml: "<domain><title>another</title></domain>" },
    says: "title is something else than title in xml",
  },
  {
    args: { description: "d", xml: pulumi.secret(`<domain><description>${token}</description></domain>`) },
    says: "description is something else than description in xml",
  },
];

for (const [frontEnd, make] of [
  ["dynamic resources", makeStack],
  ["the native plugin", makeNativeStack],
] as const) {
  describe(`a refusal of a secret, by ${frontEnd}`, function () {
    this.timeout(300_000);

    it("names the property and prints no value", async () => {
      const { uri: host } = await sandbox();
      let args: Record<string, unknown> = {};
      const stack = await make(async () => {
        new virsh.Domain("refused", { host, name: "refused", ...args });
      });
      try {
        for (const each of wrong) {
          args = each.args;
          const output = await stack.preview().then(
            () => "",
            (error: unknown) => String(error),
          );
          expect(output).to.contain(each.says).and.not.contain(token);
        }
      } finally {
        await stack.remove();
      }
    });
  });
}
