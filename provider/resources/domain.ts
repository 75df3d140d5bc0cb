import type { CustomResourceOptions, Input, Output } from "@pulumi/pulumi";
import type { IoThreadTuning, Pending } from "./arguments.ts";
import { VirshResource } from "./resource.ts";

export interface DomainArgs {
  /** libvirt URI: "qemu+ssh://root@hv1/system", or "qemu:///system". Another host makes a new domain. */
  host: Input<string>;
  /** Name. Absent: the `<name>` in `xml`. Another one makes a new domain. */
  name?: Input<string>;
  /** UUID. Absent: the one it has, or libvirt makes one. */
  uuid?: Input<string>;
  /** "kvm", or "qemu" for emulation. Absent for a new domain: "kvm". Next boot. */
  type?: Input<string>;
  /** Whether it runs. Absent: left as it is. */
  running?: Input<boolean>;
  /** Whether it starts with its host. Absent: left as it is. Live. */
  autostart?: Input<boolean>;
  /** "256 MiB", or a number of KiB. A new domain needs it. Next boot. */
  memory?: Input<string | number>;
  /** Memory it has now, by its balloon. Absent: all of it. Live. */
  currentMemory?: Input<string | number>;
  /** Most vCPUs. Absent for a new domain: 1. Next boot. */
  vcpus?: Input<number>;
  /** Machine type, such as "q35". Next boot. */
  machine?: Input<string>;
  /** Architecture. Absent for a new domain: the host's. Next boot. */
  arch?: Input<string>;
  /** Text for people. Live. */
  title?: Input<string>;
  /** Longer text for people. Live. */
  description?: Input<string>;
  /** Number of IO threads (ids from 1), or a list with ids. Others' threads are left alone. Live. */
  ioThreads?: Input<number | Input<IoThreadTuning & { id: Input<number> }>[]>;
  /** Any `<domain>` XML, laid under the other arguments. */
  xml?: Input<string>;
  /** Spare PCIe root ports of a new q35 domain. Absent: 8. */
  hotplugSlots?: Input<number>;
  /** Seconds that the guest has to power off when asked to. Absent: 60. */
  shutdownTimeoutSeconds?: Input<number>;
  /** Whether a guest that did not power off in time is cut off. Absent: no, that is an error. */
  forceOff?: Input<boolean>;
  /** More of libvirt's fields are typed: see the table of arguments in model/arguments/domain.ts. */
  [field: string]: unknown;
}

/** A persistent domain of a libvirt host. What it does not declare is left as it is. */
export class Domain extends VirshResource {
  declare readonly name: Output<string>;
  declare readonly uuid: Output<string>;
  /** "running", "shut off", "paused" … */
  declare readonly state: Output<string>;
  /** What waits for the next power cycle; empty when the running guest is as defined. */
  declare readonly pendingRestart: Output<Pending[]>;

  constructor(name: string, args: DomainArgs, options?: CustomResourceOptions) {
    super(
      "Domain",
      name,
      { ...args, uuid: args.uuid, name: args.name, state: undefined, pendingRestart: undefined },
      options,
    );
  }
}
