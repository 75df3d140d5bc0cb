import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import * as virsh from "../../provider/index.ts";
import { repository } from "../../tools/sandbox/folders.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import type { TestStack } from "../support/stack.ts";
import { makeStack } from "../support/stack.ts";

const cli = join(repository, "dist/provider/cli/main.js");
const token = /T0k3n|hunter[0-9]/;

/**
 * Returns all output of previews, updates, refreshes, a failure and a removal, with the plan file and
 * reports.
 */
async function outputOf(stack: TestStack, edit: (step: number) => void): Promise<string> {
  const folder = temporaryFolder("secrets");
  const plan = join(folder, "plan.jsonl");
  const said: unknown[] = [];
  const observe = async (act: Promise<unknown>) =>
    said.push(await act.catch((error: unknown) => String(error)));
  try {
    stack.stack.workspace.envVars.PULUMI_VIRSH_PLAN = plan;
    for (const step of [0, 1]) {
      edit(step);
      await observe(stack.preview());
      await observe(stack.up());
    }
    await observe(stack.refresh());
    edit(2);
    await observe(stack.preview());
    await observe(stack.up());
    said.push(readFileSync(plan, "utf8"), stack.stateText());
    for (const format of ["markdown", "html", "json"])
      said.push(
        execFileSync(process.execPath, [cli, "report", plan, "--format", format], { encoding: "utf8" }),
      );
  } finally {
    await observe(stack.destroy());
    await stack.remove();
    removeFolder(folder);
  }
  return said.map((each) => (typeof each === "string" ? each : JSON.stringify(each))).join("\n");
}

const leaksIn = (text: string) =>
  [...text.matchAll(new RegExp(`.{0,120}(?:${token.source}).{0,60}`, "g"))].map(String);

describe("what the program marks as secret", function () {
  this.timeout(600_000);

  it("is nowhere, with the native plugin: texts, arguments in part, whole xml, a failure", async () => {
    const { uri: host, domainType: type } = await sandbox();
    const name = testName("marked");
    const image = makeImage(`${name}-T0k3n.raw`);
    let step = 0;
    const stack = await makeNativeStack(async () => {
      new virsh.Domain("db", {
        host,
        name,
        type,
        memory: "32 MiB",
        running: true,
        forceOff: true,
        shutdownTimeoutSeconds: 0,
        title: pulumi.secret(`T0k3n-title-${step}`),
        description: pulumi.secret(`T0k3n of step ${step}\nT0k3n in its second line`),
        cmdline: pulumi.secret(`quiet T0k3n=${step}`),
        disks: [
          {
            target: "vda",
            source: { file: pulumi.secret(step < 2 ? image : `${image}-missing`) },
            format: "raw",
          },
        ],
        xml: pulumi.secret(
          `<domain><metadata><t:a xmlns:t='urn:t' at='T0k3n-metadata-${step}'/></metadata><sysinfo type='smbios'><system><entry name='serial'>T0k3n${step}</entry></system></sysinfo></domain>`,
        ),
      });
    });
    const output = await outputOf(stack, (next) => {
      step = next;
    });
    expect(leaksIn(output)).to.deep.equal([]);
    expect(output).to.contain("title").and.contain("[secret]").and.contain("does not exist");
  });

  for (const [frontEnd, make] of [
    ["dynamic resources", makeStack],
    ["the native plugin", makeNativeStack],
  ] as const)
    it(`and what looks like one are nowhere, by ${frontEnd}`, async () => {
      const { uri: host, domainType: type } = await sandbox();
      let step = 0;
      const stack = await make(async () => {
        new virsh.Domain("db", {
          host,
          name: testName("looksSecret"),
          type,
          memory: "32 MiB",
          title: `password: hunter${step}-title`,
          cmdline: `quiet apikey=hunter${step}-cmdline rd.luks.key=hunter${step}-luks`,
          xml: `<domain><metadata><t:a xmlns:t='urn:t' password='hunter${step}-attribute'><t:secrets><t:b>hunter${step}-below</t:b></t:secrets></t:a></metadata><devices><graphics type='vnc' passwd='hunter${step}'/><disk type='network' device='cdrom'><source protocol='https' name='a.iso' query='sig=hunter${step}-signature'><host name='127.0.0.1' port='1'/></source><target dev='sda' bus='sata'/><readonly/></disk></devices></domain>`,
        });
      });
      const output = await outputOf(stack, (next) => {
        step = next === 2 ? 1 : next;
      });
      expect(leaksIn(output)).to.deep.equal([]);
      expect(output).to.contain("[secret]");
    });
});
