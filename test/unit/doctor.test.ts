import { expect } from "chai";
import { checkHost } from "../../provider/plan/doctor/check.ts";
import type { DoctorFacts, HostPool, PoolFolder } from "../../provider/plan/doctor/facts.ts";
import { printDoctor } from "../../provider/report/doctor.ts";

const GiB = 1024 ** 3;

/** A pool that is as it should be, but for what is given. */
function pool(name: string, given: Partial<HostPool & PoolFolder>): HostPool {
  const { isThere = true, isWritable = true, fileSystem = "8", free = 20 * GiB } = given;
  const { isActive = true, isAutostarted = true, growth = GiB } = given;
  const folder = { path: `/p/${name}`, isThere, isWritable, fileSystem, free };
  return { name, isActive, isAutostarted, growth, folder };
}

const fine: DoctorFacts = {
  host: "qemu+ssh://root@hv1/system",
  isSsh: true,
  failure: null,
  user: { name: "root", uid: 0, groups: ["root"] },
  libvirtVersion: 12_007_000,
  qemuVersion: 11_001_000,
  securityModels: ["apparmor", "dac"],
  domainTypes: ["qemu", "kvm"],
  hasKvmDevice: true,
  cgroup: "cgroup2fs",
  jobs: [{ domain: "db", state: "ok" }],
  sessions: { open: 10, tried: 10 },
  clockSeconds: 0.2,
  storage: {
    programs: ["qemu-img", "curl", "xz", "gzip", "zstd", "bzip2"],
    pools: [pool("images", {}), pool("off", { isActive: false, isAutostarted: false, free: 0, growth: 9 })],
    gap: "",
  },
};

const withPools = (...pools: readonly HostPool[]): Partial<DoctorFacts> => ({
  storage: { programs: ["qemu-img", "curl", "xz", "gzip", "zstd", "bzip2"], pools, gap: "" },
});

const cases: readonly { name: string; facts: Partial<DoctorFacts>; want: readonly string[] }[] = [
  { name: "nothing", facts: {}, want: [] },
  {
    name: "old versions, one line per feature",
    facts: { libvirtVersion: 9_000_000, qemuVersion: 11_001_000 },
    want: ["feature note", "feature note", "feature note", "feature note"],
  },
  {
    name: "a new libvirt on an old QEMU",
    facts: { libvirtVersion: 12_007_000, qemuVersion: 7_002_000 },
    want: ["feature note", "feature note", "feature note"],
  },
  { name: "no KVM", facts: { domainTypes: ["qemu"], hasKvmDevice: false }, want: ["kvm note"] },
  { name: "no confinement", facts: { securityModels: ["dac"] }, want: ["security note"] },
  { name: "control groups, version 1", facts: { cgroup: "tmpfs" }, want: [] },
  { name: "no control groups", facts: { cgroup: "sysfs" }, want: ["cgroup note"] },
  {
    name: "a job that is short",
    facts: { jobs: [{ domain: "db", state: "occupied (0.2s)" }] },
    want: ["job note"],
  },
  {
    name: "a job that is long",
    facts: { jobs: [{ domain: "db", state: "occupied (61s)" }] },
    want: ["job problem"],
  },
  { name: "a migration", facts: { jobs: [{ domain: "db", state: "background job" }] }, want: ["job note"] },
  {
    name: "a lost monitor",
    facts: { jobs: [{ domain: "db", state: "error: monitor failure" }] },
    want: ["job problem"],
  },
  { name: "two sessions", facts: { sessions: { open: 2, tried: 10 } }, want: [] },
  { name: "one session", facts: { sessions: { open: 1, tried: 10 } }, want: ["sessions note"] },
  { name: "a clock that is behind", facts: { clockSeconds: -90 }, want: ["clock note"] },
  {
    name: "a member of the group",
    facts: { user: { name: "ops", uid: 1000, groups: ["ops", "libvirt"] } },
    want: ["user note"],
  },
  {
    name: "a host without curl and zstd",
    facts: { storage: { programs: ["qemu-img", "xz", "gzip", "bzip2"], pools: [], gap: "" } },
    want: ["imagePrograms note"],
  },
  {
    name: "pools that can't be read",
    facts: { storage: { programs: null, pools: [], gap: "no answer" } },
    want: ["pools note"],
  },
  {
    name: "a folder that is gone, of a pool that should be active",
    facts: withPools(
      pool("a", { isThere: false }),
      pool("b", { isActive: false, isThere: false }),
      pool("c", { isActive: false, isAutostarted: false, isThere: false }),
    ),
    want: ["poolFolder problem", "poolFolder problem"],
  },
  {
    name: "a folder that the login can't write to",
    facts: withPools(pool("a", { isWritable: false })),
    want: ["poolFolder note"],
  },
  {
    name: "pools that may need more space together than their file system has",
    facts: withPools(pool("a", { growth: 15 * GiB }), pool("b", { growth: 6 * GiB })),
    want: ["poolSpace note"],
  },
  {
    name: "pools on file systems of their own",
    facts: withPools(pool("a", { growth: 15 * GiB }), pool("b", { growth: 6 * GiB, fileSystem: "9" })),
    want: [],
  },
  {
    name: "pools that do not start with the host",
    facts: withPools(pool("a", { isAutostarted: false }), pool("b", { isAutostarted: false })),
    want: ["poolAutostart note"],
  },
  {
    name: "libvirtd that hangs is no host that can't be reached",
    facts: { failure: { code: "timedOut", said: "no answer", remedy: "look there" } },
    want: ["libvirt problem"],
  },
];

describe("what a doctor says of", () => {
  for (const { name, facts, want } of cases)
    it(name, () => {
      const lines = checkHost({ ...fine, ...facts });
      const told = lines.filter(({ verdict }) => verdict !== "ok");
      expect(told.map(({ id, verdict }) => `${id} ${verdict}`)).to.deep.equal(want);
      for (const { remedy } of told) expect(remedy).not.to.equal("");
    });

  it("a host that refuses the login: what came before is fine, nothing after it is known", () => {
    const failure = {
      code: "authenticationRefused",
      said: "the server refused root",
      remedy: "add a key",
    } as const;
    const unknown = Object.fromEntries(
      Object.keys(fine).flatMap((key) => (["host", "isSsh"].includes(key) ? [] : [[key, null]])),
    ) as unknown as DoctorFacts;
    const lines = checkHost({ ...fine, ...unknown, failure });
    expect(printDoctor([{ host: fine.host, lines }])).to.equal(`qemu+ssh://root@hv1/system
  ok       URI and settings  fine
  ok       connection        fine
  ok       host key          fine
  problem  authentication    the server refused root
                             → add a key
`);
  });
});
