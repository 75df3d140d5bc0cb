import { cpSync } from "node:fs";
import type { ProjectSettings, PulumiFn, Stack, StackSettings } from "@pulumi/pulumi/automation";
import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation";
import { makeEngineEnvironment } from "./environment.ts";
import { removeFolder, temporaryFolder } from "./folders.ts";
import { secretsProvider, startKeyService } from "./keyService.ts";

export interface BlankStack {
  readonly stack: Stack;
  /** Removes the stack's folder. */
  readonly remove: () => void;
}

/** What the engine wrote when it made a stack. Each further stack of this process is a copy. */
interface Blank {
  readonly command: PulumiCommand;
  readonly stateFolder: string;
  readonly settings: StackSettings;
}

const blanks = new Map<string, Promise<Blank>>();

/** Makes a stack `dev` without resources, driven by the Automation API. `config` holds its settings. */
export async function makeBlankStack(
  program: PulumiFn,
  project: ProjectSettings,
  config: Readonly<Record<string, string>> = {},
): Promise<BlankStack> {
  const blank = await (blanks.get(project.name) ?? remember(project.name, makeBlank(project.name)));
  const envVars = { ...(await makeEngineEnvironment()), ...(await startKeyService()) };
  const workDir = temporaryFolder("stack");
  cpSync(blank.stateFolder, stateFolderOf(envVars), { recursive: true });
  const stackSettings = { dev: { ...blank.settings, config: { ...config } } };
  const stack = await LocalWorkspace.selectStack(
    { stackName: "dev", projectName: project.name, program },
    { workDir, envVars, pulumiCommand: blank.command, projectSettings: project, stackSettings },
  );
  return { stack, remove: () => removeFolder(workDir) };
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
