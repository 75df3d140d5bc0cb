/** Finds mistakes in the arguments of a pool that libvirt reports only when the pool starts, or not at all. */
import type { Arguments, Failure } from "../../model/arguments/field.ts";
import { unknown } from "../../model/arguments/field.ts";
import type { PoolType, SourcePart } from "../../model/elements/storage/poolTypes.ts";
import { poolTypeOf } from "../../model/elements/storage/poolTypes.ts";
import { typeNameOf } from "./pool.ts";

/** What to write for a part that is missing. */
const examples: Readonly<Record<SourcePart, string>> = {
  devices: '[{ path: "/dev/…" }]',
  hosts: '[{ name: "server" }]',
  dir: '"/exported"',
  name: '"name"',
  format: '"auto"',
  adapter: '{ type: "scsi_host", name: "host2" }',
  auth: '{ type, username, secretUsage: "usage" }',
  initiator: '"iqn.2026-01.com.example:host"',
  protocolVersion: '"4"',
};

const isGiven = (value: unknown) => value !== undefined && value !== null;

export function findPoolMistakes(args: Arguments): Failure[] {
  const name = typeNameOf(args);
  const type = poolTypeOf(name);
  if (!type || args.source === unknown) return [];
  const source = (args.source ?? {}) as Arguments;
  const of = `a pool of the type ${name}`;
  return [
    ...wrongPath(args, type, of),
    ...wrongParts(source, type, of),
    ...wrongValues(source, type, of),
    ...wrongAdapter(source.adapter),
    ...wrongFolder(args, type, of),
  ];
}

function wrongPath({ path }: Arguments, { target }: PoolType, of: string): Failure[] {
  const isTaken = target === "folder" || target === "devices";
  if (isTaken === isGiven(path)) return [];
  const reasons = {
    folder: `is required for ${of}: the folder where its volumes are to be`,
    devices: `is required for ${of}: where its devices are to appear, such as /dev/disk/by-path`,
    derived: `is not for ${of}: libvirt takes it from the name of the source`,
    none: `is not for ${of}: its volumes have no path on the host`,
  };
  return [{ property: "path", reason: reasons[target] }];
}

function wrongParts(source: Arguments, { needs, takes, single }: PoolType, of: string): Failure[] {
  const known: readonly string[] = [...needs, ...takes];
  const sizeOf = (part: string) => (Array.isArray(source[part]) ? source[part].length : 1);
  const all = known.length > 0 ? `it takes ${known.join(", ")}` : "it has no source";
  return [
    ...Object.keys(source)
      .filter((part) => isGiven(source[part]) && !known.includes(part))
      .map((part) => ({ property: `source.${part}`, reason: `is not for ${of}: ${all}` })),
    ...needs
      .filter((part) => !isGiven(source[part]) || sizeOf(part) === 0)
      .map((part) => ({
        property: `source.${part}`,
        reason: `is required for ${of}: add ${part}: ${examples[part]}`,
      })),
    ...single
      .filter((part) => isGiven(source[part]) && sizeOf(part) > 1)
      .map((part) => ({ property: `source.${part}`, reason: `must be one for ${of}, not ${sizeOf(part)}` })),
  ];
}

function wrongValues({ format, auth, protocolVersion }: Arguments, type: PoolType, of: string): Failure[] {
  const failures: Failure[] = [];
  if (typeof format === "string" && type.formats.length > 0 && !type.formats.includes(format))
    failures.push({
      property: "source.format",
      reason: `is ${format}, and ${of} has one of ${type.formats.join(", ")}`,
    });
  const how = (auth as Arguments | undefined)?.type;
  if (typeof how === "string" && type.auth !== undefined && how !== type.auth)
    failures.push({ property: "source.auth.type", reason: `must be ${type.auth} for ${of}` });
  if (isGiven(protocolVersion) && (format === "cifs" || format === "glusterfs"))
    failures.push({ property: "source.protocolVersion", reason: `is for NFS, and the format is ${format}` });
  return failures;
}

function wrongAdapter(adapter: unknown): Failure[] {
  if (typeof adapter !== "object" || adapter === null) return [];
  const { type, name, parentAddress, wwnn, wwpn } = adapter as Arguments;
  if (type === "fc_host" && !(isGiven(wwnn) && isGiven(wwpn)))
    return [{ property: "source.adapter", reason: "needs wwnn and wwpn for fc_host" }];
  if (type === "scsi_host" && isGiven(name) === isGiven(parentAddress))
    return [
      {
        property: "source.adapter",
        reason: "needs either name or parentAddress for scsi_host, and not both",
      },
    ];
  return [];
}

function wrongFolder({ permissions, build, exclusive }: Arguments, type: PoolType, of: string): Failure[] {
  const failures: Failure[] = [];
  if (build === "directory" && !type.isBuilt)
    failures.push({
      property: "build",
      reason: `must be never for ${of}: nothing can be made there without risk`,
    });
  if (isGiven(permissions) && (type.target !== "folder" || type.stopTakesVolumes))
    failures.push({
      property: "permissions",
      reason: `are for the type dir only: set them in ${type.target === "folder" ? "the file system" : "what the pool is made of"}`,
    });
  else if (isGiven(permissions) && build === "never")
    failures.push({
      property: "permissions",
      reason: 'come with the making of the folder, and build is "never": leave one of them out',
    });
  if (exclusive === true && !type.isShared)
    failures.push({
      property: "exclusive",
      reason: `is not for ${of}, whose volumes only this host can use`,
    });
  return failures;
}
