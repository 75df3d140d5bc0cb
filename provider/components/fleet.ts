import * as pulumi from "@pulumi/pulumi";
import type { Placement } from "../plan/cpus/placement/types.ts";
import { Domain } from "../resources/kinds.ts";
import type { Dedicated } from "./dedicated.ts";
import { contradiction, dedicateIoThreads, ownThreadsOf } from "./dedicated.ts";
import type { FleetArgs, GuestTemplate } from "./fleetArgs.ts";
import { closeWave, measuringOf, openGate } from "./gate.ts";
import type { FleetGuest } from "./guests.ts";
import { listGuests, nameHosts } from "./guests.ts";
import { checkShape } from "./shape.ts";
import { checkGate, orderWaves } from "./waves.ts";

/**
 * Guests of one template on many hosts, changed in waves. A wave begins when all guests of the wave before are
 * created or updated and its gate passes. After a failure no later wave starts, so the guests of later waves stay
 * unchanged.
 */
export class Fleet extends pulumi.ComponentResource {
  /** The guests' Domain resources, by host and guest: `hv1/db-0`. */
  readonly domains: Readonly<Record<string, Domain>>;
  /** IO threads, their CPUs and the reasons, by host and guest; empty without `dedicatedIoThreads`. */
  readonly placement: pulumi.Output<Record<string, Placement>>;

  /** @throws Error that lists everything wrong with the arguments, each by its property */
  constructor(name: string, args: FleetArgs, options: pulumi.ComponentResourceOptions = {}) {
    super("virsh:index:Fleet", name, {}, options);
    const misshapen = checkShape(args);
    if (misshapen.length > 0) throw refusal(name, misshapen);
    const failures: string[] = [];
    const hosts = nameHosts(args, failures);
    const guests = listGuests(name, args, hosts, failures);
    const waves = orderWaves(args, hosts, guests, failures);
    failures.push(...checkGate(args, waves));
    if (args.dedicatedIoThreads)
      for (const { key, args: own } of guests) {
        const threads = ownThreadsOf(own);
        if (threads.length > 0) failures.push(contradiction(key, threads));
      }
    if (failures.length > 0) throw refusal(name, failures);
    const dedicated: Dedicated | null = args.dedicatedIoThreads
      ? dedicateIoThreads(this, name, args, hosts, guests)
      : null;
    const argsOf = (guest: FleetGuest): GuestTemplate => dedicated?.args.get(guest) ?? guest.args;
    const domains = new Map<string, Domain>();
    let before: pulumi.Resource[] = [];
    for (const wave of waves) {
      const isLast = wave === waves.at(-1);
      const step = `${name}-${wave.name}`;
      const gate = isLast ? undefined : args.gate;
      const measuring = gate && measuringOf(wave, gate, argsOf);
      const baseline = measuring && openGate(this, step, measuring, before);
      const dependsOn = baseline ? [baseline] : before;
      const made = wave.guests.map((guest) => {
        const { host, hostName, key } = guest;
        const own = { ...argsOf(guest), host, name: guest.name };
        const domain = new Domain(`${name}-${hostName}-${guest.name}`, own, { parent: this, dependsOn });
        domains.set(key, domain);
        return domain;
      });
      if (isLast) break;
      const held = gate && measuring && baseline ? { gate, measuring, baseline } : null;
      before = [closeWave(this, step, made, held)];
    }
    this.domains = Object.fromEntries(domains);
    this.placement = dedicated?.placement ?? pulumi.output<Record<string, Placement>>({});
    this.registerOutputs({ placement: this.placement });
  }
}

function refusal(name: string, failures: readonly string[]): Error {
  return new Error([`Fleet "${name}":`, ...failures].join("\n  "));
}
