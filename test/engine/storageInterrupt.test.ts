import { once } from "node:events";
import { chmodSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { findOrBuild } from "../../tools/sandbox/engine.ts";
import { sharedFolder } from "../../tools/sandbox/folders.ts";
import { waitFor } from "../../tools/sandbox/processes.ts";
import { mustRun, run } from "../../tools/sandbox/run.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import type { TestHost } from "../support/hosts.ts";
import { startHost } from "../support/hosts.ts";
import type { TestProject } from "../support/project.ts";
import { makeProject } from "../support/project.ts";
import type { TestStorage } from "../support/storage.ts";
import { testStorage } from "../support/storage.ts";

const mebibyte = 1024 ** 2;

/** Copies take 4 s on this host, because its qemu-img is slowed down. */
const slow = `#!/bin/sh
if [ "$1" = convert ]; then shift; exec /usr/bin/qemu-img convert -r 2M "$@"; fi
exec /usr/bin/qemu-img "$@"
`;

describe("an interrupt while a volume is made", function () {
  this.timeout(300_000);
  let host: TestHost;
  let own: TestStorage;
  let server: Server;
  let programs: string;
  before(async () => {
    await findOrBuild("pulumi-language-yaml", () => {});
    programs = temporaryFolder("programs", sharedFolder);
    chmodSync(programs, 0o755);
    writeFileSync(join(programs, "qemu-img"), slow);
    chmodSync(join(programs, "qemu-img"), 0o755);
    host = await startHost({
      lines: [`SetEnv PATH=${programs}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`],
    });
    own = await testStorage("interrupted", host.uri());
    await own.create("StoragePool", {});
    await own.create("Volume", { name: "base", capacity: "8 MiB" });
    await mustRun(["qemu-io", "-f", "qcow2", "-c", "write -P 7 0 8M", join(own.folder, "base")]);
    // It never sends all of a file.
    server = createServer((_, response) => {
      response.writeHead(200, { "content-length": 64 * mebibyte });
      response.write(Buffer.alloc(mebibyte, 7));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await own.virsh("pool-destroy", "--pool", own.name);
    await own.virsh("pool-undefine", "--pool", own.name);
    await own.end();
    await host.remove();
    removeFolder(programs);
  });

  const files = () => readdirSync(own.folder).sort().join();
  const isHalf = async () => {
    const part = readdirSync(own.folder).find((file) => file.startsWith(".pulumi-virsh-"));
    if (part === undefined) return false;
    return Number.parseInt((await run(["du", "-sk", join(own.folder, part)])).stdout, 10) > 900;
  };
  const interrupted = async (project: TestProject, isAgain: boolean): Promise<string> => {
    const up = project.start("up", "--yes", "--skip-preview");
    let said = "";
    for (const stream of [up.stdout, up.stderr])
      stream?.setEncoding("utf8").on("data", (more: string) => {
        said += more;
      });
    const closed = once(up, "close");
    await Promise.race([waitFor("half of it", 60_000, isHalf), closed]);
    up.kill("SIGINT");
    if (isAgain) {
      await Promise.race([waitFor("its answer", 30_000, async () => said.includes("cancelling")), closed]);
      up.kill("SIGINT");
    }
    await closed;
    return said;
  };

  const contents = {
    transfer: () => ({ image: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/image` } }),
    copy: () => ({ clone: { name: "base" } }),
  };
  /** A project with one volume, in each front end. */
  const projects = {
    native: (volume: object) =>
      makeProject(
        "yaml",
        `resources:\n  data: ${JSON.stringify({ type: "virsh:index:Volume", properties: volume })}\n`,
      ),
    dynamic: async (volume: object) => {
      const project = await makeProject("nodejs", "main: index.js\n");
      project.write("package.json", '{"name":"test","main":"index.js"}');
      project.write("index.js", `new (require("pulumi-virsh").Volume)("data", ${JSON.stringify(volume)});`);
      symlinkSync(resolve("node_modules"), join(project.folder, "node_modules"));
      return project;
    },
  };

  for (const frontEnd of ["native", "dynamic"] as const)
    for (const what of ["transfer", "copy"] as const)
      it(`ends the ${what}, and leaves no file and no process (${frontEnd})`, async () => {
        const volume = { host: host.uri(), pool: own.name, name: "data", content: contents[what]() };
        const project = await projects[frontEnd](volume);
        try {
          await project.must("stack", "ls");
          // The engine can't cancel what a dynamic provider does: it waits for that, or a second interrupt ends both.
          const said = await interrupted(project, frontEnd === "dynamic");
          if (frontEnd === "native")
            expect(said).to.contain(`the volume ${own.name}/data is not on the host now`);
          await waitFor("the end of its files", 10_000, async () => files() === "base");
          await waitFor(
            "the end of its processes",
            10_000,
            async () => (await run(["pgrep", "-f", own.folder])).stdout === "",
          );
        } finally {
          await project.pulumi("destroy", "--yes", "--skip-preview");
          project.remove();
        }
      });
});
