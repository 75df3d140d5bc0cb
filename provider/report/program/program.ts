import type { AdoptedHost } from "../../plan/adopt/adopted.ts";
import { printFiles } from "./files.ts";
import { resourceNamer, variableNamer } from "./names.ts";
import type { Prepared } from "./prepare.ts";
import { findFolders, prepareGuest } from "./prepare.ts";
import { printPackage, printProject, tsconfig } from "./project.ts";
import { printReadme } from "./readme.ts";
import type { ProgramSettings } from "./settings.ts";
import { findShapes } from "./shapes.ts";
import type { NamedShape, Names } from "./sources.ts";
import { classTextOf, printGuest, printMember } from "./sources.ts";
import { nameStorage, printStorage, referToVolumes } from "./storage.ts";

/**
 * Finds a secret by its key in the README; `null` when there is none. For a single guest the end of the key is
 * enough, because the names of its resources depend on the other guests.
 */
export function findSecret(hosts: readonly AdoptedHost[], key: string): string | null {
  const prepared = prepare(hosts, new Map());
  const isMeant = (resource: string, own: string) =>
    prepared.length === 1 ? key.endsWith(`-${own}`) : key === `${resource}-${own}`;
  const [found] = prepared
    .flatMap(({ resource, secrets }) => secrets.filter((secret) => isMeant(resource, secret.key)))
    .toSorted((a, b) => b.key.length - a.key.length);
  return found?.value ?? null;
}

function prepare(hosts: readonly AdoptedHost[], folders: ReadonlyMap<string, string>): Prepared[] {
  const resource = resourceNamer("guest");
  return hosts.flatMap(({ uri, guests }) =>
    guests.map((guest) => prepareGuest(uri, guest, resource(guest.name), folders)),
  );
}

/**
 * Prints a Pulumi program that declares the existing guests, as a map of path → text. The same hosts give the same
 * bytes.
 */
export function printProgram(found: readonly AdoptedHost[], settings: ProgramSettings): Map<string, string> {
  const variable = variableNamer("guest");
  const namers = { variable, pool: resourceNamer("pool"), volume: resourceNamer("volume") };
  const storage = new Map(found.map((host) => [host.uri, nameStorage(host, namers)]));
  const hosts = found.map((host) => {
    const own = storage.get(host.uri);
    return own ? { ...host, guests: host.guests.map((guest) => referToVolumes(guest, own)) } : host;
  });
  const classes = variableNamer("Guest", true);
  const guests = hosts.flatMap((host) => host.guests);
  const folders = findFolders(guests, variable);
  const names: Names = { hosts: nameHosts(hosts, variable), folders, project: settings.project };
  const prepared = prepare(hosts, folders);
  const shapes = findShapes(prepared).map(
    (shape): NamedShape => ({ ...shape, className: classes(classTextOf(shape)) }),
  );
  const shapeOf = new Map(shapes.flatMap((shape) => shape.guests.map((guest) => [guest, shape] as const)));
  const texts = new Map(
    prepared.map((guest) => {
      const shape = shapeOf.get(guest);
      return [
        guest,
        shape ? printMember(shape, guest, names) : printGuest(guest, variable(guest.resource), names),
      ];
    }),
  );
  const needsSecret = prepared.some(({ secrets }) => secrets.length > 0);
  const after = [...texts.values()].join("");
  const storageTexts = new Map(
    [...storage].map(([uri, own]) => [uri, printStorage(own, names.hosts.get(uri) ?? "", after)]),
  );
  const files = printFiles({ hosts, prepared, shapes, shapeOf, texts, storageTexts, names, needsSecret });
  return new Map([
    ...files,
    ["Pulumi.yaml", printProject(settings, hosts)],
    ["README.md", printReadme(hosts, prepared, settings)],
    ["package.json", printPackage(settings)],
    ["tsconfig.json", tsconfig],
  ]);
}

/** Names the hosts: one is a constant, several are properties of one constant. */
function nameHosts(hosts: readonly AdoptedHost[], variable: (text: string) => string): Map<string, string> {
  const property = variableNamer("host");
  const name = (uri: string) => {
    const [, place = ""] = /^\w+\+ssh:\/\/(?:[^@/]*@)?([^/?]*)/.exec(uri) ?? [];
    if (place === "") return uri.includes("/session") ? "localSession" : "local";
    return /^[\d.:[\]]+$/.test(place) ? `host ${place}` : place.replace(/\..*?(?=:|$)/, "");
  };
  return new Map(
    hosts.map(({ uri }) => [uri, hosts.length === 1 ? variable(name(uri)) : `hosts.${property(name(uri))}`]),
  );
}
