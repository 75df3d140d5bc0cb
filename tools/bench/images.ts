import { spawn } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { once } from "node:events";
import { closeSync, createReadStream, openSync, rmSync, writeSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { connectionTo } from "../../provider/host/connections.ts";
import { runOne, virsh } from "../../provider/host/virsh/virsh.ts";
import { storageKinds } from "../../provider/model/arguments/kinds.ts";
import { operationsOf } from "../../provider/operations/all.ts";
import type { Hosts } from "./host.ts";
import { type Spread, spread } from "./summary.ts";

/** A way to bring an image to a host. */
export interface ImagePath {
  readonly way: string;
  readonly mib: number;
  readonly wallMs: Spread;
  /** Most memory of this process meanwhile, in MiB; `null` for other programs. */
  readonly peakMiB: number | null;
}

const MiB = 1024 ** 2;

/** Brings an image of random bytes to a pool of the host in each way, in turn. */
export async function measureImages(
  hosts: Hosts,
  folder: string,
  mib: number,
  rounds: number,
): Promise<ImagePath[]> {
  const [uri = ""] = hosts.uris;
  const [, login = "", port = ""] = /\/\/(.*):(\d+)/.exec(uri) ?? [];
  const query = new URLSearchParams(uri.replace(/^.*\?/, ""));
  const keys = [query.get("keyfile") ?? "", `UserKnownHostsFile=${query.get("known_hosts")}`] as const;
  const options = ["-q", "-i", keys[0], "-o", keys[1], "-o", "BatchMode=yes"];
  const file = join(folder, "image.raw");
  writeRandom(file, mib);
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-length": mib * MiB });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/image.raw`;
  const connection = connectionTo(uri);
  const pool = { host: uri, name: "bench", path: `/home/${login.replace(/@.*$/, "")}/pool` };
  const ask = (...words: string[]) => runOne(connection, words.join(" "), virsh(connection, words));
  await operationsOf(storageKinds.StoragePool).create(pool, () => {});
  const at = `${pool.path}/image`;
  const bring = (image: object) =>
    operationsOf(storageKinds.Volume).create(
      { host: uri, pool: pool.name, name: "image", format: "raw", content: { image } },
      () => {},
    );
  const ssh = (command: string) => mustSucceed(["ssh", ...options, "-p", port, login, command], file);
  const ways: Readonly<Record<string, () => Promise<unknown>>> = {
    scp: () => mustSucceed(["scp", "-O", ...options, "-P", port, file, `${login}:${at}`]),
    "OpenSSH's ssh, cat": () => ssh(`cat >${at}`),
    "OpenSSH's ssh, virsh vol-upload": () => ssh(`${upload(connection.virshUri, mib)} --file /dev/stdin`),
    "Volume, content.image.file": () => bring({ file }),
    "Volume, content.image.url, by the host's curl": () => bring({ url }),
  };
  const figures = new Map<string, { wall: number[]; peak: number }>();
  try {
    for (let round = 0; round < rounds; round++)
      for (const [way, run] of Object.entries(ways)) {
        const watch = watchMemory();
        const start = performance.now();
        await run();
        const all = figures.get(way) ?? { wall: [], peak: 0 };
        all.wall.push(performance.now() - start);
        figures.set(way, { ...all, peak: Math.max(all.peak, watch.end()) });
        await ask("pool-refresh", "--pool", pool.name);
        await ask("vol-delete", "--pool", pool.name, "--vol", "image");
      }
  } finally {
    server.close();
    rmSync(file);
  }
  return [...figures].map(([way, { wall, peak }]) => ({
    way,
    mib,
    wallMs: spread(wall),
    peakMiB: way.startsWith("Volume") ? Math.round(peak / MiB) : null,
  }));
}

const upload = (uri: string, mib: number) =>
  `virsh -q -c ${uri} vol-create-as bench image ${mib}MiB --allocation 0 --format raw >/dev/null && virsh -q -c ${uri} vol-upload --pool bench --vol image`;

function writeRandom(file: string, mib: number): void {
  const descriptor = openSync(file, "w");
  for (let at = 0; at < mib; at++) writeSync(descriptor, randomFillSync(Buffer.alloc(MiB)));
  closeSync(descriptor);
}

/** The proxy in front of the host runs in this process, so it must not wait for the program in one go. */
async function mustSucceed([program = "", ...args]: readonly string[], input?: string): Promise<void> {
  const stdin = input === undefined ? "ignore" : openSync(input, "r");
  const child = spawn(program, args, { stdio: [stdin, "ignore", "pipe"] });
  if (typeof stdin === "number") closeSync(stdin);
  let said = "";
  child.stderr?.on("data", (data: Buffer) => {
    said += data;
  });
  const [status] = await once(child, "close");
  if (status !== 0) throw new Error(`${program}: ${said}`);
}

function watchMemory(): { end(): number } {
  let peak = process.memoryUsage.rss();
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 50);
  return {
    end: () => {
      clearInterval(timer);
      return peak;
    },
  };
}
