import type { HostError } from "../../errors.ts";
import type { DoctorFailure } from "../../plan/doctor/facts.ts";

/** An error as a fact: what failed, in one line, and what to do. */
export function failureOf(error: HostError): DoctorFailure {
  const { code, message, remedy } = error;
  const said = remedy === "" ? message : message.slice(0, -remedy.length);
  return { code, said: said.trim().replaceAll("\n", ": "), remedy };
}
