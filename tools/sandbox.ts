import { spawnSync } from "node:child_process";
import { Command } from "commander";
import { quote } from "../provider/host/connection/quote.ts";
import { enter } from "./sandbox/newer/enter.ts";
import { downNewer, findNewer, listNewer, readSandbox, upNewer } from "./sandbox/newer/host.ts";
import { type NewerLibvirt, parseLibvirt } from "./sandbox/newer/releases.ts";
import { printProblem } from "./sandbox/problem.ts";
import { down, type Sandbox, status, up } from "./sandbox/sandbox.ts";

const say = (line: string): void => console.error(`sandbox: ${line}`);

function print(sandbox: Sandbox, asJson: boolean | undefined): void {
  const lines = Object.entries(sandbox).map(([name, value]) => `${name.padEnd(11)} ${value}`);
  console.log(asJson ? JSON.stringify(sandbox, null, 2) : lines.join("\n"));
}

/** Prints shell lines: after `eval "$(… env)"`, `pulumi` in this shell uses the sandbox. */
function printEnvironment({ uri, folder, path }: Sandbox): void {
  console.log(`export VIRSH_HOST=${quote(uri)}`);
  console.log(`export PULUMI_VIRSH_SANDBOX=${quote(folder)}`);
  console.log(`export PATH=${path.map(quote).join(":")}:"$PATH"`);
}

interface Options {
  readonly json?: boolean;
  readonly listen?: string;
  readonly libvirt?: NewerLibvirt;
}

async function running(libvirt: NewerLibvirt | undefined): Promise<Sandbox | null> {
  const host = libvirt && findNewer(libvirt);
  const sandbox = libvirt ? host && readSandbox(host) : await status();
  if (sandbox) return sandbox;
  say(`down; \`up${libvirt ? ` --libvirt ${libvirt}` : ""}\` brings it up`);
  process.exitCode = 3;
  return null;
}

/** Runs a command where this libvirt is the machine's. */
function runThere(words: readonly string[], { libvirt }: Options): void {
  const host = libvirt && findNewer(libvirt);
  if (!host) {
    say(`no host with libvirt ${libvirt} is up`);
    process.exitCode = 3;
    return;
  }
  const [program = "", ...rest] = [...enter(host), ...words];
  process.exitCode = spawnSync(program, rest, { stdio: "inherit" }).status ?? 1;
}

const program = new Command("sandbox")
  .description(
    "A libvirt host behind a private sshd on this machine, and the Pulumi engine: for tests and demos.",
  )
  .addHelpText(
    "after",
    "\nExit codes: 0 done, 1 failed, 3 not up. PULUMI_VIRSH_SANDBOX names another state folder.",
  );
const newer: [string, string, typeof parseLibvirt] = [
  "--libvirt <major>",
  "11 or 12: a host of its own with this libvirt, in namespaces; absent: this machine's libvirt",
  parseLibvirt,
];
program
  .command("up")
  .description("bring up what is not up; installs missing Debian packages")
  .option("--json", "print the sandbox as JSON")
  .option("--listen <address>", "an address of its sshd besides 127.0.0.1")
  .option(...newer)
  .action(async ({ json, listen, libvirt }: Options) =>
    print(libvirt ? readSandbox(await upNewer(libvirt, say)) : await up(say, listen ? [listen] : []), json),
  );
program
  .command("down")
  .description("end what `up` started, remove the sandbox's guests, images and state")
  .option("--libvirt <major>", "11 or 12: only the host with this libvirt", parseLibvirt)
  .action(({ libvirt }: Options) => (libvirt ? downNewer(libvirt, say) : down(say)));
program
  .command("status")
  .description("print the sandbox, or exit with 3")
  .option("--json", "print it as JSON")
  .option(...newer)
  .action(async ({ json, libvirt }: Options) => {
    if (!libvirt) for (const each of listNewer()) say(`libvirt ${each} is up: see --libvirt ${each}`);
    const sandbox = await running(libvirt);
    if (sandbox) print(sandbox, json);
  });
program
  .command("env")
  .description("print shell lines that make `pulumi` use the sandbox")
  .option("--json", "print the sandbox as JSON instead")
  .option(...newer)
  .action(async ({ json, libvirt }: Options) => {
    const sandbox = await running(libvirt);
    if (sandbox) json ? print(sandbox, json) : printEnvironment(sandbox);
  });
program
  .command("run")
  .description("run a command in the host with this libvirt, from this clone's folder")
  .argument("<command...>", "after --")
  .requiredOption(...newer)
  .action(runThere);

program.parseAsync().catch((error: unknown) => {
  console.error(printProblem(error));
  process.exitCode = 1;
});
