/**
 * Finds what a definition needs of its host besides files, CPUs and machine types, and whether the host has
 * it.
 */

import { parseCpuset } from "../../../model/values/cpuset.ts";
import { parseMemoryKiB, printSizes } from "../../../model/values/units.ts";
import { attributeOf, elementsAt, textOf } from "../../../model/xml/read.ts";
import type { XmlElement } from "../../../model/xml/tree.ts";
import { needsOfDevices } from "./devices.ts";
import { needsOfMachine } from "./machine.ts";
import type { HostNeed } from "./need.ts";
import { answerOf } from "./need.ts";

/**
 * Lists everything that a definition needs. `refused` is the time at which libvirt 9.0.0 refuses it, as
 * measured.
 */
export function findHostNeeds(domain: XmlElement): HostNeed[] {
  return [...needsOfDevices(domain), ...nodesOf(domain), ...memoryOf(domain), ...needsOfMachine(domain)];
}

function nodesOf(domain: XmlElement): HostNeed[] {
  return ["numatune/memory", "numatune/memnode"].flatMap((place) =>
    elementsAt(domain, place).flatMap((element): HostNeed[] => {
      const nodeset = attributeOf(element, "nodeset");
      const nodes = nodeset === undefined ? [] : (parseCpuset(nodeset) ?? []);
      if (nodeset === undefined || nodes.length === 0) return [];
      return [
        {
          path: `${place}/@nodeset`,
          value: nodeset,
          asks: [{ virsh: ["capabilities"] }],
          lacks: ([answer]) => {
            const cells = answerOf(answer, "host/topology/cells/cell").map((cell) =>
              Number(attributeOf(cell, "id")),
            );
            const lacking = nodes.filter((node) => !cells.includes(node));
            if (cells.length === 0 || lacking.length === 0) return null;
            return `nodeset ${nodeset} names NUMA node ${lacking.join(", ")}, which the host lacks; it has ${cells.join(", ")}`;
          },
          refused: "start",
          isDevice: false,
        },
      ];
    }),
  );
}

/** Every host has this much memory, so we ask only about more. */
const littleMemoryKiB = 1024 ** 2;

function memoryOf(domain: XmlElement): HostNeed[] {
  const [memory] = elementsAt(domain, "memory");
  const kib = memory && parseMemoryKiB(textOf(memory), attributeOf(memory, "unit"));
  if (!kib || kib <= littleMemoryKiB) return [];
  return [
    {
      path: "memory",
      value: String(kib),
      asks: [{ virsh: ["nodeinfo"] }],
      lacks: ([answer]) => {
        const has = Number(/^Memory size:\s+(\d+) KiB/m.exec(answer ?? "")?.[1] ?? 0);
        if (has === 0 || kib <= has) return null;
        const [wanted, there] = [kib, Math.floor(has / 1024) * 1024].flatMap((each) =>
          printSizes([each * 1024]),
        );
        return `${wanted} is more memory than the host has, ${there}: QEMU may get it only from swap`;
      },
      refused: "perhaps",
      isDevice: false,
    },
  ];
}
