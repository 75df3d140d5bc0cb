import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Names a key of the service as the engine's secrets provider. */
export const secretsProvider = "hashivault://test";

let running: Promise<Readonly<Record<string, string>>> | undefined;

/**
 * Answers as Vault does when the engine asks it to unwrap the data key of a stack. A passphrase costs each
 * engine process 0.17 s of CPU, because a million rounds make the key from it. The engine encrypts secrets in
 * the same way with both. Returns the variables by which engines find the service, which ends with this process.
 */
export function startKeyService(): Promise<Readonly<Record<string, string>>> {
  running ??= start();
  return running;
}

async function start(): Promise<Readonly<Record<string, string>>> {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const { plaintext, ciphertext } = JSON.parse(body) as { plaintext?: string; ciphertext?: string };
    const data =
      ciphertext === undefined ? { ciphertext: `wrapped:${plaintext}` } : { plaintext: ciphertext.slice(8) };
    response.setHeader("content-type", "application/json").end(JSON.stringify({ data }));
  });
  server.unref();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { VAULT_SERVER_URL: `http://127.0.0.1:${port}`, VAULT_SERVER_TOKEN: "test" };
}
