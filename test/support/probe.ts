/** A program that reads one host and prints the outcome. It must exit by itself, since no work is left. */
import { HostError } from "../../provider/errors.ts";
import { connectionTo } from "../../provider/host/connections.ts";
import { readHost } from "../../provider/host/read/read.ts";

readHost(connectionTo(process.argv[2] ?? "")).then(
  ({ host }) => console.log(JSON.stringify({ libvirtVersion: host.libvirtVersion })),
  (error: unknown) => {
    if (!(error instanceof HostError)) throw error;
    console.log(JSON.stringify({ code: error.code, message: error.message }));
  },
);
