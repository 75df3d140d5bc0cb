import { expect } from "chai";
import { takeLock } from "../../provider/host/apply/defineLock.ts";
import { run } from "../../tools/sandbox/run.ts";
import { type TestDomain, testDomain } from "../support/domains.ts";
import { asUser, lockFile as file, hold } from "../support/locks.ts";
import { patience } from "../support/patience.ts";
import { sandbox } from "../support/sandbox.ts";
import { makeTestUser, type TestUser } from "../support/users.ts";

/** Returns the file that a user's script locks before it defines, and whether it got the lock at once. */
async function locked(user: string | null, uri = "qemu:///system"): Promise<string> {
  const script = `${takeLock}\ntake_lock "$1"; echo "$? $(readlink /proc/$$/fd/9)"`;
  const { stdout } = await run([...asUser(user), "sh", "-c", script, "sh", uri]);
  return stdout.trim();
}

describe("the lock of a define", function () {
  this.timeout(180_000);
  let member: TestUser;
  let other: TestUser;
  let guest: TestDomain;
  before(async () => {
    const { domainType: type } = await sandbox();
    member = await makeTestUser("locks", ["libvirt"]);
    other = await makeTestUser("foreign");
    guest = await testDomain("lock");
    await guest.create("Domain", { type, memory: "32 MiB" });
  });
  after(async () => {
    await guest.remove();
    await member.remove();
    await other.remove();
  });

  it("is a file that root makes and the group libvirt can open, and nobody else", async () => {
    expect(await locked(null)).to.equal(`0 ${file}`);
    expect(await locked(member.name)).to.equal(`0 ${file}`);
    const { stdout } = await run(["stat", "-c", "%U %G %a %F", file]);
    expect(stdout.trim()).to.equal("root libvirt 640 regular empty file");
    const foreign = await run([...asUser(other.name), "flock", "-n", file, "true"]);
    expect(foreign.stderr).to.match(/Permission denied/);
  });

  it("is in a folder of the user's own for a session", async () => {
    const folder = `/home/${member.name}/.cache/libvirt`;
    await run([...asUser(member.name), "mkdir", "-p", "-m", "700", folder]);
    const session = `${takeLock}\nunset XDG_RUNTIME_DIR; HOME=$2; take_lock "$1"; readlink /proc/$$/fd/9`;
    const words = ["sh", "-c", session, "sh", "qemu:///session", `/home/${member.name}`];
    expect((await run([...asUser(member.name), ...words])).stdout).to.equal(`${folder}/pulumi-virsh.lock\n`);
  });

  it("is waited for while another administrator holds it", async () => {
    const holder = await hold(member.name, file);
    const defined = guest.create("IoThread", { ioThreadId: 3 });
    const first = await Promise.race([defined, locked(null).then((found) => found)]);
    expect(first, "who came in").to.equal(`1 ${file}`);
    await holder.end();
    expect((await defined).ioThreadId).to.equal(3);
  });

  it("does not wait for whoever else locks the root folder", async () => {
    const holder = await hold(other.name, "/");
    try {
      const start = performance.now();
      await guest.create("IoThread", { ioThreadId: 4 });
      expect(performance.now() - start).to.be.below(9_000 * patience());
      expect(await locked(other.name), "who can't open the file waits 3 s at most").to.equal("1 /");
    } finally {
      await holder.end();
    }
  });
});
