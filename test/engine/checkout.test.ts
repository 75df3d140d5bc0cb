import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { repository } from "../../tools/sandbox/folders.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { buildPrograms, makeProject } from "../support/project.ts";
import { sandbox, testName } from "../support/sandbox.ts";

describe("pulumi in a checkout", function () {
  this.timeout(300_000);
  before(buildPrograms("pulumi-language-nodejs"));

  it("previews the example program on the host that is set", async () => {
    const { uri, domainType, imagesDir } = await sandbox();
    makeImage("checkout.raw");
    const project = await makeProject("nodejs", "");
    const text = readFileSync(join(repository, "Pulumi.yaml"), "utf8");
    // Pulumi would write the stack's configuration next to Pulumi.yaml; put it in a folder of the test.
    project.write(
      "Pulumi.yaml",
      text.replace("main: examples/hello", `main: ${join(repository, "examples/hello")}`),
    );
    await project.must("stack", "init", "checkout");
    const refused = await project.pulumi("preview");
    expect(refused.stdout + refused.stderr).to.match(/missing configuration value 'host'/);
    expect(refused.exitCode).not.to.equal(0);
    const settings = {
      host: uri,
      type: domainType,
      name: testName("checkout"),
      image: join(imagesDir, "checkout.raw"),
    };
    for (const [name, value] of Object.entries(settings)) await project.must("config", "set", name, value);
    expect(await project.must("preview")).to.match(/\+ 7 to create/);
    project.remove();
  });
});
