import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { assert } from "chai";
import { aheadFolder, aheadName, aheadSocket } from "../../provider/ahead.ts";
import { sweepFolders } from "../../provider/host/ahead/sweep.ts";
import { takeAhead } from "../../provider/host/ahead/take.ts";
import { isPrivate, makePrivate, removePrivate, removeSocket } from "../../provider/privateFolder.ts";
import { waitFor } from "../../tools/sandbox/processes.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { makeTestUser, type TestUser } from "../support/users.ts";

/** No server listens on this port, so the engine counts as dead. */
const engine = "127.0.0.1:1";

describe("a folder for sockets in a place where others may write", () => {
  let other: TestUser;
  /** A folder like /tmp: anyone may write there. */
  let shared: string;
  /** A folder of ours that an attacker wants emptied. */
  let precious: string;
  let attack: ChildProcess | null = null;
  const variables = { ...process.env };

  before(async () => {
    other = await makeTestUser("attacker");
  });
  beforeEach(() => {
    shared = temporaryFolder("shared");
    chmodSync(shared, 0o1777);
    precious = temporaryFolder("precious");
    for (const name of [aheadName, "key", "notes"]) writeFileSync(join(precious, name), name);
    mkdirSync(join(precious, "more"));
    process.env.TMPDIR = shared;
    delete process.env.XDG_RUNTIME_DIR;
  });
  afterEach(async () => {
    if (attack) {
      const ended = once(attack, "exit");
      attack.kill();
      await ended;
      attack = null;
    }
    for (const name of ["TMPDIR", "XDG_RUNTIME_DIR"]) {
      if (variables[name] === undefined) delete process.env[name];
      else process.env[name] = variables[name];
    }
    assert.deepEqual(readdirSync(precious).sort(), ["key", "more", "notes", aheadName]);
    removeFolder(shared);
    removeFolder(precious);
  });
  after(() => other.remove());

  const as = (script: string, ...words: string[]): [string, ...string[]] => [
    "runuser",
    ...["-u", other.name, "--", "sh", "-c", script, "sh", ...words],
  ];
  const asOther = (script: string, ...words: string[]) => mustRun(as(script, ...words));
  /** Does everything that a program and a provider do with a folder, and what a later program does. */
  const use = async () => {
    const folder = aheadFolder(engine);
    const isMade = makePrivate(folder);
    if (isMade) removeSocket(folder, aheadName);
    const taken = await takeAhead(engine, "qemu:///system");
    removePrivate(folder, [aheadName]);
    await sweepFolders(join(shared, "own"));
    return { folder, isMade, taken };
  };
  const listen = (path: string, answer: string) =>
    new Promise<() => Promise<void>>((resolve) => {
      const server = createServer((socket) => socket.end(answer).resume());
      server.listen(path, () => resolve(() => new Promise((done) => server.close(() => done()))));
    });

  it("is made where nobody was, and goes", async () => {
    const { folder, isMade } = await use();
    assert.isTrue(isMade);
    assert.equal(folder, join(shared, `pulumi-virsh-${process.getuid?.()}-127-0-0-1-1`));
    assert.deepEqual(readdirSync(shared), []);
  });

  it("is given up where another user was first, with a folder or a link", async () => {
    for (const [script, target] of [
      ['mkdir -m 0777 "$1"; touch "$1/reader"', ""],
      ['mkdir -m 0700 "$1"', ""],
      ['ln -s "$2" "$1"', precious],
      ['echo text >"$1"', ""],
    ] as const) {
      const folder = aheadFolder(engine);
      await asOther(script, folder, target);
      const seen = lstatSync(folder);
      const { isMade, taken } = await use();
      assert.deepEqual([isMade, taken], [false, null], script);
      assert.equal(lstatSync(folder).ino, seen.ino, script);
      await asOther('rm -rf "$1"', folder);
    }
  });

  it("is not a link of our own, nor a folder that others may enter", async () => {
    symlinkSync(precious, aheadFolder(engine));
    assert.deepEqual((await use()).isMade, false);
    assert.isTrue(lstatSync(aheadFolder(engine)).isSymbolicLink());
    assert.isFalse(isPrivate(shared));
    chmodSync(precious, 0o750);
    assert.isFalse(isPrivate(precious));
    chmodSync(precious, 0o700);
    assert.isTrue(isPrivate(precious));
  });

  it("keeps what is not a socket of ours", async () => {
    const folder = aheadFolder(engine);
    assert.isTrue(makePrivate(folder));
    writeFileSync(aheadSocket(folder), "a file");
    mkdirSync(join(folder, "deep"));
    assert.isTrue((await use()).isMade);
    assert.deepEqual(readdirSync(folder).sort(), ["deep", aheadName]);
  });

  it("asks no socket that another user owns", async () => {
    const folder = aheadFolder(engine);
    assert.isTrue(makePrivate(folder));
    const stop = await listen(aheadSocket(folder), JSON.stringify({ host: {}, domains: [], busy: [] }));
    assert.isNotNull(await takeAhead(engine, "qemu:///system"));
    chownSync(aheadSocket(folder), Number(await mustRun(["id", "-u", other.name])), 0);
    assert.isNull(await takeAhead(engine, "qemu:///system"));
    await stop();
  });

  it("is given up in a folder whose owner can replace it", async () => {
    for (const [owner, mode] of [
      [0, 0o777],
      [Number(await mustRun(["id", "-u", other.name])), 0o1777],
      [0, 0o770],
    ] as const) {
      chownSync(shared, owner, 0);
      chmodSync(shared, mode);
      assert.isFalse((await use()).isMade, mode.toString(8));
      chownSync(shared, 0, 0);
      const inner = join(shared, "inner");
      mkdirSync(inner, { recursive: true, mode: 0o700 });
      chownSync(shared, owner, 0);
      assert.isFalse(isPrivate(inner), mode.toString(8));
    }
  });

  it("prefers XDG_RUNTIME_DIR, where this user alone may write there", () => {
    for (const [mode, isTaken] of [
      [0o700, true],
      [0o755, true],
      [0o777, false],
      [0o1777, false],
    ] as const) {
      const runtime = temporaryFolder("runtime");
      chmodSync(runtime, mode);
      process.env.XDG_RUNTIME_DIR = runtime;
      assert.equal(aheadFolder(engine).startsWith(`${runtime}/`), isTaken, mode.toString(8));
      const link = join(shared, `link${mode}`);
      symlinkSync(runtime, link);
      process.env.XDG_RUNTIME_DIR = link;
      assert.isFalse(aheadFolder(engine).startsWith(link));
      removeFolder(runtime);
    }
  });

  it("deletes nothing of ours while a link and a folder take turns at its place", async () => {
    const folder = aheadFolder(engine);
    const [program, ...words] = as(
      'while :; do ln -s "$2" "$1"; rm -f "$1"; mkdir -m 0777 "$1"; touch "$1/reader"; rm -rf "$1"; done 2>/dev/null',
      folder,
      precious,
    );
    attack = spawn(program, words);
    await waitFor("the attack", 10_000, async () => existsSync(folder));
    let made = 0;
    for (let round = 0; round < 2000; round += 1) {
      if (makePrivate(folder)) made += 1;
      removeSocket(folder, aheadName);
      removePrivate(folder, [aheadName]);
    }
    assert.isAbove(made, 0);
    for (let round = 0; round < 20; round += 1) await sweepFolders(join(shared, "own"));
  });

  it("goes when its program was killed and its engine is dead, and only then", async () => {
    const alive = createServer();
    await new Promise<void>((resolve) => alive.listen(0, "127.0.0.1", resolve));
    const address = alive.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const left = [aheadFolder(engine), aheadFolder(`127.0.0.1:${port}`)];
    for (const folder of left) {
      assert.isTrue(makePrivate(folder));
      // Make a socket that remains when its listener is killed.
      await mustRun([
        "node",
        "-e",
        `require("net").createServer().listen(${JSON.stringify(aheadSocket(folder))}, () => process.kill(process.pid, "SIGKILL"))`,
      ]).catch(() => {});
      assert.deepEqual(readdirSync(folder), [aheadName]);
    }
    await sweepFolders(join(shared, "own"));
    assert.deepEqual(
      left.map((folder) => existsSync(folder)),
      [false, true],
    );
    await new Promise((resolve) => alive.close(resolve));
    await sweepFolders(join(shared, "own"));
    assert.deepEqual(readdirSync(shared), []);
  });
});
