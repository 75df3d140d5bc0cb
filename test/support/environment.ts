import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./folders.ts";
import { sandbox } from "./sandbox.ts";

/**
 * Returns the environment of an engine that writes all its files to a new folder, which is removed when this
 * process ends.
 */
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
    // The language host of 2023 knows no runtime options; the example is compiled without type checks.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
  };
}
