import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { cacheFolder, repository, shortHash } from "./folders.ts";
import { withLock } from "./lock.ts";
import { Problem } from "./problem.ts";
import { findProgram, mustRun, run } from "./run.ts";

/** The engine version that we develop against, and the oldest that we use from PATH. */
const version = "3.250.0";
const cache = cacheFolder(`engine-${version}`);
const modules = {
  pulumi: {
    folder: "pulumi",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    flags: `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`,
    takes: "about 4 minutes on 2 cores",
  },
  "pulumi-language-nodejs": {
    folder: "language-hosts",
    package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    flags: "-s -w",
    takes: "about half a minute",
  },
  "pulumi-language-python": {
    folder: "language-hosts",
    package: "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python",
    flags: "-s -w",
    beside: ["python/cmd/pulumi-language-python-exec"],
    takes: "a few seconds",
  },
  "pulumi-language-yaml": {
    folder: "yaml",
    package: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
    flags: "-s -w",
    takes: "about a minute",
  },
  "pulumi-virsh-sdk": {
    folder: "pulumi",
    package: "./sdk",
    source: "sdk/main.go",
    flags: "-s -w",
    takes: "about 2 minutes",
  },
} as const;
export type Program = keyof typeof modules;
export const programs = Object.keys(modules) as readonly Program[];
/** Programs that every sandbox needs. The others are built on demand. */
const always: readonly Program[] = ["pulumi", "pulumi-language-nodejs", "pulumi-language-python"];

/**
 * Returns the folders to put first in PATH for the engine and its Node.js language host. Uses an installed
 * Pulumi (3.250 or newer, below 4). Without one, builds both once from Go modules into a cache that all
 * clones share.
 */
export async function findEngine(say: (line: string) => void): Promise<readonly string[]> {
  const installed = await installedEngine();
  if (installed) return existsSync(join(installed, launcher)) ? [installed] : [installed, launcherFolder];
  const bin = join(cache, "bin");
  for (const program of always) await build(program, bin, say);
  // Put it next to the engine, as an installed Pulumi does. The engine warns about one from PATH.
  if (!existsSync(join(bin, launcher))) {
    const part = join(bin, `${launcher}.${process.pid}.part`);
    copyFileSync(join(launcherFolder, launcher), part);
    renameSync(part, join(bin, launcher));
  }
  return [bin];
}

/** Starts dynamic providers. Finds the SDK from the program's folder. */
const launcher = "pulumi-resource-pulumi-nodejs";
const launcherFolder = join(repository, "node_modules/@pulumi/pulumi");

/**
 * Returns the path of a program: the one on PATH if its source is not in this repository, else one that is
 * built once.
 */
export async function findOrBuild(program: Program, say: (line: string) => void): Promise<string> {
  const isOwn = "source" in modules[program];
  const installed = isOwn ? null : await findProgram(program);
  if (installed !== null) return installed;
  const bin = join(cache, "bin");
  await build(program, bin, say);
  return join(bin, fileOf(program));
}

/** Names a program's file. A program built from this clone's source has the source's hash in its name. */
function fileOf(program: Program): string {
  const entry = modules[program];
  if (!("source" in entry)) return program;
  const source = readFileSync(join(repository, "tools/engine", entry.folder, entry.source), "utf8");
  return `${program}-${shortHash(source)}`;
}

/** Returns the folder of a suitable `pulumi` on PATH with its Node.js language host next to it, or `null`. */
async function installedEngine(): Promise<string | null> {
  const path = await findProgram("pulumi");
  if (path === null || (await findProgram("pulumi-language-nodejs")) === null) return null;
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "1" };
  const said = (await run([path, "version"], { env })).stdout;
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(said) ?? [];
  return major === "3" && Number(minor) >= 250 ? dirname(path) : null;
}

/** Lists files of the module that a program expects next to itself. */
function besides(program: Program): readonly string[] {
  const entry = modules[program];
  return "beside" in entry ? entry.beside : [];
}

function isBuilt(program: Program, bin: string): boolean {
  return [fileOf(program), ...besides(program).map((file) => basename(file))].every((name) =>
    existsSync(join(bin, name)),
  );
}

async function build(program: Program, bin: string, say: (line: string) => void): Promise<void> {
  const target = join(bin, fileOf(program));
  if (isBuilt(program, bin)) return;
  if ((await findProgram("go")) === null) {
    throw new Problem(
      `no ${program} on PATH, and no Go to build it with`,
      `install Pulumi ${version} or newer (https://www.pulumi.com/docs/install/), or Go 1.25 or newer`,
    );
  }
  await withLock(join(cache, `${program}.lock`), async () => {
    if (isBuilt(program, bin)) return;
    const { folder, package: name, flags, takes } = modules[program];
    say(`building ${program} from Go modules, once (${takes})`);
    mkdirSync(bin, { recursive: true });
    const env = { ...process.env, GOFLAGS: "-mod=readonly", CGO_ENABLED: "0" };
    const argv = ["go", "build", "-ldflags", flags, "-o", `${target}.part`, name];
    await mustRun(argv, { cwd: join(repository, "tools/engine", folder), env, timeoutMs: 1_200_000 });
    for (const file of besides(program)) await copyFromModule(folder, file, bin);
    renameSync(`${target}.part`, target);
  });
}

/** Copies a script of the SDK's module that a language host expects next to itself. */
async function copyFromModule(folder: string, file: string, bin: string): Promise<void> {
  const argv = ["go", "list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi/sdk/v3"];
  const module = await mustRun(argv, { cwd: join(repository, "tools/engine", folder) });
  const target = join(bin, basename(file));
  copyFileSync(join(module.trim(), file), target);
  chmodSync(target, 0o755);
}
