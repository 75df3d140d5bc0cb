import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { repository } from "../../tools/sandbox/folders.ts";

interface Package {
  readonly repository: { readonly url: string };
  readonly homepage: string;
  readonly bugs: { readonly url: string };
  readonly license: string;
}

const read = (file: string) => readFileSync(join(repository, file), "utf8");
const ours = JSON.parse(read("package.json")) as Package;

describe("the package", () => {
  it("names one address as repository, homepage and place for problems", () => {
    const base = ours.repository.url.replace(/^git\+/, "").replace(/\.git$/, "");
    expect(base).to.match(/^https:\/\/[\w.-]+\/[\w./-]*pulumi-virsh$/);
    expect(ours.homepage).to.equal(`${base}#readme`);
    expect(ours.bugs.url).to.equal(`${base}/issues`);
    const schema = JSON.parse(read("plugin/schema.json")) as Record<string, unknown>;
    expect(schema).to.include({ repository: base, homepage: base });
  });

  it("carries the licence that it names", () => {
    expect(ours.license).to.equal("Apache-2.0");
    expect(read("LICENSE")).to.match(/Apache License\s+Version 2\.0/);
  });

  it("contains every file that its README links to", () => {
    const packed = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: repository,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [made] = JSON.parse(packed) as { readonly files: readonly { readonly path: string }[] }[];
    const files = made?.files.map(({ path }) => path) ?? [];
    const links = [...read("README.md").matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map((found) => found[1] ?? "");
    const relative = links.filter((link) => !link.startsWith("https://"));
    expect(relative).not.to.have.length(0);
    const isPacked = (link: string) => files.some((file) => file === link || file.startsWith(`${link}/`));
    expect(relative.filter((link) => !isPacked(link))).to.deep.equal([]);
  });
});
