import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { readHost } from "../../provider/host/read/read.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import { type Client, fails, makeClient } from "../support/connections.ts";
import { startHost, type TestHost } from "../support/hosts.ts";
import { greedyLines, loudVariables } from "../support/logins.ts";
import { makeTestUser, type TestUser } from "../support/users.ts";

describe("what a login brings along", function () {
  this.timeout(180_000);
  let client: Client;
  let user: TestUser;
  let host: TestHost;
  before(async () => {
    client = makeClient();
    user = await makeTestUser("login");
    await mustRun(["usermod", "-s", "/bin/bash", user.name]);
    host = await startHost({ users: [user.name] });
  });
  afterEach(() => client.reset());
  after(async () => {
    await client.remove();
    await host.remove();
    await user.remove();
  });

  const startUp = (text: string) =>
    mustRun(["sh", "-c", 'printf "%s\\n" "$2" >"/home/$1/.bashrc"', "sh", user.name, text]);
  const stdin = "<domain>\n</domain>";
  const write = () => client.connect(host.uri(user.name)).run([{ argv: ["cat"], stdin }]);

  for (const text of greedyLines)
    it(`a .bashrc that reads some of standard input takes nothing of the script: ${text}`, async () => {
      await startUp(text);
      const [result] = await write();
      expect(result?.stdout).to.equal(`${stdin}\n`);
    });

  it("a .bashrc that reads all of it: nothing is run, and the error says what to do; a read goes on", async () => {
    const mark = `/home/${user.name}/ran`;
    await startUp("cat >/dev/null");
    const connection = client.connect(host.uri(user.name));
    const act = connection.run([{ argv: ["touch", mark] }]);
    await fails(act, "shellUnusable", /no command was started: a start-up file.*\.bashrc.*return/);
    expect(existsSync(mark)).to.equal(false);
    expect(await connection.run([{ argv: ["true"] }], { isRead: true })).to.have.length(1);
  });

  it("variables that make libvirt and virsh print more, or elsewhere, count for nothing", async () => {
    const log = join(client.folder, "virsh.log");
    const words = Object.entries(loudVariables(log)).map(([name, value]) => `${name}=${value}`);
    const loud = await startHost({ lines: [`SetEnv ${words.join(" ")}`] });
    try {
      const connection = client.connect(loud.uri());
      const { host: facts } = await readHost(connection);
      expect(facts.libvirtVersion).to.be.above(0);
      const [listed] = await connection.run([
        { argv: ["virsh", "-c", connection.virshUri, "list", "--all", "--uuid"] },
      ]);
      expect(listed?.stdout).to.match(/^(?:[0-9a-f-]{36}\n)*\n*$/);
      expect(listed?.stderr).to.equal("");
      expect(existsSync(log) ? readFileSync(log, "utf8") : "").to.equal("");
    } finally {
      await loud.remove();
    }
  });
});
