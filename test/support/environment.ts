import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./folders.ts";
import { sandbox } from "./sandbox.ts";

/** Environment of an engine that keeps all it writes in a new folder, which goes when this process ends. */
export async function makeEngineEnvironment(): Promise<Record<string, string>> {
  await sandbox();
  const folder = temporaryFolder("engine");
  mkdirSync(join(folder, "state"));
  return {
    PATH: process.env.PATH ?? "",
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_SKIP_UPDATE_CHECK: "1",
    // The language host of 2023 knows no runtime options; the example is compiled without type check.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
  };
}
