import { spawn } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { quote } from "../provider/host/connection/quote.ts";
import { closeConnections, connectionTo } from "../provider/host/connections.ts";
import { readDomain } from "../provider/host/read/read.ts";
import { parseCpuset } from "../provider/model/values/cpuset.ts";
import type { DomainFacts } from "../provider/plan/situation/facts.ts";
import { printPicture } from "./demo/picture.ts";
import { repository, sandboxFolder, shortHash } from "./sandbox/folders.ts";
import { printProblem } from "./sandbox/problem.ts";
import { mustRun } from "./sandbox/run.ts";
import type { Sandbox } from "./sandbox/sandbox.ts";
import { down, status, up } from "./sandbox/sandbox.ts";

const say = (line: string): void => console.log(`demo: ${line}`);
const title = (line: string): void => console.log(`\n\x1b[1m── ${line}\x1b[0m`);

const folder = join(sandboxFolder(), "demo");
/** Pulumi keeps the stack's configuration next to the repository's Pulumi.yaml. Git ignores this file. */
const config = join(repository, "Pulumi.demo.yaml");
/** The demo's own guest. The hash keeps its name from clashing with other guests. */
const guest = `hello-${shortHash(sandboxFolder())}`;

/** Runs `pulumi` as a user would, with its output on this terminal. @throws Error when it fails */
function pulumi(sandbox: Sandbox, ...args: string[]): Promise<void> {
  const argv = [...args, "--cwd", repository, "--stack", "demo"];
  console.log(`$ pulumi ${args.join(" ")}`);
  const child = spawn("pulumi", argv, { stdio: "inherit", env: environment(sandbox) });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`pulumi ${args[0]} ended with ${code}`)),
    );
  });
}

function environment(sandbox: Sandbox): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: [...sandbox.path, process.env.PATH].join(":"),
    ...engineSettings(),
  };
}

/** Variables that make `pulumi` use the demo's own state. */
function engineSettings(): Readonly<Record<string, string>> {
  return {
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "demo",
    PULUMI_SKIP_UPDATE_CHECK: "1",
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
  };
}

async function factsOf(sandbox: Sandbox): Promise<DomainFacts> {
  const { domain } = await readDomain(connectionTo(sandbox.uri), guest);
  if (!domain) throw new Error(`there is no guest ${guest}`);
  return domain;
}

/** Shows the guest as libvirt and the kernel see it. */
function show(domain: DomainFacts): void {
  console.log(`${domain.name}: ${domain.state}, QEMU is process ${domain.qemuPid}`);
  console.log("IO thread   kernel's thread   CPUs allowed   polls up to");
  for (const { id, threadId, cpusAllowed, pollMaxNs } of domain.ioThreads) {
    const cells = [String(id).padEnd(11), String(threadId).padEnd(17), String(cpusAllowed).padEnd(14)];
    console.log(`${cells.join(" ")} ${pollMaxNs} ns`);
  }
}

/** Chooses a CPU that the last thread is not pinned to. */
function otherCpu(sandbox: Sandbox, domain: DomainFacts | null): number {
  const now = parseCpuset(domain?.ioThreads.at(-1)?.cpusAllowed ?? "") ?? [];
  const other = sandbox.cpus.find((cpu) => now.length !== 1 || cpu !== now[0]);
  return other ?? sandbox.cpus[0] ?? 0;
}

async function set(sandbox: Sandbox, values: Readonly<Record<string, string>>): Promise<void> {
  const pairs = Object.entries(values).flatMap(([name, value]) => [
    "--plaintext",
    `pulumi-virsh:${name}=${value}`,
  ]);
  await pulumi(sandbox, "config", "set-all", ...pairs);
}

/** Returns what `pulumi …` prints on a terminal with colours, for a picture. @throws Error when it fails */
async function printed(sandbox: Sandbox, ...args: string[]): Promise<string> {
  const argv = [...args, "--color", "always", "--cwd", repository, "--stack", "demo"];
  // Merge standard error into standard output, so that messages appear between the other lines.
  const together = ["sh", "-c", 'exec "$@" 2>&1', "sh"];
  const said = await mustRun([...together, "pulumi", ...argv], {
    env: environment(sandbox),
    timeoutMs: 120_000,
  });
  return said.replaceAll(guest, "hello");
}

async function run({ picture }: { readonly picture?: string }): Promise<void> {
  title("1. What it needs: libvirt and QEMU, a private sshd, the Pulumi engine");
  const sandbox = await up(say);
  for (const name of ["home", "state"]) mkdirSync(join(folder, name), { recursive: true });
  process.env.PATH = [...sandbox.path, process.env.PATH].join(":");
  await pulumi(sandbox, "stack", "select", "--create");
  const { uri: host, acceleratedType: type, imagesDir } = sandbox;
  const before = await factsOf(sandbox).catch(() => null);
  const image = join(imagesDir, "data.raw");
  const cpuset = String(before ? otherCpu(sandbox, before) : (sandbox.cpus[0] ?? 0));
  await set(sandbox, { host, type, image, name: guest, cpuset });

  title("2. pulumi up: a guest with IO threads, a pin, a disk and a controller, over SSH");
  await pulumi(sandbox, "up", "--yes", "--skip-preview");

  title("3. What runs now, as libvirt and the kernel say");
  const made = await factsOf(sandbox);
  show(made);

  const target = otherCpu(sandbox, made);
  title(
    `4. One pin changes: IO thread ${made.ioThreads.at(-1)?.id} to CPU ${target}; the preview says what it costs`,
  );
  await set(sandbox, { cpuset: String(target) });
  await pulumi(sandbox, "preview", "--diff");
  if (picture !== undefined)
    writeFileSync(
      picture,
      printPicture("pulumi preview", await printed(sandbox, "preview", "--diff", "--suppress-outputs")),
    );

  title("5. pulumi up: applied to the running guest");
  await pulumi(sandbox, "up", "--yes", "--skip-preview");
  const changed = await factsOf(sandbox);
  show(changed);
  const isSame = made.qemuPid === changed.qemuPid && made.qemuStartTime === changed.qemuStartTime;
  if (!isSame) throw new Error("the guest was restarted");
  console.log(
    `not restarted: QEMU is still process ${changed.qemuPid}, started at tick ${changed.qemuStartTime}`,
  );

  title("6. The preview after it is empty");
  await pulumi(sandbox, "preview", "--expect-no-changes");
  console.log(`\nThe guest is ${guest}; look at it: virsh -c qemu:///system iothreadinfo ${guest}`);
  console.log('Go on with it: eval "$(npm run -s demo env)", then pulumi preview in this folder.');
  console.log("npm run demo:down removes all of it.");
}

/** Prints shell lines: after `eval "$(… env)"`, `pulumi` in this shell uses the demo's stack. */
async function printEnvironment(): Promise<void> {
  const sandbox = await status();
  if (!sandbox || !existsSync(config)) {
    console.error("the demo is not up; npm run demo brings it up");
    process.exitCode = 3;
    return;
  }
  for (const [name, value] of Object.entries(engineSettings())) console.log(`export ${name}=${quote(value)}`);
  console.log(`export PATH=${sandbox.path.map(quote).join(":")}:"$PATH"`);
}

async function remove(): Promise<void> {
  const sandbox = await status();
  if (sandbox && existsSync(config)) {
    title("pulumi destroy");
    await pulumi(sandbox, "destroy", "--yes", "--skip-preview", "--remove");
  }
  await down(say);
  rmSync(folder, { recursive: true, force: true });
  rmSync(config, { force: true });
}

const program = new Command("demo").description(
  "Brings a guest up on this machine through the real Pulumi engine, changes it live, and proves it. As root, on Debian.",
);
program
  .command("up", { isDefault: true })
  .description("run the demo")
  .option("--picture <file>", "write the preview as a picture of a terminal (SVG)")
  .action(run);
program
  .command("env")
  .description("print shell lines that make `pulumi` use the demo's stack, or exit with 3")
  .action(printEnvironment);
program.command("down").description("remove the guest, the sandbox and their files").action(remove);
program
  .parseAsync()
  .catch((error: unknown) => {
    console.error(printProblem(error));
    process.exitCode = 1;
  })
  .finally(() => closeConnections());
