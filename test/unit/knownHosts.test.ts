import { createHmac } from "node:crypto";
import { assert } from "chai";
import { judgeKey, knownKeyTypes, printKnownName, type Verdict } from "../../provider/host/ssh/knownHosts.ts";

const shown = Buffer.from("the key that the server showed");
const key = shown.toString("base64");
const other = Buffer.from("another key").toString("base64");

function hashed(name: string): string {
  const salt = Buffer.from("12345678901234567890");
  return `|1|${salt.toString("base64")}|${createHmac("sha1", salt).update(name).digest("base64")}`;
}

const cases: readonly { name: string; file: string; port?: number; want: Verdict["kind"] }[] = [
  { name: "an empty file", file: "", want: "unknown" },
  { name: "a comment", file: `# hv1 ssh-ed25519 ${key}`, want: "unknown" },
  { name: "the name", file: `hv1 ssh-ed25519 ${key}`, want: "known" },
  { name: "the name in capitals", file: `HV1 ssh-ed25519 ${key}`, want: "known" },
  { name: "one of several names", file: `hv0,hv1,10.0.0.1 ssh-ed25519 ${key} comment`, want: "known" },
  { name: "a longer name", file: `hv12 ssh-ed25519 ${key}`, want: "unknown" },
  { name: "a wildcard", file: `hv* ssh-ed25519 ${key}`, want: "known" },
  { name: "one character", file: `hv? ssh-ed25519 ${key}`, want: "known" },
  { name: "a dot that is no wildcard", file: `h.1 ssh-ed25519 ${key}`, want: "unknown" },
  { name: "a wildcard without this name", file: `hv*,!hv1 ssh-ed25519 ${key}`, want: "unknown" },
  { name: "a hashed name", file: `${hashed("hv1")} ssh-ed25519 ${key}`, want: "known" },
  { name: "another hashed name", file: `${hashed("hv2")} ssh-ed25519 ${key}`, want: "unknown" },
  { name: "a port", file: `[hv1]:2222 ssh-ed25519 ${key}`, port: 2222, want: "known" },
  {
    name: "a hashed name with port",
    file: `${hashed("[hv1]:2222")} ssh-ed25519 ${key}`,
    port: 2222,
    want: "known",
  },
  { name: "another port", file: `hv1 ssh-ed25519 ${key}`, port: 2222, want: "unknown" },
  { name: "another key", file: `hv1 ssh-ed25519 ${other}`, want: "changed" },
  { name: "two keys", file: `hv1 ssh-rsa ${other}\nhv1 ssh-ed25519 ${key}`, want: "known" },
  { name: "a revoked key", file: `hv1 ssh-ed25519 ${key}\n@revoked * ssh-ed25519 ${key}`, want: "revoked" },
  {
    name: "another revoked key",
    file: `hv1 ssh-ed25519 ${key}\n@revoked * ssh-ed25519 ${other}`,
    want: "known",
  },
  { name: "an authority alone", file: `@cert-authority hv* ssh-ed25519 ${key}`, want: "authority" },
  {
    name: "an authority and the key",
    file: `@cert-authority * ssh-rsa ${other}\nhv1 ssh-ed25519 ${key}`,
    want: "known",
  },
];

describe("known_hosts", () => {
  for (const { name, file, port, want } of cases) {
    it(`${name}: ${want}`, () =>
      assert.equal(judgeKey(file, printKnownName("hv1", port ?? 22), shown).kind, want));
  }

  it("knows the key types of a host", () => {
    const file = `hv1 ssh-rsa ${key}\nhv2 ssh-ed25519 ${key}\n@revoked hv1 ssh-dss ${key}\nhv* ecdsa-sha2-nistp256 ${key}\n`;
    assert.deepEqual(knownKeyTypes(file, "hv1"), ["ssh-rsa", "ecdsa-sha2-nistp256"]);
  });
});
