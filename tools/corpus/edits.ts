import { parseXml } from "../../provider/model/xml/parse.ts";
import { childrenOf, valueAt } from "../../provider/model/xml/read.ts";
import type { XmlElement } from "../../provider/model/xml/tree.ts";

/** One change of a declared domain, and the lines of a dump that it may touch. */
export interface Edit {
  readonly name: string;
  readonly change: (declared: XmlElement, actual: XmlElement) => XmlElement;
  readonly owns: RegExp;
}

export const edits: readonly Edit[] = [
  {
    name: "title",
    change: (declared) => withChild(declared, "title", parseXml("<title>edited &amp; defined</title>")),
    owns: /<title>/,
  },
  {
    name: "memory now",
    change: (declared, actual) => {
      const whole = Number(valueAt(actual, "memory") ?? 0);
      return withChild(declared, "currentMemory", parseXml(`<currentMemory>${whole - 1024}</currentMemory>`));
    },
    owns: /<currentMemory /,
  },
  {
    name: "one IO thread more",
    change: (declared, actual) => {
      const count = Number(valueAt(actual, "iothreads") ?? 0) + 1;
      const listed = childrenOf(declared, "iothreadids").length > 0;
      return listed
        ? declared
        : withChild(declared, "iothreads", parseXml(`<iothreads>${count}</iothreads>`));
    },
    owns: /<\/?iothread/,
  },
  {
    name: "description",
    change: (declared) =>
      withChild(declared, "description", parseXml("<description>a\n  b &lt; c</description>")),
    owns: /description>| {2}b &lt; c/,
  },
  {
    name: "a disk more",
    change: (declared) => {
      const disk = parseXml(
        "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/nowhere'/><target dev='vdzz' bus='virtio'/></disk>",
      );
      const children = declared.children.map((child) =>
        child.kind === "element" && child.name === "devices"
          ? { ...child, children: [...child.children, disk] }
          : child,
      );
      return { ...declared, children };
    },
    // When a PCIe machine has no free slot, libvirt adds a port.
    owns: /<\/?disk|<driver name='qemu' type='raw'|nowhere|vdzz|<address type='(?:pci|ccw)'|pcie-root-port|<target chassis|<\/controller>/,
  },
];

function withChild(domain: XmlElement, name: string, child: XmlElement): XmlElement {
  const others = domain.children.filter((each) => each.kind !== "element" || each.name !== name);
  return { ...domain, children: [...others, child] };
}
