import { expect } from "chai";
import { findChecksum } from "../../provider/plan/storage/checksums.ts";
import { describeProgress } from "../../provider/plan/storage/progress.ts";

const a = "a".repeat(64);
const b = "b".repeat(64);
const c = "c".repeat(128);

describe("a file with checksums", () => {
  for (const [form, text, checksum] of [
    ["two blanks, as sha256sum prints", `${b}  other.qcow2\n${a}  disk.qcow2\n`, `sha256:${a}`],
    ["an asterisk for binary", `${a} *disk.qcow2\n`, `sha256:${a}`],
    ["SHA-512", `${c}  disk.qcow2\n`, `sha512:${c}`],
    ["a path before the name", `${a}  ./images/disk.qcow2\n`, `sha256:${a}`],
    ["the form of the BSDs", `SHA256 (other.qcow2) = ${b}\nSHA256 (disk.qcow2) = ${a}\n`, `sha256:${a}`],
    ["capital digits and line ends of Windows", `${a.toUpperCase()}  disk.qcow2\r\n`, `sha256:${a}`],
    ["a digest alone", `${a}\n`, `sha256:${a}`],
    ["both kinds: the stronger one", `${a}  disk.qcow2\n${c}  disk.qcow2\n`, `sha512:${c}`],
    ["the same line twice", `${a}  disk.qcow2\n${a}  disk.qcow2\n`, `sha256:${a}`],
    [
      "a signature around it",
      `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n# disk.qcow2: 4096 bytes\nSHA256 (disk.qcow2) = ${a}\n-----BEGIN PGP SIGNATURE-----\n\niQIzBAEB\n-----END PGP SIGNATURE-----\n`,
      `sha256:${a}`,
    ],
  ] as const)
    it(`is read: ${form}`, () => expect(findChecksum(text, "disk.qcow2")).to.deep.equal({ checksum }));

  for (const [problem, text, why] of [
    ["no line for the file", `${a}  other.qcow2\n`, /no SHA-256 or SHA-512 digest of "disk.qcow2"/],
    ["only MD5", `${"d".repeat(32)}  disk.qcow2\n`, /no SHA-256 or SHA-512 digest/],
    ["several digests alone", `${a}\n${b}\n`, /no SHA-256 or SHA-512 digest/],
    [
      "two digests of one file",
      `${a}  disk.qcow2\n${b}  old/disk.qcow2\n`,
      /several digests of "disk.qcow2"/,
    ],
    ["a page", "<html><body>404</body></html>", /no SHA-256 or SHA-512 digest/],
  ] as const)
    it(`is refused: ${problem}`, () => {
      const found = findChecksum(text, "disk.qcow2");
      expect("why" in found ? found.why : "").to.match(why);
    });
});

describe("the progress of a transfer", () => {
  const MiB = 1024 ** 2;
  for (const [line, done, total, seconds] of [
    ["120 MiB of 416 MiB (28 %), 60 MiB/s, 5 s left", 120 * MiB, 416 * MiB, 2],
    ["120 MiB, 60 MiB/s", 120 * MiB, null, 2],
    ["0 bytes of 416 MiB (0 %)", 0, 416 * MiB, 3],
    ["1.5 GiB of 8.0 GiB (18 %), 10 MiB/s, 11 min left", 1536 * MiB, 8192 * MiB, 150],
    ["20 GiB of 4.0 TiB (0 %), 20 MiB/s, 57 h left", 20 * 1024 * MiB, 4096 * 1024 * MiB, 1000],
    ["200 MiB, 100 MiB/s", 200 * MiB, 100 * MiB, 2],
  ] as const)
    it(line, () => expect(describeProgress(done, total, seconds)).to.equal(line));
});
