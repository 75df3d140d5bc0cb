import { expect } from "chai";
import { compareHosts, isSameDomain } from "../../provider/host/read/hostIdentity.ts";
import type { TestDomain } from "../support/domains.ts";
import { testDomain } from "../support/domains.ts";
import type { TestHost } from "../support/hosts.ts";
import { startHost } from "../support/hosts.ts";
import { sandbox } from "../support/sandbox.ts";
import type { TestUser } from "../support/users.ts";
import { makeTestUser } from "../support/users.ts";

describe("spellings of one host", function () {
  this.timeout(60_000);
  let uri: string;
  let user: TestUser;
  let host: TestHost;
  let guest: TestDomain;
  before(async () => {
    uri = (await sandbox()).uri;
    user = await makeTestUser("spelled");
    host = await startHost({ users: [user.name] });
    guest = await testDomain("spelled");
    await guest.create("Domain", { type: "qemu", memory: "32 MiB" });
  });
  after(async () => {
    await guest.remove();
    await host.remove();
    await user.remove();
  });

  const spellings: readonly (readonly [string, (text: string) => string])[] = [
    ["another name", (text) => text.replace("127.0.0.1", "localhost")],
    ["the daemon's mode", (text) => text.replace("127.0.0.1", "localhost").replace("?", "?mode=legacy&")],
    ["root's session", (text) => text.replace("/system", "/session")],
  ];
  for (const [what, spell] of spellings)
    it(`lead to one list of domains: ${what}`, async () => {
      expect(await compareHosts(uri, spell(uri))).to.equal("same");
      expect(await isSameDomain([uri, spell(uri)], guest.name)).to.equal(true);
    });

  // A daemon without root's rights may not read the mainboard's UUID: it tells another one.
  it("lead to another list of domains: a user's session", async () => {
    const session = host.uri(user.name).replace("/system", "/session");
    expect(await compareHosts(uri, session)).to.be.oneOf(["machine", "other"]);
    expect(await isSameDomain([uri, session], guest.name)).to.equal(false);
  });
});
