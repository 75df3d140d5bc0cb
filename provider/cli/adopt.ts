import { readFileSync } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import type { Command } from "commander";
import { quote } from "../host/connection/quote.ts";
import { closeConnections } from "../host/connections.ts";
import { adoptHosts } from "../operations/adopt.ts";
import type { AdoptedHost } from "../plan/adopt/adopted.ts";
import { findSecret, printProgram } from "../report/program/program.ts";
import { printSummary, summaryOf } from "../report/program/summary.ts";
import { writeProgram } from "./adoptFolder.ts";
import { complain, say, sayJson } from "./say.ts";

interface AdoptOptions {
  readonly domain: readonly string[];
  readonly out?: string;
  readonly secret?: string;
  readonly json?: boolean;
  readonly storage: boolean;
}

const help = `
The folder gets Pulumi.yaml, package.json, tsconfig.json, index.ts and a README.md that says what to do next. A folder
that holds something else is left alone, and so is one whose files were edited since.

Exit codes: 0 written (or the same as before), 2 written, and some domains are not part of it, 1 failed.

  pulumi-virsh adopt qemu+ssh://root@hv1/system --out guests
  pulumi-virsh adopt qemu:///system --domain web --domain db --out guests
  pulumi-virsh adopt qemu:///system --secret web-graphics-passwd | pulumi config set --secret web-graphics-passwd`;

/** Adds `pulumi-virsh adopt`, which reads hosts and writes a program. It changes nothing on a host. */
export function addAdopt(program: Command): void {
  program
    .command("adopt")
    .description("write a Pulumi program that takes over the guests of hosts as they are")
    .argument("<uri...>", "libvirt URIs of the hosts, e.g. qemu+ssh://root@hv1/system")
    .option("--domain <name...>", "only these domains; default: all", [])
    .option("--out <folder>", "where the program goes")
    .option("--no-storage", "leave pools and volumes out: disks are paths")
    .option("--secret <key>", "in place of writing: hand this secret of a guest to a pipe")
    .option("--json", "say what was done as JSON")
    .addHelpText("after", help)
    .action(async (uris: string[], options: AdoptOptions) => {
      try {
        process.exitCode = await adopt(uris, options);
      } catch (cause) {
        complain(cause);
        process.exitCode = 1;
      } finally {
        await closeConnections();
      }
    });
}

async function adopt(uris: readonly string[], options: AdoptOptions): Promise<number> {
  const { domain, out, secret, json, storage } = options;
  if ((out === undefined) === (secret === undefined)) throw new Error("adopt needs --out, or --secret alone");
  const hosts = await adoptHosts(uris, domain, storage && secret === undefined);
  if (secret !== undefined) return tellSecret(hosts, secret);
  const folder = resolve(out ?? "");
  const files = printProgram(hosts, {
    project: basename(folder).replace(/[^A-Za-z0-9_.-]+/g, "-") || "guests",
    dependency: dependencyFrom(folder),
    printWords: (uri, name) => [uri, "--domain", name].map(printWord).join(" "),
  });
  const changed = writeProgram(folder, files);
  const summary = summaryOf(hosts, changed);
  if (json) sayJson(summary);
  else say(printSummary(summary, out ?? ""));
  return summary.left.length > 0 ? 2 : 0;
}

/** Writes a secret to a pipe. A terminal would keep it on its screen. */
function tellSecret(hosts: readonly AdoptedHost[], key: string): number {
  if (process.stdout.isTTY)
    throw new Error(`--secret writes to a pipe only: … | pulumi config set --secret ${key}`);
  const value = findSecret(hosts, key);
  if (value === null)
    throw new Error(`there is no secret "${key}"; the README of the written program names all`);
  process.stdout.write(value);
  return 0;
}

const printWord = (word: string) => (/^[\w:/@.+-]+$/.test(word) ? word : quote(word));

/** What package.json of the program depends on: the version of an installed package, else the path to this folder. */
function dependencyFrom(folder: string): string {
  const root = join(__dirname, "../../..");
  if (root.split(sep).includes("node_modules")) {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    return `^${version}`;
  }
  return `file:${relative(folder, root)}`;
}
