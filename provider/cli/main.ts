#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { addAdopt } from "./adopt.ts";
import { addCompare } from "./compare.ts";
import { addDiff } from "./diff.ts";
import { addDoctor } from "./doctor.ts";
import { addMeasure } from "./measure.ts";
import { addMigrate } from "./migrate.ts";
import { endWithOutput } from "./output.ts";
import { addReport } from "./report.ts";
import { addTop } from "./top.ts";

endWithOutput();
const program = new Command("pulumi-virsh").description("KVM guests as code").exitOverride();
addDiff(program);
addReport(program);
addTop(program);
addMeasure(program);
addCompare(program);
addMigrate(program);
addAdopt(program);
addDoctor(program);
program.parseAsync().catch((cause: unknown) => {
  if (!(cause instanceof CommanderError)) throw cause;
  process.exitCode = cause.exitCode === 0 ? 0 : 1;
});
