import { printXml } from "../xml/print.ts";
import type { XmlElement } from "../xml/tree.ts";

/** Places whose value is a secret, from any element down: an attribute's name by element, or a whole text. */
const secretAttributes: Readonly<Record<string, readonly string[]>> = {
  // VNC and SPICE passwords; dumped with --security-info only.
  graphics: ["passwd"],
};
/** Cookies of network disks; cloud-init data and other strings handed to the guest by firmware. */
const secretTexts: ReadonlySet<string> = new Set(["cookie", "entry"]);

export const redactedText = "[secret]";

/** Whether the XML holds anything that must not be shown. */
export function holdsSecret(element: XmlElement): boolean {
  return (
    secretTexts.has(element.name) ||
    element.attributes.some(({ name }) => secretAttributes[element.name]?.includes(name)) ||
    element.children.some((child) => child.kind === "element" && holdsSecret(child))
  );
}

/** The same tree with every secret replaced. */
export function redactXml(element: XmlElement): XmlElement {
  const hidden = secretAttributes[element.name];
  return {
    ...element,
    attributes: element.attributes.map(({ name, value }) => ({
      name,
      value: hidden?.includes(name) ? redactedText : value,
    })),
    children: secretTexts.has(element.name)
      ? [{ kind: "text", text: redactedText }]
      : element.children.map((child) => (child.kind === "element" ? redactXml(child) : child)),
  };
}

interface Shown {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** A change as it may be shown. */
export function redacted(
  change: Shown & { readonly actual: XmlElement | null; readonly desired: XmlElement | null },
): Shown {
  const { path, before, after, actual, desired } = change;
  const [last = "", owner = ""] = path.split("/").toReversed();
  const isSecret = last.startsWith("@")
    ? secretAttributes[nameOf(owner)]?.includes(last.slice(1))
    : secretTexts.has(nameOf(last)) && !before?.startsWith("<") && !after?.startsWith("<");
  if (isSecret) return { path, before: before && redactedText, after: after && redactedText };
  const shown = (text: string | null, side: XmlElement | null) =>
    text?.startsWith("<") && side && holdsSecret(side) ? printXml(redactXml(side)) : text;
  return { path, before: shown(before, actual), after: shown(after, desired) };
}

/** Element's name in a step of a path: without its identity. */
function nameOf(step: string): string {
  return step.replace(/\[.*$/, "");
}
