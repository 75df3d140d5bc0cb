import type { Summary } from "./summary.ts";

/** A count, not a time, that holds on any machine. */
interface Expectation {
  readonly what: string;
  readonly acts: RegExp;
  readonly holds: (summary: Summary) => boolean;
}

const guestsOf = ({ case: { hosts, guestsPerHost } }: Summary) => hosts * guestsPerHost;

/** A new volume's check asks for its file and the image below; its creation for its place, that image, the act and the result. */
const volumeSessions = 8;
/** Overlays, the image below them, and their pool. */
const volumesOf = ({ case: { overlays } }: Summary) => (overlays > 0 ? overlays + 2 : 0);

const expectations: readonly Expectation[] = [
  {
    what: "one connection per host",
    acts: /./,
    holds: (each) => each.connections === each.case.hosts,
  },
  {
    what: "one session per host, whatever the number of guests",
    acts: /^(preview|refresh)/,
    holds: (each) => each.sessions === each.case.hosts,
  },
  {
    what: "at most 16 turns for all that is read",
    acts: /^(preview|refresh)/,
    holds: (each) => each.turns <= 16,
  },
  {
    what: "one session to read, two for the one change",
    acts: /^one change up/,
    holds: (each) => each.sessions === each.case.hosts + 2,
  },
  {
    what: "two sessions per new guest, and three for the host: its UUID, its domains and the files that checks ask for",
    acts: /^first up/,
    holds: (each) =>
      each.sessions <= 2 * guestsOf(each) + 3 * each.case.hosts + volumeSessions * volumesOf(each),
  },
  {
    what: "two sessions per guest that goes",
    acts: /^destroy/,
    holds: (each) => each.sessions <= 2 * guestsOf(each) + volumeSessions * volumesOf(each),
  },
];

/** Lists the expectations that fail, one line each. The floor must not contact any host. */
export function findUnexpected(summaries: readonly Summary[]): string[] {
  return summaries.flatMap((each) => {
    const { hosts, guestsPerHost, act, variant, option } = each.case;
    const name = `${hosts} × ${guestsPerHost} guests, ${act} (${variant}${option && `, ${option}`})`;
    const told = `${each.connections} connections, ${each.sessions} sessions, ${each.turns} turns`;
    if (variant.endsWith("floor"))
      return each.connections === 0 ? [] : [`${name}: ${told}; expected: none, it does nothing`];
    return expectations
      .filter(({ acts, holds }) => acts.test(act) && !holds(each))
      .map(({ what }) => `${name}: ${told}; expected: ${what}`);
  });
}
