/** Networks, bridges and volumes that the devices of a definition use. */

import { domainSchema } from "../../../model/elements/domain/schema.ts";
import { attributeOf, elementsAt, valueAt } from "../../../model/xml/read.ts";
import type { XmlElement } from "../../../model/xml/tree.ts";
import { printPath } from "../../merge/path.ts";
import { spotOf } from "../../merge/walk.ts";
import type { HostNeed } from "./need.ts";

export function needsOfDevices(domain: XmlElement): HostNeed[] {
  return [
    ...placed(domain, "interface").flatMap(needsOfInterface),
    ...placed(domain, "disk").flatMap(needsOfDisk),
  ];
}

interface Placed {
  readonly device: XmlElement;
  readonly path: string;
}

function placed(domain: XmlElement, name: string): Placed[] {
  const devices = { place: "devices", steps: [{ kind: "element", name: "devices" }] } as const;
  return elementsAt(domain, `devices/${name}`).map((device, position) => ({
    device,
    path: printPath(spotOf(domainSchema, device, devices, position).steps),
  }));
}

/**
 * Parses a table that virsh prints: name → state. Names may contain spaces. `null` when the text is not such
 * a table.
 */
function statesIn(answer: string | null | undefined): ReadonlyMap<string, string> | null {
  if (typeof answer !== "string" || !/^ Name +State/m.test(answer)) return null;
  const rows = answer.split("\n").flatMap((line) => {
    const [, name, state] = /^ (.+?)\s+(active|inactive|degraded|inaccessible|building)\s/.exec(line) ?? [];
    return name === undefined || state === undefined ? [] : [[name, state] as const];
  });
  return new Map(rows);
}

/** Checks that something exists and is active. */
function lacksActive(
  answer: string | null | undefined,
  what: string,
  name: string,
  make: string,
): string | null {
  const states = statesIn(answer);
  if (!states) return null;
  const state = states.get(name);
  const others = [...states.keys()].map((each) => `"${each}"`).join(", ");
  if (state === undefined)
    return `there is no ${what} "${name}" on the host; ${make} it first${others && `, or use ${others}`}`;
  return state === "inactive"
    ? `the ${what} "${name}" is not active on the host; start it first (virsh ${what === "network" ? "net" : "pool"}-start '${name}')`
    : null;
}

function needsOfInterface({ device, path }: Placed): HostNeed[] {
  const type = attributeOf(device, "type");
  const need = (attribute: string, value: string, rest: Pick<HostNeed, "asks" | "lacks">): HostNeed => ({
    path: `${path}/source/@${attribute}`,
    value,
    refused: "start",
    isDevice: true,
    ...rest,
  });
  const [network, bridge, dev] = ["network", "bridge", "dev"].map((name) =>
    valueAt(device, `source/@${name}`),
  );
  if (type === "network" && network !== undefined)
    return [
      need("network", network, {
        asks: [{ virsh: ["net-list", "--all"] }],
        lacks: ([answer]) => lacksActive(answer, "network", network, "define"),
      }),
    ];
  const link = type === "bridge" ? bridge : type === "direct" ? dev : undefined;
  if (link === undefined) return [];
  const what = type === "bridge" ? "bridge" : "network device";
  return [
    need(type === "bridge" ? "bridge" : "dev", link, {
      asks: [{ link }],
      lacks: ([answer]) => lacksLink(answer, what, link, valueAt(device, "virtualport/@type")),
    }),
  ];
}

/** An Open vSwitch bridge is not a bridge of the kernel. */
function lacksLink(
  answer: string | null | undefined,
  what: string,
  link: string,
  port: string | undefined,
): string | null {
  const kind = answer?.trim();
  if (kind === "none")
    return `there is no ${what} "${link}" on the host; make it first, or name one that is there`;
  return kind === "other" && what === "bridge" && port === undefined
    ? `"${link}" is a network device of the host and no bridge; name a bridge, or use type direct (macvtap)`
    : null;
}

function needsOfDisk({ device, path }: Placed): HostNeed[] {
  const [pool, volume] = [valueAt(device, "source/@pool"), valueAt(device, "source/@volume")];
  if (attributeOf(device, "type") !== "volume" || pool === undefined || volume === undefined) return [];
  return [
    {
      path: `${path}/source/@volume`,
      value: `${pool}/${volume}`,
      asks: [{ virsh: ["pool-list", "--all"] }, { virsh: ["vol-list", "--pool", pool] }],
      lacks: ([pools, volumes]) => {
        const why = lacksActive(pools, "storage pool", pool, "define");
        if (why !== null || typeof volumes !== "string" || !/^ Name +Path/m.test(volumes)) return why;
        const isThere = volumes.split("\n").some((line) => line.startsWith(` ${volume} `));
        return isThere
          ? null
          : `there is no volume "${volume}" in the storage pool "${pool}"; create it first (virsh vol-create-as), images are never made or deleted here`;
      },
      refused: "start",
      isDevice: true,
    },
  ];
}
