import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineEvent, PulumiFn, Stack } from "@pulumi/pulumi/automation";
import * as settings from "@pulumi/pulumi/runtime/settings";
import { mustRun } from "../../tools/sandbox/run.ts";
import type { BlankStack } from "./blankStack.ts";
import { makeBlankStack, stateFolderOf } from "./blankStack.ts";

/**
 * Gives each client its own connection. Programs of all stacks run in this process, and engines reuse ports.
 * By default all clients of one address share a connection. A program then failed ("14 UNAVAILABLE … Last
 * error: null") when an earlier program's client still tried to reach an engine that had ended (@grpc/grpc-js
 * 1.14.7).
 */
Object.assign((settings as unknown as { readonly grpcClientOptions: object }).grpcClientOptions, {
  "grpc.use_local_subchannel_pool": 1,
});

/** What the engine planned for a resource or did to it. */
export interface Step {
  readonly op: string;
  readonly urn: string;
  /** Property paths that the engine reports as changed. */
  readonly changes: readonly string[];
  /**
   * Kinds of the changes, as the provider reports them: `update`, `update-replace` …; "on the host" when no
   * argument was edited.
   */
  readonly kinds: readonly string[];
}

export interface Outcome {
  readonly steps: readonly Step[];
  /** All output of the engine and the provider, without colours. */
  readonly output: string;
  /** Messages of warnings and errors. */
  readonly diagnostics: readonly string[];
  /** The same, each with its resource; empty for the stack. */
  readonly messages: readonly Message[];
  /** Lines that the engine shows only until the next one. */
  readonly progress: readonly Message[];
}

export interface Message {
  readonly urn: string;
  readonly severity: string;
  readonly text: string;
}

/** A stack for one test, driven by the Automation API. Its program is a function. */
export interface TestStack {
  readonly stack: Stack;
  /** The program that the next `preview` and `up` run. */
  program: PulumiFn;
  preview(): Promise<Outcome>;
  up(): Promise<Outcome>;
  refresh(): Promise<Outcome>;
  destroy(): Promise<Outcome>;
  /** Outputs of the stack after the last `up`, with secrets in plain text. */
  outputs(): Promise<Record<string, unknown>>;
  /** Resources in the backend's state, with secrets in plain text. */
  resources(): Promise<readonly StateResource[]>;
  /** Text of the backend's files, with secrets encrypted. */
  stateText(): string;
  /** Removes the stack's folders. What it made on hosts stays. */
  remove(): Promise<void>;
}

export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
  readonly initErrors?: readonly string[];
}

/** @throws CommandError of the Automation API when the engine fails; its message contains the whole output */
export async function makeStack(program: PulumiFn, projectName = "test"): Promise<TestStack> {
  const test: { program: PulumiFn } = { program };
  // Dynamic resources are loaded from this folder's packages.
  const project = { name: projectName, runtime: "nodejs" as const, main: process.cwd() };
  return Object.assign(test, driveStack(await makeBlankStack(() => test.program(), project)));
}

/** Operations of a test on a stack, and their results. */
export function driveStack({ stack, stateFile, remove }: BlankStack): Omit<TestStack, "program"> {
  // After an operation the Automation API asks for the outputs twice and for the history once. That takes one to
  // three more engine processes, and few tests look at the outputs.
  const unasked: Stack = Object.create(stack, {
    outputs: { value: async () => ({}) },
    info: { value: async () => undefined },
  });
  const observe = async (act: (options: Watch) => Promise<unknown>): Promise<Outcome> => {
    const events: EngineEvent[] = [];
    let output = "";
    await act({
      color: "never",
      onEvent: (event) => events.push(event),
      onOutput: (text) => {
        output += text;
      },
    });
    const said = events.flatMap(messageOf);
    const [messages, progress] = [false, true].map((isEphemeral) =>
      said.filter((each) => each.isEphemeral === isEphemeral),
    ) as [Said[], Said[]];
    const diagnostics = messages.map(({ text }) => text);
    return { steps: events.flatMap(stepOf), output, diagnostics, messages, progress };
  };
  return {
    stack,
    preview: () => observe((watch) => stack.preview({ ...watch, diff: true })),
    up: () => observe((watch) => unasked.up({ ...watch, diff: true })),
    refresh: () => observe((watch) => unasked.refresh(watch)),
    destroy: () => observe((watch) => unasked.destroy(watch)),
    outputs: async () => {
      const { outputs = {} } =
        readResources(stateFile).find(({ type }) => type === "pulumi:pulumi:Stack") ?? {};
      // Only the engine can decrypt what is secret.
      if (!JSON.stringify(outputs).includes(secretMark)) return outputs;
      const { pulumiCommand, workDir: cwd, envVars } = stack.workspace;
      const argv = [pulumiCommand.command, "stack", "output", "--stack", "dev", "--json", "--show-secrets"];
      return JSON.parse(await mustRun(argv, { cwd, env: { ...process.env, ...envVars } }));
    },
    resources: async () => {
      const resources = readResources(stateFile);
      if (!JSON.stringify(resources).includes(secretMark)) return resources;
      const exported = (await stack.exportStack()) as { deployment: { resources?: StateResource[] } };
      return exported.deployment.resources ?? [];
    },
    stateText: () => {
      const folder = stateFolderOf(stack.workspace.envVars);
      const files = readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true });
      return files
        .filter((file) => file.isFile())
        .map((file) => readFileSync(join(file.parentPath, file.name), "utf8"))
        .join("\n");
    },
    remove: async () => remove(),
  };
}

/** In the engine's state, the name of a property that says what kind of value the others hold. */
const secretMark = "4dabf18193072939515e22adb298388d";

/** Reads what the engine wrote last, with secrets encrypted. */
function readResources(stateFile: string): readonly StateResource[] {
  const { checkpoint } = JSON.parse(readFileSync(stateFile, "utf8")) as {
    readonly checkpoint: { readonly latest?: { readonly resources?: readonly StateResource[] } };
  };
  return checkpoint.latest?.resources ?? [];
}

interface Watch {
  readonly color: "never";
  readonly onEvent: (event: EngineEvent) => void;
  readonly onOutput: (text: string) => void;
}

function stepOf(event: EngineEvent): Step[] {
  const metadata = event.resourcePreEvent?.metadata;
  if (!metadata || metadata.type.startsWith("pulumi:")) return [];
  const { op, urn, detailedDiff = {} } = metadata;
  const changes = Object.keys(detailedDiff ?? {});
  const kinds = Object.values(detailedDiff ?? {}).map(
    ({ diffKind, inputDiff }) => `${diffKind}${inputDiff ? "" : " on the host"}`,
  );
  return [{ op, urn, changes: changes.length > 0 ? changes : (metadata.diffs ?? []), kinds }];
}

interface Said extends Message {
  readonly isEphemeral: boolean;
}

function messageOf(event: EngineEvent): Said[] {
  const said = event.diagnosticEvent;
  // The engine also sends debug lines of the SDK, although the type does not say so.
  const isShown = said && ["info", "info#err", "warning", "error"].includes(said.severity);
  if (!isShown) return [];
  const { urn = "", severity, message, ephemeral = false } = said;
  return [
    { urn: urn.includes("pulumi:pulumi:Stack") ? "" : urn, severity, text: message, isEphemeral: ephemeral },
  ];
}
