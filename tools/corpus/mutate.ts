import type { XmlElement, XmlNode } from "../../provider/model/xml/tree.ts";
import type { Change } from "../../provider/plan/change.ts";

/** A declared domain with one thing about it changed. */
export interface Mutation {
  readonly kind: "attribute" | "text" | "removal" | "addition";
  /** Names of the elements down to the place, without identities. */
  readonly path: string;
  readonly value: string | null;
  readonly recorded: XmlElement | null;
  readonly desired: XmlElement;
}

/** One mutation per attribute, text, removable element, and added attribute. */
export function mutations(domain: XmlElement): Mutation[] {
  const found: Mutation[] = [];
  walk(domain, [], (desired) => desired);
  return found;

  function walk(element: XmlElement, steps: readonly string[], put: (element: XmlElement) => XmlElement) {
    const path = steps.join("/");
    const at = (name: string) => (path === "" ? `@${name}` : `${path}/@${name}`);
    for (const { name, value } of element.attributes) {
      if (name.startsWith("xmlns")) continue;
      const other = mutate(value);
      const attributes = element.attributes.map((each) =>
        each.name === name ? { name, value: other } : each,
      );
      const desired = put({ ...element, attributes });
      found.push({ kind: "attribute", path: at(name), value: other, recorded: null, desired });
    }
    const added = [...element.attributes, { name: "novelty", value: "1" }];
    const desired = put({ ...element, attributes: added });
    found.push({ kind: "addition", path: at("novelty"), value: "1", recorded: null, desired });
    element.children.forEach((child, i) => {
      const replace = (now: readonly XmlNode[]) =>
        put({ ...element, children: element.children.toSpliced(i, 1, ...now) });
      if (child.kind === "text" && child.text.trim() !== "") {
        const other = mutate(child.text.trim());
        const text = replace([{ kind: "text", text: other }]);
        found.push({ kind: "text", path, value: other, recorded: null, desired: text });
      }
      if (child.kind !== "element") return;
      const below = [...steps, child.name];
      const removed = { path: below.join("/"), value: null, recorded: domain, desired: replace([]) };
      found.push({ kind: "removal", ...removed });
      walk(child, below, (now) => replace([now]));
    });
  }
}

function mutate(value: string): string {
  if (/^\d+$/.test(value)) return String(BigInt(value) + 1n);
  if (/^0x[0-9a-f]+$/i.test(value)) return `0x${(BigInt(value) + 1n).toString(16)}`;
  if (value === "yes") return "no";
  if (value === "on") return "off";
  return `${value}-other`;
}

/** Whether the changes are one, at the mutated place or, for what tells an element apart, the element. */
export function names(changes: readonly Change[], { kind, path, value }: Mutation): boolean {
  const bare = (change: Change) => change.path.replace(/\[[^\]]*\]/g, "");
  if (kind === "removal") {
    return changes.length > 0 && changes.every((each) => each.kind === "remove" && under(bare(each), path));
  }
  const [change] = changes;
  if (!change || changes.length !== 1) return false;
  if (bare(change) === path) return true;
  return change.kind === "add" && under(path, bare(change)) && (change.after ?? "").includes(value ?? "");
}

function under(place: string, around: string): boolean {
  return place === around || place.startsWith(`${around}/`);
}
