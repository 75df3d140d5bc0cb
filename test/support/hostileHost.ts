import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeFolder, temporaryFolder } from "./folders.ts";
import { hostileBytes } from "./hostileText.ts";
import type { TestHost } from "./hosts.ts";
import { startHost } from "./hosts.ts";

/** Starts a host whose virsh fails with a message that contains terminal control sequences. */
export async function startHostileHost(): Promise<TestHost> {
  const folder = temporaryFolder("hostile");
  chmodSync(folder, 0o755);
  const words = Buffer.from(`error: ${hostileBytes} is what went wrong\n`).toString("base64");
  writeFileSync(join(folder, "virsh"), `#!/bin/sh\necho ${words} | base64 -d >&2\nexit 1\n`, { mode: 0o755 });
  const host = await startHost({
    lines: [`SetEnv PATH=${folder}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`],
  });
  return {
    ...host,
    remove: async () => {
      await host.remove();
      removeFolder(folder);
    },
  };
}
