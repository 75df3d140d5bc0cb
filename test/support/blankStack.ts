import { cpSync } from "node:fs";
import { join } from "node:path";
import type { ProjectSettings, PulumiFn, StackSettings } from "@pulumi/pulumi/automation";
import { LocalWorkspace, PulumiCommand, Stack } from "@pulumi/pulumi/automation";
import { makeEngineEnvironment } from "./environment.ts";
import { removeFolder, temporaryFolder } from "./folders.ts";
import { secretsProvider, startKeyService } from "./keyService.ts";

export interface BlankStack {
  readonly stack: Stack;
  /** The engine's checkpoint of it. */
  readonly stateFile: string;
  /** Removes the stack's folder. */
  readonly remove: () => void;
}

/** What the engine wrote when it made a stack. Each further stack of this process is a copy. */
interface Blank {
  readonly command: PulumiCommand;
  readonly stateFolder: string;
  readonly settings: StackSettings;
}

/**
 * Variables that make an operation cheaper: 0.7 s of CPU instead of 1.1 with dynamic resources, 0.5 instead of 0.6 with
 * the plugin. The engine ends before its memory needs collecting. Tests of `makeProject` run without them, as a user does.
 */
const cheaper = {
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --require ${JSON.stringify(join(__dirname, "deferredModules.js"))}`,
  GOGC: "400",
};

const blanks = new Map<string, Promise<Blank>>();

/** Makes a stack `dev` without resources, driven by the Automation API. `config` holds its settings. */
export async function makeBlankStack(
  program: PulumiFn,
  project: ProjectSettings,
  config: Readonly<Record<string, string>> = {},
): Promise<BlankStack> {
  const blank = await (blanks.get(project.name) ?? remember(project.name, makeBlank(project.name)));
  const envVars = { ...(await makeEngineEnvironment()), ...(await startKeyService()), ...cheaper };
  const workDir = temporaryFolder("stack");
  cpSync(blank.stateFolder, stateFolderOf(envVars), { recursive: true });
  const stackSettings = { dev: { ...blank.settings, config: { ...config } } };
  const workspace = await LocalWorkspace.create({
    ...{ workDir, envVars, program, pulumiCommand: blank.command },
    ...{ projectSettings: project, stackSettings },
  });
  // Every command names its stack. To select it before would be one more process of the engine.
  const stack = await Stack.select("dev", Object.assign(workspace, { selectStack: async () => {} }));
  const stateFile = join(stateFolderOf(envVars), ".pulumi/stacks", project.name, "dev.json");
  return { stack, stateFile, remove: () => removeFolder(workDir) };
}

/** Returns the folder in which a stack's engine keeps its state. */
export function stateFolderOf(envVars: Readonly<Record<string, string>>): string {
  return String(envVars.PULUMI_BACKEND_URL).replace(/^file:\/\//, "");
}

function remember(name: string, blank: Promise<Blank>): Promise<Blank> {
  blanks.set(name, blank);
  return blank;
}

async function makeBlank(projectName: string): Promise<Blank> {
  const envVars = { ...(await makeEngineEnvironment()), ...(await startKeyService()) };
  const command = await PulumiCommand.get();
  const { workspace } = await LocalWorkspace.createStack(
    { stackName: "dev", projectName, program: async () => {} },
    { workDir: temporaryFolder("stack"), envVars, pulumiCommand: command, secretsProvider },
  );
  return { command, stateFolder: stateFolderOf(envVars), settings: await workspace.stackSettings("dev") };
}
