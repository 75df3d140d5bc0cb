/** Needs of a definition that depend on the host's QEMU and its machine types. */

import { attributeOf, childrenOf, elementsAt, textOf, valueAt } from "../../../model/xml/read.ts";
import type { XmlElement } from "../../../model/xml/tree.ts";
import { nearestName } from "../machines.ts";
import type { Ask, HostNeed } from "./need.ts";
import { answerOf } from "./need.ts";

export function needsOfMachine(domain: XmlElement): HostNeed[] {
  return [cpuOf, firmwareOf, vcpusOf].flatMap((find) => find(domain));
}

/** Asks virsh what the host's QEMU supports for a domain like this one. */
function domainCapabilities(domain: XmlElement): Ask {
  const options = {
    "--virttype": attributeOf(domain, "type") ?? "kvm",
    "--arch": valueAt(domain, "os/type/@arch"),
    "--machine": valueAt(domain, "os/type/@machine"),
    "--emulatorbin": valueAt(domain, "devices/emulator"),
  };
  const words = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [name, value],
  );
  return { virsh: ["domcapabilities", ...words] };
}

const ofMachine = (
  domain: XmlElement,
  need: Pick<HostNeed, "path" | "value" | "refused"> & {
    readonly lacks: (answer: string | null | undefined) => string | null;
  },
): HostNeed[] => [
  {
    ...need,
    asks: [domainCapabilities(domain)],
    lacks: ([answer]) => need.lacks(answer),
    isDevice: false,
  },
];

function cpuOf(domain: XmlElement): HostNeed[] {
  const [cpu] = elementsAt(domain, "cpu");
  if (!cpu) return [];
  const mode = attributeOf(cpu, "mode") ?? "custom";
  const model = valueAt(cpu, "model");
  const type = attributeOf(domain, "type") ?? "kvm";
  if (mode === "custom" && model !== undefined)
    return [modelOf(domain, model, valueAt(cpu, "model/@fallback") === "forbid")];
  // KVM supports all of them.
  if (mode === "custom" || type === "kvm") return [];
  return ofMachine(domain, {
    path: "cpu/@mode",
    value: `${type} ${mode}`,
    refused: "start",
    lacks: (answer) => {
      const found = answerOf(answer, "cpu/mode").find((each) => attributeOf(each, "name") === mode);
      return found && attributeOf(found, "supported") === "no"
        ? `the host has no CPU of mode "${mode}" for type "${type}"; use "maximum", or type "kvm"`
        : null;
    },
  });
}

/**
 * Unless the definition forbids it, libvirt replaces a model that QEMU lacks by one that QEMU has, if libvirt itself
 * knows the model (virCPUTranslate). It does so for x86 only, so the map of x86 serves a definition without an arch.
 */
function modelOf(domain: XmlElement, model: string, isExact: boolean): HostNeed {
  const arch = valueAt(domain, "os/type/@arch") ?? "x86_64";
  return {
    path: "cpu/model",
    value: isExact ? `${model} exactly` : model,
    asks: [domainCapabilities(domain), ...(isExact ? [] : [{ virsh: ["cpu-models", arch] }])],
    lacks: ([capabilities, map]) => {
      const models = answerOf(capabilities, "cpu/mode")
        .filter((each) => attributeOf(each, "name") === "custom")
        .flatMap((each) => childrenOf(each, "model").map(textOf));
      if (models.length === 0 || models.includes(model)) return null;
      if (!isExact && (typeof map !== "string" || map.split("\n").includes(model))) return null;
      return `there is no CPU model "${model}" for QEMU on the host; the nearest is "${nearestName(model, models)}"`;
    },
    refused: "start",
    isDevice: false,
  };
}

function firmwareOf(domain: XmlElement): HostNeed[] {
  const firmware = valueAt(domain, "os/@firmware");
  if (firmware === undefined) return [];
  const machine = valueAt(domain, "os/type/@machine") ?? "pc";
  return ofMachine(domain, {
    path: "os/@firmware",
    value: `${firmware} ${machine}`,
    refused: "start",
    lacks: (answer) => {
      const [enumeration] = answerOf(answer, "os/enum").filter(
        (each) => attributeOf(each, "name") === "firmware",
      );
      const known = enumeration && childrenOf(enumeration, "value").map(textOf);
      if (!known || known.includes(firmware) || firmware === "bios") return null;
      const package_ =
        firmware === "efi" ? " (Debian: apt-get install ovmf), or use another machine type" : "";
      return `the host has no firmware "${firmware}" for machine "${machine}"; install it there${package_}`;
    },
  });
}

/** Every machine type of these families supports this many vCPUs. */
const fewVcpus = { families: /^(?:pc|q35|virt)/, count: 128 };

function vcpusOf(domain: XmlElement): HostNeed[] {
  const count = Number(valueAt(domain, "vcpu") ?? 1);
  const machine = valueAt(domain, "os/type/@machine") ?? "pc";
  if (count <= 1 || (fewVcpus.families.test(machine) && count <= fewVcpus.count)) return [];
  return ofMachine(domain, {
    path: "vcpu",
    value: `${count} ${machine}`,
    refused: "define",
    lacks: (answer) => {
      const most = Number(answerOf(answer, "vcpu").map((each) => attributeOf(each, "max"))[0] ?? 0);
      return most > 0 && count > most
        ? `${count} vCPUs are more than the ${most} that machine "${machine}" can have on the host`
        : null;
    },
  });
}
