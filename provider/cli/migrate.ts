import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import { visibleJson } from "../model/values/visible.ts";
import { migrateState } from "./migrateState.ts";
import { complain } from "./say.ts";

interface MigrateOptions {
  readonly file?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** Adds `pulumi-virsh migrate`, which touches no guest. Exits 0 when done, 2 when there is nothing to do. */
export function addMigrate(program: Command): void {
  program
    .command("migrate")
    .description("turn a stack's dynamic resources into those of the native plugin, in its exported state")
    .option("--file <file>", "what `pulumi stack export` wrote; default: standard input")
    .option("--out <file>", "where the new state goes; default: standard output")
    .option("--json", "say what was done as JSON, on standard error")
    .addHelpText(
      "after",
      `
  pulumi stack export --file old.json
  pulumi-virsh migrate --file old.json --out new.json
  pulumi stack import --file new.json
  pulumi config set virsh:frontEnd native     and name the plugin in Pulumi.yaml
  pulumi preview                              shows no change

Keep old.json: importing it again is the way back. Exit codes: 0 done, 2 nothing to do, 1 failed.`,
    )
    .action((options: MigrateOptions) => {
      try {
        process.exitCode = migrate(options);
      } catch (cause) {
        complain(cause);
        process.exitCode = 1;
      }
    });
}

function migrate({ file, out, json }: MigrateOptions): number {
  const { state, urns } = migrateState(parse(readFileSync(file ?? 0, "utf8")), randomUUID);
  const text = `${visibleJson(state, null, 2)}\n`;
  if (out === undefined) process.stdout.write(text);
  else writeFileSync(out, text, { mode: 0o600 });
  const told = json ? JSON.stringify({ migrated: urns }) : `${urns.length} resources became native ones`;
  process.stderr.write(`${told}\n`);
  return urns.length === 0 ? 2 : 0;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error("this is no JSON; make the state with: pulumi stack export", { cause });
  }
}
