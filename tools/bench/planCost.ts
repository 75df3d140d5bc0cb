import { connectionTo } from "../../provider/host/connections.ts";
import { snapshotOf } from "../../provider/host/read/snapshot.ts";
import type { Arguments } from "../../provider/model/arguments/field.ts";
import { kinds } from "../../provider/model/arguments/kinds.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { checkResource } from "../../provider/operations/check.ts";
import { diffResource } from "../../provider/operations/diff.ts";
import type { Hosts } from "./host.ts";

/** CPU time of one part of a preview, in a freshly started process like the provider's. */
export interface PlanCost {
  readonly step: string;
  readonly msPerGuest: number;
}

/** Measures on a host of libvirt's test driver with this many guests. */
export async function measurePlanCost(hosts: Hosts, guests: number): Promise<PlanCost[]> {
  const [host = ""] = hosts.uris;
  const { domains } = await snapshotOf(connectionTo(host));
  const all = [...domains.values()];
  const kind = kinds.Domain;
  const argsOf = (guest: number): Arguments => declared(host, hosts, guest);
  const found: PlanCost[] = [];
  const time = async (step: string, act: (guest: number) => unknown) => {
    const before = process.cpuUsage();
    for (let guest = 0; guest < guests; guest++) await act(guest);
    const { user, system } = process.cpuUsage(before);
    found.push({ step, msPerGuest: (user + system) / 1000 / guests });
  };
  await time("check", (guest) => checkResource(kind, argsOf(guest)));
  await time("XML to tree", (guest) => parseDomainXml(all[guest]?.inactiveXml ?? ""));
  await time("diff, first of a domain", (guest) => diffResource(kind, argsOf(guest), argsOf(guest)));
  await time("diff, further ones of the same domain", (guest) =>
    diffResource(kind, argsOf(guest), argsOf(guest)),
  );
  return found;
}

function declared(host: string, { images }: Hosts, guest: number): Arguments {
  const disk = { format: "raw", cache: "none", io: "native" };
  return {
    host,
    name: `bench-${guest}`,
    type: "test",
    memory: "256 MiB",
    vcpus: 2,
    ioThreads: 2,
    cpuTune: {
      ioThreadPins: [
        { ioThread: 1, cpuset: "0" },
        { ioThread: 2, cpuset: "0-1" },
      ],
    },
    disks: [
      { ...disk, target: "vda", source: { file: images[0] }, ioThread: 1 },
      { ...disk, target: "vdb", source: { file: images[1] }, ioThread: 2 },
    ],
  };
}
