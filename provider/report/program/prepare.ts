import type { KindName } from "../../model/arguments/kinds.ts";
import { domainSchema } from "../../model/elements/domain/schema.ts";
import { isReference, redact, redactValue } from "../../model/elements/redact.ts";
import { parseDomainXml } from "../../model/xml/parse.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { AdoptedGuest } from "../../plan/adopt/adopted.ts";
import { mapObject } from "./leaves.ts";
import type { Literal, LiteralObject } from "./literal.ts";
import { XmlLiteral } from "./literal.ts";
import { markOf, secretMarkOf } from "./marks.ts";

/** A guest, prepared for the program. */
export interface Prepared {
  readonly uri: string;
  readonly guest: AdoptedGuest;
  /** Resource name of its Domain, and prefix of its other resources' names. */
  readonly resource: string;
  readonly parts: readonly Part[];
  readonly secrets: readonly Secret[];
}

export interface Part {
  readonly kind: KindName;
  readonly label: string;
  readonly args: LiteralObject;
}

export interface Secret {
  /** Key in the stack's configuration, without the prefix of the resource's name and a dash. */
  readonly key: string;
  readonly value: string;
}

/** Converts arguments to literals: XML becomes a tree, folders of images become constants, secrets become keys. */
export function prepareGuest(
  uri: string,
  guest: AdoptedGuest,
  resource: string,
  folders: ReadonlyMap<string, string>,
): Prepared {
  const secrets: Secret[] = [];
  const hide = (path: readonly string[], value: string, isHidden: boolean, isXml: boolean): string => {
    const [steps, attribute] = path.at(-1)?.startsWith("@")
      ? [path.slice(0, -1), (path.at(-1) ?? "").slice(1)]
      : [path.filter((step) => step !== "text()"), null];
    const names = steps.filter((step) => !/^\d+$/.test(step));
    if (value === "" || isReference(domainSchema, names) || !isHidden) return value;
    const wanted = [...names.slice(-1), ...(attribute === null ? [] : [attribute])].join("-");
    const plain = wanted.replace(/[^A-Za-z0-9-]/g, "-");
    const count = secrets.filter(({ key }) => key.replace(/-\d+$/, "") === plain).length;
    const key = count === 0 ? plain : `${plain}-${count + 1}`;
    secrets.push({ key, value });
    return secretMarkOf(key, isXml ? "xml" : "text");
  };
  const parts = guest.resources.map(({ kind, label, args }): Part => {
    const { xml, ...typed } = args;
    const tree = typeof xml === "string" ? parseDomainXml(xml) : null;
    const literal = { ...(typed as Record<string, Literal>), ...(tree && { xml: new XmlLiteral(tree) }) };
    const hiddenPaths = tree ? hiddenIn(tree) : new Set<string>();
    const prepared = mapObject(literal, ({ path, value, isXml }) => {
      if (typeof value === "number") return value;
      if (isXml) return hide(path.slice(1), value, hiddenPaths.has(path.join("/")), true);
      const place = placeOf(kind, path);
      if (isSecret(place, value)) return hide(place, value, true, false);
      return path.at(-1) === "file" ? withFolder(value, folders) : value;
    });
    return { kind, label, args: prepared };
  });
  return { uri, guest, resource, parts, secrets };
}

/** Paths of the secret leaves of `xml`. Whether a leaf is secret depends on the elements around it. */
function hiddenIn(tree: XmlElement): ReadonlySet<string> {
  const shown = new Map<string, string | number>();
  const found = new Set<string>();
  mapObject({ xml: new XmlLiteral(redact(domainSchema, tree)) }, ({ path, value }) => {
    shown.set(path.join("/"), value);
    return value;
  });
  mapObject({ xml: new XmlLiteral(tree) }, ({ path, value }) => {
    if (shown.get(path.join("/")) !== value) found.add(path.join("/"));
    return value;
  });
  return found;
}

/** Path in the XML of an argument's text, for arguments that may be secret by their path. */
function placeOf(kind: KindName, path: readonly string[]): readonly string[] {
  const [first = "", last = ""] = [path[0], path.at(-1)];
  if (kind === "Domain" && first === "cmdline") return ["os", "cmdline"];
  if (path.length === 1) return [first];
  return ["devices", "disk", "source", `@${last}`];
}

function isSecret(place: readonly string[], value: string): boolean {
  const last = place.at(-1) ?? "";
  const shown = last.startsWith("@")
    ? redactValue(domainSchema, value, place.slice(0, -1), last.slice(1))
    : redactValue(domainSchema, value, place, null);
  return shown !== value;
}

function withFolder(file: string, folders: ReadonlyMap<string, string>): string {
  const at = file.lastIndexOf("/");
  const name = folders.get(file.slice(0, at));
  return name === undefined ? file : `${markOf({ text: name })}${file.slice(at)}`;
}

/** Maps folders with several images to names of constants, the folder with most images first. */
export function findFolders(
  guests: readonly AdoptedGuest[],
  name: (text: string) => string,
): Map<string, string> {
  const counts = new Map<string, number>();
  for (const { resources } of guests)
    for (const { args } of resources)
      mapObject(args as LiteralObject, ({ path, value }) => {
        const folder = String(value).replace(/\/[^/]*$/, "");
        if (path.at(-1) === "file" && folder.startsWith("/"))
          counts.set(folder, (counts.get(folder) ?? 0) + 1);
        return value;
      });
  const shared = [...counts].filter(([, count]) => count > 1);
  const sorted = shared.toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return new Map(
    sorted.map(([folder], index) => [
      folder,
      name(index === 0 ? "images" : (folder.split("/").at(-1) ?? "")),
    ]),
  );
}
