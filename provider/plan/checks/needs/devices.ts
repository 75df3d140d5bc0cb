/** Networks, bridges and volumes that the devices of a definition use. */

import { domainSchema } from "../../../model/elements/domain/schema.ts";
import { attributeOf, elementsAt, valueAt } from "../../../model/xml/read.ts";
import type { XmlElement } from "../../../model/xml/tree.ts";
import { printPath } from "../../merge/path.ts";
import { spotOf } from "../../merge/walk.ts";
import type { Ask, HostNeed } from "./need.ts";

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

const virshWords = { network: "net", "storage pool": "pool" } as const;

type Active = keyof typeof virshWords;

/** Asks for the names of all networks or pools, and for those of the active ones. */
function namesOf(what: Active): Ask[] {
  const list = `${virshWords[what]}-list`;
  return [{ virsh: [list, "--all", "--name"] }, { virsh: [list, "--name"] }];
}

/**
 * Parses a list of names that virsh prints, one a line, with a blank line at the end. `null` when the text is not such
 * a list. virsh's tables are of no use here, because they escape every name that is not ASCII.
 */
function namesIn(answer: string | null | undefined): string[] | null {
  if (typeof answer !== "string" || !/(?:^|\n)\n$/.test(answer)) return null;
  // virsh pads the names of pools.
  return answer
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
}

/** Checks that something exists and is active, from the answers to `namesOf`. */
function lacksActive(answers: readonly (string | null)[], what: Active, name: string): string | null {
  const [all, active] = answers.map(namesIn);
  if (!all || !active) return null;
  const wanted = name.trimEnd();
  if (active.includes(wanted)) return null;
  if (all.includes(wanted))
    return `the ${what} "${name}" is not active on the host; start it first (virsh ${virshWords[what]}-start '${name}')`;
  const others = all.map((each) => `"${each}"`).join(", ");
  return `there is no ${what} "${name}" on the host; define it first${others && `, or use ${others}`}`;
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
        asks: namesOf("network"),
        lacks: (answers) => lacksActive(answers, "network", network),
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
      asks: [{ virsh: ["vol-list", "--pool", pool] }, ...namesOf("storage pool")],
      lacks: ([volumes, ...pools]) =>
        lacksActive(pools, "storage pool", pool) ?? lacksVolume(volumes, pool, volume),
      refused: "start",
      isDevice: true,
    },
  ];
}

/**
 * Looks for a volume in virsh's table, which has no form without padding. The table escapes names that are not printable
 * ASCII, so it says nothing about them.
 */
function lacksVolume(answer: string | null | undefined, pool: string, volume: string): string | null {
  if (typeof answer !== "string" || !/^ Name +Path/m.test(answer) || !/^[ -[\]-~]+$/.test(volume))
    return null;
  return answer.split("\n").some((line) => line.startsWith(` ${volume}  `))
    ? null
    : `there is no volume "${volume}" in the storage pool "${pool}"; declare it as a Volume, or create it there (virsh vol-create-as)`;
}
