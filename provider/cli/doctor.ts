import type { Command } from "commander";
import { closeConnections } from "../host/connections.ts";
import { examineHost } from "../host/doctor/read.ts";
import { checkHost } from "../plan/doctor/check.ts";
import { printDoctor } from "../report/doctor.ts";
import { complain, say, sayJson } from "./say.ts";

const help = `
Each line is ok, a note (it works, and something does not or is worth knowing) or a problem, with the remedy. Nothing on
a host changes, and nothing waits for a domain that is busy.

Exit codes: 0 no problem, 2 a problem on some host, 1 failed.

  pulumi-virsh doctor qemu+ssh://root@hv1/system qemu+ssh://root@hv2/system
  pulumi-virsh doctor qemu:///system --json`;

/** Adds `pulumi-virsh doctor`, which checks whether hosts can be used and what would not work there. */
export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description("say whether hosts can be used, and what would not work there")
    .argument("<uri...>", "libvirt URIs of the hosts, e.g. qemu+ssh://root@hv1/system")
    .option("--json", "print JSON")
    .addHelpText("after", help)
    .action(async (uris: string[], { json }: { readonly json?: boolean }) => {
      try {
        const hosts = await Promise.all(
          uris.map(async (uri) => {
            const facts = await examineHost(uri);
            return { host: facts.host, lines: checkHost(facts) };
          }),
        );
        if (json) sayJson({ hosts });
        else say(printDoctor(hosts));
        const isBad = hosts.some(({ lines }) => lines.some(({ verdict }) => verdict === "problem"));
        process.exitCode = isBad ? 2 : 0;
      } catch (cause) {
        complain(cause);
        process.exitCode = 1;
      } finally {
        await closeConnections();
      }
    });
}
