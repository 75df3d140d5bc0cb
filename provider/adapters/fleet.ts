/** The steps of a fleet other than its guests, for Pulumi's dynamic provider. See components/. */

import type { Before, Measuring } from "../operations/gate.ts";
import { holdGate, measureBefore } from "../operations/gate.ts";
import { placementLines } from "../plan/cpus/placement/lines.ts";
import type { Placement } from "../plan/cpus/placement/types.ts";
import type { Properties } from "./properties.ts";
import { say } from "./say.ts";

interface Step {
  /** Fills in missing inputs. Its messages appear in previews too. */
  readonly check?: (
    olds: Properties,
    news: Properties,
    say: (lines: readonly string[]) => Promise<void>,
  ) => Promise<Properties>;
  /** Does the step. Returns the inputs and outputs. `olds` is `null` for a new step. */
  readonly make: (
    olds: Properties | null,
    news: Properties,
    say: (lines: readonly string[]) => Promise<void>,
  ) => Promise<Properties>;
}

const steps = {
  /** Stores the plan of a host's IO threads. If the host can't be read, the last run's plan applies. */
  HostPlacement: {
    check: async (olds, { hostName, ...news }, say) => {
      const placements = news.placements ?? olds.placements ?? null;
      const [before, after] = [olds.placements, placements].map(placementsIn);
      if (after) await say(placementLines(String(hostName), before ?? null, after));
      return { ...news, placements };
    },
    make: async (_olds, news) => news,
  },
  /** Takes profiles before a wave. */
  Baseline: {
    make: async (olds, news) => {
      if (isSettled(olds, news)) return { ...news, before: olds?.before };
      return { ...news, before: await measureBefore(measuringOf(news)) };
    },
  },
  /** Ends a wave, and checks its gate if there is one. */
  Wave: {
    make: async (olds, { before, ...news }, say) => {
      if (news.trigger === undefined) return news;
      if (isSettled(olds, news)) return { ...news, verdicts: olds?.verdicts };
      const limits = {
        maxMeanRatio: (news.maxMeanRatio as number | undefined) ?? null,
        maxP50Ratio: (news.maxP50Ratio as number | undefined) ?? null,
      };
      const verdicts = await holdGate(measuringOf(news), (before ?? {}) as Record<string, Before>, limits);
      await say(verdicts);
      return { ...news, verdicts };
    },
  },
} satisfies Record<string, Step>;

type StepName = keyof typeof steps;

function placementsIn(value: unknown): Readonly<Record<string, Placement>> | null {
  return typeof value === "object" ? (value as Readonly<Record<string, Placement>> | null) : null;
}

/** Whether there is nothing to measure: changed limits or seconds do not change a guest. */
function isSettled(olds: Properties | null, news: Properties): boolean {
  return olds?.trigger !== undefined && olds.trigger === news.trigger;
}

function measuringOf({ guests, seconds, histogram }: Properties): Measuring {
  return { guests, seconds, histogram } as Measuring;
}

const saying = (properties: Properties) => (lines: readonly string[]) => say("info", lines, properties);

function handlersOf<C>(name: StepName, configure: C) {
  const { make, check = async (_olds, news) => news }: Step = steps[name];
  return {
    configure,
    check: async (olds: Properties, news: Properties) => ({
      inputs: await check(olds, news, saying(news)),
      failures: [],
    }),
    // Leaves the comparison of inputs to the engine.
    diff: async () => ({}),
    create: async (inputs: Properties) => ({ id: name, outs: await make(null, inputs, saying(inputs)) }),
    update: async (_id: string, olds: Properties, news: Properties) => ({
      outs: await make(olds, news, saying(news)),
    }),
    delete: async () => {},
  };
}

export function fleetHandlers<C>(configure: C): Record<StepName, ReturnType<typeof handlersOf<C>>> {
  return {
    HostPlacement: handlersOf("HostPlacement", configure),
    Baseline: handlersOf("Baseline", configure),
    Wave: handlersOf("Wave", configure),
  };
}
