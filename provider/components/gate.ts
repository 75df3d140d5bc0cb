import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { FleetGate, GuestTemplate } from "./fleetArgs.ts";
import type { FleetGuest } from "./guests.ts";
import { FleetStep } from "./step.ts";
import type { NamedWave } from "./waves.ts";

/** What a gate measures. It measures again when the trigger changes. */
export interface GateInputs {
  readonly guests: Readonly<Record<string, { readonly host: string; readonly domain: string }>>;
  readonly seconds: number;
  readonly histogram: boolean;
  readonly trigger: pulumi.Output<string>;
}

export function measuringOf(
  { guests }: NamedWave,
  { seconds = 30, histogram = false }: FleetGate,
  argsOf: (guest: FleetGuest) => GuestTemplate,
): GateInputs {
  const places = guests.map(({ key, host, name }) => [key, { host, domain: name }] as const);
  const args = guests.map((guest) => pulumi.output(argsOf(guest)));
  // The arguments may be secret; then the digest is secret too.
  const trigger = pulumi
    .all(args)
    .apply((plain) => createHash("sha256").update(JSON.stringify(plain)).digest("hex"));
  return { guests: Object.fromEntries(places), seconds, histogram, trigger };
}

/** Takes profiles of a wave's guests before they change. */
export function openGate(
  fleet: pulumi.Resource,
  name: string,
  measuring: GateInputs,
  dependsOn: readonly pulumi.Resource[],
): FleetStep {
  return new FleetStep(
    "Baseline",
    name,
    { ...measuring, before: undefined },
    { parent: fleet, dependsOn: [...dependsOn] },
  );
}

/**
 * Ends a wave; the next wave depends on this one resource. If each guest depended on every guest of the wave before,
 * the state would grow with their product.
 */
export function closeWave(
  fleet: pulumi.Resource,
  name: string,
  domains: readonly pulumi.Resource[],
  held: { readonly measuring: GateInputs; readonly gate: FleetGate; readonly baseline: FleetStep } | null,
): FleetStep {
  const limits = held && {
    ...held.measuring,
    maxMeanRatio: held.gate.maxMeanRatio,
    maxP50Ratio: held.gate.maxP50Ratio,
    before: (held.baseline as unknown as { before: pulumi.Output<unknown> }).before,
  };
  const outputs = held ? { verdicts: undefined } : {};
  return new FleetStep("Wave", name, { ...limits, ...outputs }, { parent: fleet, dependsOn: [...domains] });
}
