#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { addDiff } from "./diff.ts";
import { addMigrate } from "./migrate.ts";

const program = new Command("pulumi-virsh").description("KVM guests as code").exitOverride();
addDiff(program);
addMigrate(program);
try {
  program.parse();
} catch (cause) {
  if (!(cause instanceof CommanderError)) throw cause;
  process.exitCode = cause.exitCode === 0 ? 0 : 1;
}
