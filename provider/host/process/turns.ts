import { forRun } from "./perRun.ts";

/** Most calls in one turn: their words become one command on a host. */
const most = 50;

/** Calls that wait for their turn together. */
interface Turn<Item, Result> {
  readonly items: Item[];
  readonly results: Promise<readonly Result[]>;
}

/**
 * Makes a function whose calls share their work: those for one key that arrive while earlier ones are at work have the next
 * turn together. `act` returns a result for each item, in their order; when it throws, all of its calls do.
 */
export function inTurns<Item, Result>(
  act: (items: readonly Item[]) => Promise<readonly Result[]>,
): (key: string, item: Item) => Promise<Result> {
  const waiting = forRun(() => new Map<string, Turn<Item, Result>>());
  const ends = forRun(() => new Map<string, Promise<unknown>>());
  const begin = (key: string): Turn<Item, Result> => {
    const items: Item[] = [];
    const earlier = ends().get(key) ?? new Promise((resolve) => setImmediate(resolve));
    const results = earlier.then(() => {
      if (waiting().get(key)?.items === items) waiting().delete(key);
      return act(items);
    });
    ends().set(
      key,
      results.catch(() => {}),
    );
    return { items, results };
  };
  return async (key, item) => {
    const open = waiting().get(key);
    const turn = open && open.items.length < most ? open : begin(key);
    waiting().set(key, turn);
    const at = turn.items.push(item) - 1;
    return (await turn.results)[at] as Result;
  };
}
