import { delimiter } from "node:path";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import { up } from "../../tools/sandbox/sandbox.ts";

let running: Promise<Sandbox> | undefined;

/** Returns the sandbox of this test run. Starts it at first use, unless it runs already. */
export function sandbox(): Promise<Sandbox> {
  running ??= bringUp();
  return running;
}

/** The Automation API looks for the engine on this process's own PATH. */
async function bringUp(): Promise<Sandbox> {
  const sandbox = await up((line) => console.log(`    ${line}`));
  process.env.PATH = [...sandbox.path, process.env.PATH ?? ""].join(delimiter);
  return sandbox;
}

/** Makes a domain name that belongs to this process. If the process dies, a later run removes the domain. */
export function testName(name: string): string {
  return `tv-${process.pid}-${name}`;
}
