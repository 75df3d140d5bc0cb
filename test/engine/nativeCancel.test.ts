import { once } from "node:events";
import { expect } from "chai";
import { readDomain } from "../../provider/host/read.ts";
import { connectionTo } from "../../provider/host/session.ts";
import { waitFor } from "../../tools/sandbox/processes.ts";
import { startFaultyHost } from "../support/faults.ts";
import { patience } from "../support/patience.ts";
import { buildPrograms, makeProject } from "../support/project.ts";
import { sandbox, testName } from "../support/sandbox.ts";

describe("an interrupt of the native plugin", function () {
  this.timeout(300_000);
  before(buildPrograms("pulumi-language-yaml"));

  it("ends a shutdown that waits, says what is true, and the next up goes on", async () => {
    const { domainType } = await sandbox();
    const spied = await startFaultyHost();
    const host = spied.uri();
    const name = testName("cancel");
    const facts = async () => (await readDomain(connectionTo(host), name)).domain;
    const program = `configuration:
  running:
    type: Boolean
  forceOff:
    type: Boolean
    default: false
resources:
  db:
    type: virsh:index:Domain
    properties:
      name: ${name}
      type: ${domainType}
      running: \${running}
      memory: 64 MiB
      forceOff: \${forceOff}
      shutdownTimeoutSeconds: 120
`;
    const project = await makeProject("yaml", program);
    const must = async (...args: string[]) => {
      const { exitCode, stdout, stderr } = await project.pulumi(...args);
      expect(exitCode, `${stdout}${stderr}`).to.equal(0);
    };
    try {
      await must("config", "set", "virsh:host", host);
      await must("config", "set", "running", "true");
      await must("up", "--yes", "--skip-preview");
      await must("config", "set", "running", "false");
      const waiting = project.start("up", "--yes", "--skip-preview");
      let said = "";
      for (const stream of [waiting.stdout, waiting.stderr])
        stream?.setEncoding("utf8").on("data", (text: string) => {
          said += text;
        });
      // The guest has no operating system: it has been asked and will never follow.
      const isAsked = async () => spied.calls().some((call) => call.includes(" domstate "));
      await waitFor("the first look whether it has followed", 60_000, isAsked);
      const begin = Date.now();
      waiting.kill("SIGINT");
      const isTold = new Promise<number>((resolve) => {
        const look = setInterval(() => {
          if (!/is running now|could not be read in time/.test(said)) return;
          clearInterval(look);
          resolve(Date.now() - begin);
        }, 10);
        setTimeout(() => {
          clearInterval(look);
          resolve(Number.POSITIVE_INFINITY);
        }, 20_000);
      });
      const [code] = (await once(waiting, "close")) as [number];
      const elapsed = await isTold;
      // The last look has 600 ms, which a busy machine may need for the way there alone.
      const truth =
        patience() > 2 ? `is running now|of "${name}" now could not be read in time` : "is running now";
      expect(said).to.match(new RegExp(truth));
      expect(said, said).to.contain("the next up goes on from there");
      expect(code).to.not.equal(0);
      expect(elapsed, said).to.be.lessThan(1000 * patience());
      expect((await facts())?.state).to.equal("running");
      await must("config", "set", "forceOff", "true");
      await must("up", "--yes", "--skip-preview", "--config", "running=true");
      await must("preview", "--expect-no-changes", "--config", "running=true");
    } finally {
      const last = connectionTo(host);
      await last.run([{ argv: ["virsh", "-c", last.virshUri, "destroy", name] }], { keepGoing: true });
      await project.pulumi("destroy", "--yes", "--skip-preview");
      project.remove();
      await spied.remove();
    }
    const { uri } = await sandbox();
    expect((await readDomain(connectionTo(uri), name)).domain).to.equal(null);
  });
});
