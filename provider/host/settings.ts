import type { Arguments } from "../model/arguments/field.ts";
import { settings } from "../model/arguments/provider.ts";

/**
 * Puts settings where connections look for them: into the variables of this process. What is absent stays as the
 * environment has it.
 */
export function applySettings(given: Arguments): void {
  for (const [name, { variable }] of Object.entries(settings)) {
    const value = given[name];
    if (value !== undefined && value !== null) process.env[variable] = String(value);
  }
}
