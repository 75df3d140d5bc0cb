/** Parses the frames of script.ts: assigns each answer to its question, and checks that none is missing. */

export interface Frames {
  readonly single: ReadonlyMap<string, string>;
  /** XML by UUID; an empty text when virsh printed nothing for the domain. */
  readonly inactive: ReadonlyMap<string, string>;
  readonly live: ReadonlyMap<string, string>;
  readonly active: ReadonlySet<string>;
  readonly processes: readonly string[];
  /** Whether a guest kept libvirt waiting, so that questions about it and those after it have no answer. */
  readonly isStalled: boolean;
}

/** Why an answer proves nothing: a part is missing, or it has an unexpected part. */
export interface Gap {
  readonly gap: string;
}

/**
 * The heads of all frames, in the order in which the script prints them; `more` begins an answer of busy.ts. A limit may
 * pass in the last lists too, which then are asked for again.
 */
const order = new RegExp(
  [
    "^version cpus transient autostart saved states active ",
    "(?:inactive live threads end(?: threads)?",
    "|inactive (?:live )?(?:threads )?stalled",
    "|(?:hostname capabilities )?list relist(?: (?:(?:inactive|live|end) )+(?:(?:again )?(?:regain )?stalled )?again regain",
    "(?: threads end(?: threads)*(?: end)?|(?: threads)?(?: end)? stalled)?)?",
    ")(?: process)* done(?: more(?: inactive| live| threads| end)*)*$",
  ].join(""),
);

/** The frames of a script's output: the text after the mark is a frame's head, the lines below it its body. */
export function splitFrames(stdout: string, mark: string): [head: string, body: string][] {
  return stdout
    .split(`${mark} `)
    .slice(1)
    .map((frame) => split(frame, "\n"));
}

/** Splits the output into frames. Each begins with the mark and the name of its question. */
export function parseFrames(stdout: string, mark: string): Frames | Gap {
  const single = new Map<string, string>();
  const inactive = new Map<string, string>();
  const live = new Map<string, string>();
  const processes: string[] = [];
  const heads: string[] = [];
  for (const [head, body] of splitFrames(stdout, mark)) {
    const [key, argument] = split(head, " ");
    heads.push(key);
    if (key === "process") processes.push(`${argument}\n${body}`);
    else if (argument === "") single.set(key, `${single.get(key) ?? ""}${body}`);
    else if (key === "inactive") inactive.set(argument, body.trim());
    else live.set(argument, body.trim());
  }
  if (heads.length === 0) return { gap: "nothing that was asked" };
  if (!order.test(heads.join(" "))) return { gap: `its parts ${[...new Set(heads)].join(", ")} alone` };
  const again = uuidsIn(`${single.get("again") ?? ""}${single.get("regain") ?? ""}`);
  single.set("again", [...again].join("\n"));
  const active = uuidsIn(single.get("active") ?? "");
  return withDirect({ single, inactive, live, active, processes, isStalled: single.has("stalled") }, again);
}

/** Adds the UUID of a domain that was asked for by its name, and whether it runs. Only its XML has these. */
function withDirect(frames: Frames, again: ReadonlySet<string>): Frames | Gap {
  const { single } = frames;
  const inactive = single.get("inactive")?.trim();
  const live = single.get("live")?.trim();
  if (inactive === undefined) return forgotten(frames, again) ?? frames;
  const uuid = /^ {2}<uuid>(.*)<\/uuid>$/m.exec(inactive)?.[1] ?? "";
  // Only a stalled answer lacks the live XML. A guest that is off keeps nobody waiting.
  const isOn = !live || /^<domain [^>]*\bid='\d+'/.test(live);
  return {
    ...frames,
    inactive: new Map([[uuid, inactive]]),
    live: new Map([[uuid, live ?? ""]]),
    active: new Set(isOn ? [uuid] : []),
  };
}

/** Checks that the list has all domains that existed both before and after it was read. */
function forgotten({ single }: Frames, again: ReadonlySet<string>): Gap | null {
  const listed = uuidsIn(`${single.get("list")}${single.get("relist")}`);
  const named = ["transient", "autostart", "saved", "active"].flatMap((key) => [
    ...uuidsIn(single.get(key) ?? ""),
  ]);
  const isForgotten = (uuid: string) => !listed.has(uuid) && (listed.size === 0 || again.has(uuid));
  return named.some(isForgotten) ? { gap: "a list of domains that lacks some" } : null;
}

/** All UUIDs in a text, which libvirt 10.7.0 prints as a table. */
export function uuidsIn(text: string): Set<string> {
  return new Set(text.match(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g) ?? []);
}

function split(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ""] : [text.slice(0, index), text.slice(index + at.length)];
}
