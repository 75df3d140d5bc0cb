import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, relative } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import * as virsh from "../../provider/index.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { sandbox } from "../support/sandbox.ts";
import { makeStack } from "../support/stack.ts";
import type { TestStorage } from "../support/storage.ts";
import { testStorage } from "../support/storage.ts";

describe("images of volumes", function () {
  this.timeout(300_000);
  const bytes = randomBytes(4 * 1024 ** 2);
  let own: TestStorage;
  let server: Server;
  let at: string;

  before(async () => {
    // Halves a second and a half apart, so that the engine gets a line between them.
    server = createServer(async (_request, response) => {
      response.writeHead(200, { "content-length": bytes.length });
      response.write(bytes.subarray(0, bytes.length / 2));
      await pause(1500);
      response.end(bytes.subarray(bytes.length / 2));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    at = `http://127.0.0.1:${(server.address() as AddressInfo).port}/disk.raw`;
  });
  beforeEach(async () => {
    own = await testStorage("imaged");
  });
  afterEach(() => own.end());
  after(() => new Promise((resolve) => server.close(resolve)));

  for (const [frontEnd, makeAny] of [
    ["dynamic", makeStack],
    ["native", makeNativeStack],
  ] as const)
    it(`come from the host, from this machine and its files, and show how far they are (${frontEnd})`, async () => {
      const { uri: host } = await sandbox();
      const local = join(own.folder, "local.raw");
      writeFileSync(local, bytes);
      // Relative to the program's folder.
      let file = relative(process.cwd(), join(own.folder, "none.raw"));
      const stack = await makeAny(async () => {
        const path = join(own.folder, "pool");
        const pool = new virsh.StoragePool("images", { host, name: own.name, path });
        const images = { host: { url: at }, client: { url: at, fetch: "client" as const }, file: { file } };
        for (const [name, image] of Object.entries(images))
          new virsh.Volume(name, { host, pool: pool.name, name, format: "raw", content: { image } });
      });
      try {
        const refused = await stack.preview().catch(({ message }: Error) => ({ diagnostics: [message] }));
        expect(refused.diagnostics.join("")).to.contain(
          `file: not possible: content.image: can't read "${file}" on the machine where the program runs`,
        );
        file = relative(process.cwd(), local);
        expect((await stack.preview()).diagnostics.join("")).not.to.contain("not possible");
        const { progress } = await stack.up();
        for (const name of ["host", "client"]) {
          const [line = "none"] = progress.flatMap(({ urn, text }) =>
            urn.endsWith(`::${name}`) ? text.trim() : [],
          );
          expect(line, name).to.match(
            /^fetching the image: 2\.\d MiB of 4\.0 MiB \(5\d %\), [\d.]+ \w+\/s, \d+ s left$/,
          );
        }
        for (const name of ["host", "client", "file"])
          expect(readFileSync(join(own.folder, "pool", name)).equals(bytes), name).to.equal(true);
        expect((await stack.preview()).steps.filter(({ op }) => op !== "same")).to.deep.equal([]);
        await stack.destroy();
      } finally {
        await stack.remove();
      }
    });
});
