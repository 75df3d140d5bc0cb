import { Command } from "commander";
import { quote } from "../provider/host/connection/quote.ts";
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

async function running(): Promise<Sandbox | null> {
  const sandbox = await status();
  if (sandbox) return sandbox;
  say("down; `up` brings it up");
  process.exitCode = 3;
  return null;
}

const program = new Command("sandbox")
  .description(
    "A libvirt host behind a private sshd on this machine, and the Pulumi engine: for tests and demos.",
  )
  .addHelpText(
    "after",
    "\nExit codes: 0 done, 1 failed, 3 not up. PULUMI_VIRSH_SANDBOX names another state folder.",
  );
program
  .command("up")
  .description("bring up what is not up; installs missing Debian packages")
  .option("--json", "print the sandbox as JSON")
  .action(async ({ json }: { json?: boolean }) => print(await up(say), json));
program
  .command("down")
  .description("end what `up` started, remove the sandbox's guests, images and state")
  .action(() => down(say));
program
  .command("status")
  .description("print the sandbox, or exit with 3")
  .option("--json", "print it as JSON")
  .action(async ({ json }: { json?: boolean }) => {
    const sandbox = await running();
    if (sandbox) print(sandbox, json);
  });
program
  .command("env")
  .description("print shell lines that make `pulumi` use the sandbox")
  .option("--json", "print the sandbox as JSON instead")
  .action(async ({ json }: { json?: boolean }) => {
    const sandbox = await running();
    if (sandbox) json ? print(sandbox, json) : printEnvironment(sandbox);
  });

program.parseAsync().catch((error: unknown) => {
  console.error(printProblem(error));
  process.exitCode = 1;
});
