import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../sandbox/folders.ts";
import type { Declared } from "./program.ts";
import { type CpuSeconds, readCpuSeconds, watchProcesses } from "./sample.ts";

/** The provider's own handlers, or empty ones ("floor"); as dynamic resources or in the plugin ("native"). */
export type Variant = "virsh" | "floor" | "native" | "native floor";

/** How Node.js loads the program: compiled before, by ts-node from its cache, or by ts-node after an edit. */
export type Loading = "javascript" | "typescript" | "edited";

/** One run of the engine's command line. */
export interface Run {
  readonly wallMs: number;
  /** CPU seconds of the whole process tree. The total is exact; its parts are sampled. */
  readonly cpuSeconds: number;
  readonly cpu: CpuSeconds;
  readonly providerPeakMiB: number;
  readonly output: string;
}

export interface RunOptions {
  readonly stack: string;
  readonly variant: Variant;
  readonly declared: Declared;
  readonly loading?: Loading;
  readonly env?: Readonly<Record<string, string>>;
  /** Configuration of the stack for this run only. */
  readonly config?: Readonly<Record<string, string>>;
}

/** An engine that writes all its files to one folder. */
export class Engine {
  readonly #folder: string;
  readonly #path: string;

  constructor(folder: string, path: readonly string[]) {
    this.#folder = folder;
    this.#path = [...path, process.env.PATH].join(":");
    for (const name of ["state", "javascript", "typescript"])
      mkdirSync(join(folder, name), { recursive: true });
    for (const loading of ["javascript", "typescript"] as const) this.#writeProject(loading);
  }

  #writeProject(loading: "javascript" | "typescript"): void {
    const folder = join(this.#folder, loading);
    const main = loading === "javascript" ? "index.js" : "index.ts";
    const plugins = `plugins:\n  providers:\n    - name: virsh\n      path: ${join(repository, "plugin")}\n`;
    writeFileSync(join(folder, "Pulumi.yaml"), `name: bench\nruntime: nodejs\nmain: ${main}\n${plugins}`);
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "bench", main }));
    symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
    if (loading === "javascript") {
      writeFileSync(join(folder, main), `require(${JSON.stringify(join(__dirname, "program.js"))});\n`);
      return;
    }
    this.#writeSource("");
    const compilerOptions = {
      target: "es2022",
      module: "node16",
      moduleResolution: "node16",
      strict: true,
      skipLibCheck: true,
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [main] }));
  }

  #project(loading: Loading): string {
    return join(this.#folder, loading === "javascript" ? "javascript" : "typescript");
  }

  /** Writes the file ourselves: `preview --config` would keep the values for later runs. */
  #writeConfig(project: string, stack: string, config: Readonly<Record<string, string>>): void {
    const file = join(project, `Pulumi.${stack}.yaml`);
    const salt = existsSync(file) ? /^encryptionsalt:.*$/m.exec(readFileSync(file, "utf8"))?.[0] : undefined;
    if (salt === undefined && Object.keys(config).length === 0) return;
    const lines = Object.entries(config).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`);
    const section = lines.length > 0 ? ["config:", ...lines] : [];
    writeFileSync(file, `${[...(salt ? [salt] : []), ...section].join("\n")}\n`);
  }

  #writeSource(edit: string): void {
    const source = readFileSync(join(repository, "tools/bench/program.ts"), "utf8");
    const text = source.replace("../../provider/index.ts", "pulumi-virsh");
    writeFileSync(join(this.#folder, "typescript/index.ts"), `${text}${edit}`);
  }

  /** @throws Error with the whole output when the engine exits with a code other than 0 */
  async run(args: readonly string[], options: RunOptions): Promise<Run> {
    const { stack, variant, declared, loading = "javascript" } = options;
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      PATH: this.#path,
      PULUMI_HOME: join(this.#folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(this.#folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "bench",
      PULUMI_SKIP_UPDATE_CHECK: "1",
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      BENCH_PROGRAM: JSON.stringify(declared),
      PULUMI_VIRSH_FRONT_END: variant.startsWith("native") ? "native" : "dynamic",
      ...(variant.endsWith("floor") ? { NODE_OPTIONS: `--require ${join(__dirname, "floor.js")}` } : {}),
      ...options.env,
    };
    this.#writeConfig(this.#project(loading), stack, options.config ?? {});
    if (loading === "edited") this.#writeSource(`// ${performance.now()}\n`);
    const argv = [...args, "--stack", stack, "--non-interactive", "--color", "never"];
    const cpuBefore = readCpuSeconds("self", true) - readCpuSeconds("self");
    const start = performance.now();
    const child = spawn("pulumi", argv, { cwd: this.#project(loading), env });
    const watch = watchProcesses(child.pid ?? 0);
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject).on("close", resolve);
    });
    const wallMs = performance.now() - start;
    const sample = watch.stop();
    if (code !== 0) throw new Error(`pulumi ${argv.join(" ")} ended with ${code}\n${output.slice(-4000)}`);
    const cpuSeconds = readCpuSeconds("self", true) - readCpuSeconds("self") - cpuBefore;
    return { wallMs, cpuSeconds, ...sample, output };
  }

  async makeStack(stack: string): Promise<void> {
    const declared: Declared = {
      hosts: [],
      guestsPerHost: 0,
      images: ["", ""],
      domainType: "qemu",
      cpuset: "0",
      overlays: null,
    };
    await this.run(["stack", "init"], { stack, variant: "floor", declared });
  }

  /** Replaces a stack's state by what `change` returns for it. */
  async rewriteState(
    options: RunOptions,
    change: (resources: readonly unknown[]) => unknown[],
  ): Promise<void> {
    const file = join(this.#folder, "state.json");
    await this.run(["stack", "export", "--file", file], options);
    const state = JSON.parse(readFileSync(file, "utf8")) as { deployment: { resources: unknown[] } };
    state.deployment.resources = change(state.deployment.resources);
    writeFileSync(file, JSON.stringify(state));
    await this.run(["stack", "import", "--file", file], options);
  }
}
