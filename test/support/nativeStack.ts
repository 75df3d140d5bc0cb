import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { repository } from "../../tools/sandbox/folders.ts";
import { makeEngineEnvironment } from "./environment.ts";
import { removeFolder, temporaryFolder } from "./folders.ts";
import type { TestStack } from "./stack.ts";
import { driveStack } from "./stack.ts";

export const pluginFolder = join(repository, "plugin");

/** Makes a stack whose project names the plugin. Its program uses the plugin unless it passes providers. */
export async function makeNativeStack(
  program: PulumiFn,
  config: Readonly<Record<string, string>> = {},
): Promise<TestStack> {
  const envVars = await makeEngineEnvironment();
  const workDir = temporaryFolder("stack");
  const test: { program: PulumiFn } = { program };
  const projectSettings = {
    name: "test",
    runtime: "nodejs" as const,
    // Dynamic resources are loaded from this folder's packages.
    main: process.cwd(),
    plugins: { providers: [{ name: "virsh", path: pluginFolder }] },
  };
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: "dev", projectName: "test", program: () => test.program() },
    { workDir, envVars, projectSettings },
  );
  const all = { frontEnd: "native", ...config };
  for (const [name, value] of Object.entries(all)) await stack.setConfig(`virsh:${name}`, { value });
  return Object.assign(
    test,
    driveStack(stack, () => removeFolder(workDir)),
  );
}

/** Reads the state as stored on disk, with secrets encrypted. */
export function readState({ stack }: TestStack): string {
  const folder = String(stack.workspace.envVars.PULUMI_BACKEND_URL).replace(/^file:\/\//, "");
  return readFileSync(join(folder, ".pulumi/stacks/test/dev.json"), "utf8");
}
