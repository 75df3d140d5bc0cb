import { HostError, PartialFailure } from "../errors.ts";
import type { Connection } from "./connection.ts";
import { interruptedBy } from "./interruption.ts";
import { readDomain } from "./read.ts";

/** Milliseconds for the last look at a domain after an interrupt: all of it ends within a second. */
const lookMs = 600;

/** An error that tells of an interrupt says as well what is true of the domain now. */
export async function withTruth(connection: Connection, name: string, error: unknown): Promise<unknown> {
  const inner = error instanceof PartialFailure ? error.cause : error;
  if (!(inner instanceof HostError) || inner.code !== "interrupted") return error;
  const truth = await interruptedBy(AbortSignal.timeout(lookMs), () => readDomain(connection, name)).then(
    ({ domain }) => (domain ? `"${name}" is ${domain.state} now` : `"${name}" is not on the host now`),
    () => `what is true of "${name}" now could not be read in time`,
  );
  const told = new Error(`${inner.message}\n${truth}`, { cause: inner });
  if (!(error instanceof PartialFailure)) return told;
  return new PartialFailure(error.id, told, error.outputs);
}
