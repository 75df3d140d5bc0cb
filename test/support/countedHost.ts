import { readFileSync } from "node:fs";
import { startHost, type TestHost } from "./hosts.ts";

/** A host that counts its connections and sessions on the server's side. */
export interface CountedHost extends TestHost {
  sessions(): number;
  logins(): number;
}

export async function countedHost(): Promise<CountedHost> {
  const host = await startHost({ lines: ["LogLevel VERBOSE"] });
  const count = (text: string) => readFileSync(host.log, "utf8").split(text).length - 1;
  return {
    ...host,
    sessions: () => count("Starting session:"),
    logins: () => count("Accepted publickey"),
  };
}
