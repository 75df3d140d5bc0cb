import { dirname, join } from "node:path";
import { closeConnections, connectionTo } from "../../provider/host/connections.ts";
import { type Act, firstUp } from "./acts.ts";
import type { Engine, Loading, Run, Variant } from "./engine.ts";
import { defineGuests, guestUuid } from "./guests.ts";
import type { Counts, Hosts } from "./host.ts";
import type { Declared } from "./program.ts";

/** What was run, without the figures. */
export interface Case {
  readonly section: "guests" | "delay" | "hosts" | "options" | "many" | "fronts" | "storage";
  readonly act: Act["name"];
  readonly variant: Variant;
  readonly hosts: number;
  readonly guestsPerHost: number;
  /** Volumes on the host that are overlays of one image. */
  readonly overlays: number;
  /** Whether the host is libvirt's test driver behind a virsh that repeats its answers, instead of QEMU. */
  readonly isStandIn: boolean;
  readonly delayMs: number;
  /** Engine option or way of loading; empty for none. */
  readonly option: string;
}

export interface Measurement {
  readonly case: Case;
  readonly run: Omit<Run, "output">;
  readonly counts: Counts;
}

/** Numbers the stacks, because several parts of a bench may use the same size. */
let beds = 0;

/** One stack per variant on the same hosts, with the current value of each stack's first pin. */
export class Bed {
  readonly #engine: Engine;
  readonly #hosts: Hosts;
  readonly #guestsPerHost: number;
  readonly #done: (measured: Measurement) => void;
  readonly #cpusets = new Map<Variant, Declared["cpuset"]>();
  readonly #name: string;
  readonly #variants: readonly Variant[];
  readonly #overlays: number;

  constructor(
    engine: Engine,
    hosts: Hosts,
    guestsPerHost: number,
    done: (measured: Measurement) => void,
    variants: readonly Variant[] = ["floor", "virsh"],
    overlays = 0,
  ) {
    this.#overlays = overlays;
    this.#variants = variants;
    this.#engine = engine;
    this.#hosts = hosts;
    this.#guestsPerHost = guestsPerHost;
    this.#done = done;
    this.#name = `${++beds}-${hosts.uris.length}x${guestsPerHost}`;
  }

  async makeStacks(): Promise<void> {
    for (const variant of this.#variants) await this.#engine.makeStack(this.#stack(variant));
  }

  /**
   * Creates stacks for guests that were defined without the engine, by repeating the state of the last guest.
   */
  async seedStacks(): Promise<void> {
    const [uri = ""] = this.#hosts.uris;
    const { images, domainType } = this.#hosts;
    await defineGuests(connectionTo(uri), images, this.#guestsPerHost);
    await closeConnections();
    await this.makeStacks();
    const declared: Declared = {
      hosts: this.#hosts.uris,
      guestsPerHost: Math.min(2, this.#guestsPerHost),
      images,
      domainType,
      cpuset: "0",
      overlays: null,
    };
    for (const variant of this.#variants) {
      const options = { stack: this.#stack(variant), variant, declared };
      await this.#engine.run(firstUp.args, options);
      await this.#engine.rewriteState(options, (resources) => {
        const text = JSON.stringify(resources.at(-1));
        const last = Number(/bench-0-(\d)"/.exec(text)?.[1]);
        const others = Array.from({ length: this.#guestsPerHost - 2 }, (_, at) =>
          text
            .replaceAll(new RegExp(`\\bbench-0-${last}\\b`, "g"), `bench-0-${at + 2}`)
            .replaceAll(new RegExp(`\\bbench-${last}(?![-\\d])`, "g"), `bench-${at + 2}`)
            .replaceAll(guestUuid(last), guestUuid(at + 2)),
        );
        return [...resources, ...others.map((each) => JSON.parse(each) as unknown)];
      });
    }
  }

  #stack(variant: Variant): string {
    return `${variant.replace(" ", "-")}-${this.#name}`;
  }

  /** Runs one act and checks that the engine did what we measure. */
  async run(
    act: Act,
    section: Case["section"],
    variant: Variant,
    options: {
      delayMs?: number;
      option?: string;
      env?: Record<string, string>;
      config?: Record<string, string>;
      args?: string[];
      loading?: Loading;
    } = {},
  ): Promise<void> {
    const { delayMs = 0, option = "", env = {}, config = {}, args = [], loading = "javascript" } = options;
    const { uris, images, domainType } = this.#hosts;
    const before = this.#cpusets.get(variant) ?? "0";
    const after = act.isChange ? (before === "0" ? "0-1" : "0") : before;
    const overlays =
      this.#overlays === 0
        ? null
        : { folder: join(dirname(dirname(images[0])), "pool"), count: this.#overlays };
    const declared = {
      hosts: uris,
      guestsPerHost: this.#guestsPerHost,
      images,
      domainType,
      cpuset: after,
      overlays,
    };
    this.#hosts.delay(delayMs);
    await this.#hosts.reset();
    const { output, ...run } = await this.#engine.run([...act.args, ...args], {
      stack: this.#stack(variant),
      variant,
      declared,
      loading,
      env,
      config,
    });
    const counts = this.#hosts.read();
    if (!act.says.test(output))
      throw new Error(`${act.name} (${variant}) did not say ${act.says}\n${output}`);
    if (act.name === "one change up") this.#cpusets.set(variant, after);
    this.#done({
      case: {
        section,
        act: act.name,
        variant,
        hosts: uris.length,
        guestsPerHost: this.#guestsPerHost,
        overlays: this.#overlays,
        isStandIn: domainType === "test",
        delayMs,
        option,
      },
      run,
      counts,
    });
  }

  /** Runs all variants in turn, so that they meet the same load. */
  async pair(act: Act, section: Case["section"], delayMs = 0): Promise<void> {
    for (const variant of this.#variants) await this.run(act, section, variant, { delayMs });
  }
}
