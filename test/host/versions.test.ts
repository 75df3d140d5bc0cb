import { expect } from "chai";
import { readColumns, releaseOf } from "../../tools/versions/column.ts";
import { tryAll } from "../../tools/versions/run.ts";

describe("docs/versions.md", function () {
  this.timeout(180_000);

  it("says what this host's libvirt and QEMU make of each trial", async () => {
    const { results, ...versions } = await tryAll("versions");
    const column = readColumns().find((each) => releaseOf(each) === releaseOf(versions));
    expect(results, "npm run versions writes the column of this host").to.deep.equal(column?.results);
  });
});
