import { delimiter } from "node:path";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import { up } from "../../tools/sandbox/sandbox.ts";

let running: Promise<Sandbox> | undefined;

/** The sandbox of this test run: brought up at first use, or the one that is up. */
export function sandbox(): Promise<Sandbox> {
  running ??= bringUp();
  return running;
}

/** The Automation API looks for the engine on the PATH of this very process. */
async function bringUp(): Promise<Sandbox> {
  const sandbox = await up((line) => console.log(`    ${line}`));
  process.env.PATH = [...sandbox.path, process.env.PATH ?? ""].join(delimiter);
  return sandbox;
}

/** A domain's name that is this process's own, and that a later run sweeps away when this one dies. */
export function testName(name: string): string {
  return `tv-${process.pid}-${name}`;
}
