import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { readHost } from "../../provider/host/read/read.ts";
import { waitFor } from "../../tools/sandbox/processes.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import { type Client, fails, makeClient, runTrue } from "../support/connections.ts";
import { startHost, type TestHost } from "../support/hosts.ts";

describe("parameters of a host's URI", () => {
  let host: TestHost;
  let client: Client;
  let agent: ChildProcess;
  before(async () => {
    client = makeClient();
    host = await startHost();
    const socket = join(client.folder, "agent");
    agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
    await waitFor("the agent", 30_000, async () => existsSync(socket));
    process.env.SSH_AUTH_SOCK = socket;
    await mustRun(["ssh-add", "-q", host.keyfile]);
  });
  afterEach(() => client.reset());
  after(async () => {
    agent.kill();
    await host.remove();
    await client.remove();
  });

  /** The agent holds the key that the server accepts; the file holds another one. */
  const strangers = (parameters: string) =>
    host.uri().replace(host.keyfile, client.makeKey("stranger", "-t", "ed25519")) + parameters;

  it("sshauth=agent uses the agent alone", async () => {
    assert.lengthOf(await runTrue(client.connect(strangers("&sshauth=agent"))), 1);
    const without = client.connect(`${host.uri()}&sshauth=agent`);
    await mustRun(["ssh-add", "-q", "-D"]);
    try {
      await fails(runTrue(without), "authenticationRefused", /nothing else, as sshauth=agent has it/);
    } finally {
      await mustRun(["ssh-add", "-q", host.keyfile]);
    }
  });

  it("sshauth=privkey uses key files alone", async () => {
    assert.lengthOf(await runTrue(client.connect(`${host.uri()}&sshauth=privkey`)), 1);
    const refused = client.connect(strangers("&sshauth=privkey,password"));
    const { message } = await fails(
      runTrue(refused),
      "authenticationRefused",
      /stranger, nothing else, as sshauth=privkey has it/,
    );
    assert.notMatch(message, /the agent at/);
  });

  it("sshauth=privkey,agent and agent,privkey go on with the second where the first is refused", async () => {
    for (const list of ["privkey,agent", "agent,privkey"])
      assert.lengthOf(await runTrue(client.connect(strangers(`&sshauth=${list}`))), 1);
  });

  it("mode says which daemon virsh asks on the host", async () => {
    const { host: facts } = await readHost(client.connect(`${host.uri()}&mode=legacy`));
    assert.isAbove(facts.libvirtVersion, 0);
    // libvirtd serves this machine, so there is no socket of virtqemud.
    await fails(readHost(client.connect(`${host.uri()}&mode=direct`)), "libvirtDown", /virtqemud-sock/);
  });

  it("logs in as a user whose name has an @", async () => {
    const uri = host.uri().replace("root@", "ann%40corp.example@");
    const { message } = await fails(
      runTrue(client.connect(uri)),
      "authenticationRefused",
      /refused ann@corp\.example; tried/,
    );
    assert.include(message, "ann@corp.example@127.0.0.1");
    assert.match(readFileSync(host.log, "utf8"), /[Uu]ser ann@corp\.example /);
  });
});
