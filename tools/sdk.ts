import { rmSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { findOrBuild } from "./sandbox/engine.ts";
import { repository } from "./sandbox/folders.ts";
import { printProblem } from "./sandbox/problem.ts";
import { mustRun } from "./sandbox/run.ts";

/** Files of the generated SDKs that would make the engine download the plugin. */
const downloads = ["python/pulumi_virsh/pulumi-plugin.json"];

new Command("sdk")
  .description(
    "Checks plugin/schema.json with Pulumi's binder and makes the SDKs for Node.js and Python from it.",
  )
  .argument("[folder]", "where they go", join(repository, "dist/sdk"))
  .action(async (folder: string) => {
    const tool = await findOrBuild("pulumi-virsh-sdk", (line) => console.error(`sdk: ${line}`));
    rmSync(folder, { recursive: true, force: true });
    const told = await mustRun([tool, join(repository, "plugin/schema.json"), folder]);
    for (const file of downloads) rmSync(join(folder, file), { force: true });
    console.log(`${told.trim()}: ${folder}`);
  })
  .parseAsync()
  .catch((error: unknown) => {
    console.error(printProblem(error));
    process.exitCode = 1;
  });
