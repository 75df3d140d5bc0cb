import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import * as virsh from "../../provider/index.ts";
import { repository } from "../../tools/sandbox/folders.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { correct } from "../support/correctPrograms.ts";
import type { TestDomain } from "../support/domains.ts";
import { failureOf, testDomain } from "../support/domains.ts";
import { leaveOutWith } from "../support/features.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import type { Given, Mistake } from "../support/mistakes.ts";
import { lackingFeature, mistakes } from "../support/mistakes.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import type { TestStack } from "../support/stack.ts";
import { makeStack } from "../support/stack.ts";

const file = join(repository, "docs/mistakes.md");

/** Programs that one preview runs together. Each has guests, images and resource names of its own. */
const together = 8;

describe("mistakes, told by a preview of the real engine", function () {
  this.timeout(900_000);
  /** What the programs of one preview find. */
  let givens: readonly Given[];
  let given: Given;
  let webs: readonly TestDomain[];
  let web: TestDomain;
  let brief: TestDomain;
  let other: TestDomain;
  let closed: string;
  /** Output by front end, then by title. */
  const told = { dynamic: new Map<string, string>(), native: new Map<string, string>() };
  before(async () => {
    const { uri: host, domainType: type } = await sandbox();
    closed = temporaryFolder("closed");
    const closedImage = join(closed, "a.raw");
    writeFileSync(closedImage, Buffer.alloc(1024 ** 2));
    [brief, other] = [await testDomain("brief"), await testDomain("other")];
    await brief.create("Domain", { type, memory: "64 MiB", running: true });
    await brief.virsh("undefine");
    await other.create("Domain", { type, memory: "64 MiB" });
    const places = Array.from({ length: together }, (_, place) => place);
    webs = await Promise.all(places.map((place) => testDomain(`web${place}`)));
    givens = await Promise.all(
      webs.map(async (web, place) => {
        const webImage = makeImage(`mistakes-web-${place}.raw`, 1);
        const disks = [{ target: "vda", source: { file: webImage } }];
        const running = { type, memory: "64 MiB", ioThreads: 1, disks, running: true };
        return {
          host,
          type,
          label: `p${place}-`,
          web: web.name,
          webUuid: String((await web.create("Domain", running)).uuid),
          webImage,
          brief: brief.name,
          other: other.name,
          db: testName(`db${place}`),
          image: makeImage(`mistakes-a-${place}.raw`, 1),
          otherImage: makeImage(`mistakes-b-${place}.raw`, 1),
          closedImage,
        };
      }),
    );
    [web, given] = [webs[0] as TestDomain, givens[0] as Given];
  });
  after(async () => {
    for (const each of [...webs, brief, other]) await each.remove();
    removeFolder(closed);
  });

  const makers = { dynamic: () => makeStack(idle), native: () => makeNativeStack(idle) };
  for (const frontEnd of ["dynamic", "native"] as const)
    describe(frontEnd, () => {
      let stack: TestStack;
      const answers = new Map<string, Answer>();
      before(async () => {
        stack = await makers[frontEnd]();
        const rows = [
          ...mistakes.filter(({ fails }) => !fails),
          ...Object.entries(correct).map(([title, program]) => ({ title, program })),
        ];
        for (let first = 0; first < rows.length; first += together) {
          const some = rows.slice(first, first + together).map((row, place) => ({
            ...row,
            given: givens[place] as Given,
          }));
          stack.program = async () => {
            for (const { program, given } of some) program(given);
          };
          const { hasFailed, said } = await previewOf(stack);
          for (const { title, given } of some)
            answers.set(title, { given, hasFailed, said: said.filter(isOf(given, givens)) });
        }
      });
      after(() => stack.remove());
      /** A program that the engine refuses stops the whole preview, so it runs alone. */
      const answerTo = async ({ title, program }: Mistake): Promise<Answer> => {
        const answer = answers.get(title);
        if (answer) return answer;
        stack.program = async () => program(given);
        return { given, ...(await previewOf(stack)) };
      };
      for (const mistake of mistakes)
        it(mistake.title, async function () {
          if (mistake.lacks) await leaveOutWith(this, web.connection, mistake.lacks);
          const { given, hasFailed, said } = await answerTo(mistake);
          const lines = said.map(({ line }) => line);
          expect(hasFailed, lines.join("\n")).to.equal(mistake.fails === true);
          const line = lines.find((each) => mistake.want.test(each));
          expect(line, lines.join("\n")).to.be.a("string");
          const { not } = mistake;
          if (not) expect(lines.filter((each) => not.test(each))).to.deep.equal([]);
          told[frontEnd].set(mistake.title, printLine(line ?? "", given));
        });
      for (const title of Object.keys(correct))
        it(`no mistake: ${title}`, () => {
          const { hasFailed, said } = answers.get(title) as Answer;
          const lines = said.map(({ line }) => line);
          expect(hasFailed, lines.join("\n")).to.equal(false);
          expect(lines.filter((each) => each.includes("not possible"))).to.deep.equal([]);
        });
    });

  for (const frontEnd of ["dynamic", "native"] as const)
    it(`a feature that the host's libvirt lacks stops the up before anything is applied, ${frontEnd}`, async function () {
      await leaveOutWith(this, web.connection, "diskIoThreads");
      const stack = await makers[frontEnd]();
      try {
        stack.program = async () => lackingFeature.program(given);
        const before = await web.facts();
        const failure = await failureOf(stack.stack.up({ color: "never" }));
        expect(failure.message)
          .to.match(/mapped to IO threads needs libvirt 10\.0\.0, the host has \d/)
          .and.contain("nothing has changed on the host");
        const after = await web.facts();
        expect([after.inactiveXml, after.liveXml]).to.deep.equal([before.inactiveXml, before.liveXml]);
        const { deployment } = await stack.stack.exportStack();
        expect(JSON.stringify(deployment)).not.to.contain("VirtioDisk");
      } finally {
        await stack.remove();
      }
    });

  for (const frontEnd of ["dynamic", "native"] as const)
    it(`with strictPreview the preview fails, ${frontEnd}`, async () => {
      const stack = await makers[frontEnd]();
      try {
        await stack.stack.setConfig("virsh:strictPreview", { value: "true" });
        for (const [args, want] of [
          [{ host: given.host, memory: "64 MiB", cpuset: "4000" }, /not possible: cpuset 4000/],
          [{ host: "qemu+ssh://root@nowhere.invalid/system", memory: "64 MiB" }, /can't connect to nowhere/],
          [{ host: given.host, memory: "64 MiB" }, null],
        ] as const) {
          stack.program = async () =>
            void new virsh.Domain("db", { name: given.db, type: given.type, ...args });
          const { hasFailed, said } = await previewOf(stack);
          expect(hasFailed, JSON.stringify(said)).to.equal(want !== null);
          if (want) expect(said.some(({ line }) => want.test(line))).to.equal(true);
        }
      } finally {
        await stack.remove();
      }
    });

  // In a suite of its own, because mocha runs a suite's tests before its inner suites.
  describe("the list", () => {
    it("docs/mistakes.md lists what each preview says", () => {
      const rows = mistakes.flatMap(({ title }) => {
        const [dynamic, native] = [told.dynamic.get(title), told.native.get(title)];
        return dynamic === undefined || native === undefined
          ? []
          : [`| ${title} | ${dynamic} | ${native === dynamic ? "the same" : native} |`];
      });
      if (process.env.PULUMI_VIRSH_WRITE_DOCS) writeFileSync(file, `${head}${rows.join("\n")}\n`);
      // The formatter pads cells.
      const flat = (text: string) => text.replaceAll(/ {2,}/g, " ").replaceAll(/-{3,}/g, "---");
      const text = flat(readFileSync(file, "utf8"));
      for (const row of rows) expect(text).to.contain(flat(row));
      expect(text.startsWith(flat(head))).to.equal(true);
    });
  });
});

const head = `# Mistakes that a preview tells

Made by \`test/engine/mistakes.test.ts\`, which runs each mistake in both front ends
(\`PULUMI_VIRSH_WRITE_DOCS=1\` writes this file). Lines with \`not possible\` are errors under their resource in the native
plugin and warnings of dynamic resources, and the preview goes on; with \`virsh:strictPreview\` set it fails, as for a host that does not
answer. Lines that begin with an argument stop every preview. Where several resources of the program matter, those count that were registered before: a resource that
needs another one has to depend on it, or \`up\` makes both at once. In a TypeScript program a pin, disk or controller waits
by itself for the IoThread resources that it names by number. What is not known yet is taken to be right. What only keeps
a guest from its next start is a warning where \`up\` does not start it.

| mistake | dynamic resources | native plugin |
| --- | --- | --- |
`;

/** Replaces what differs between machines in a line of a preview, for a table cell. */
function printLine(line: string, { host, web, webUuid, brief, other, db }: Given): string {
  const names = {
    [host]: "qemu+ssh://root@hv1/system",
    [web]: "web",
    [brief]: "brief",
    [other]: "other",
    [db]: "db",
    [webUuid]: "3f0c8a52-…",
  };
  const plain = Object.entries(names).reduce((text, [from, to]) => text.replaceAll(from, to), line);
  return plain
    .replace(/^[a-z#]+: /, "")
    .replace(/^\S+ resource '[\w-]+': property (\S+) value .*? has a problem: /, "$1 ")
    .replace(/(which the host lacks; it has) [\d, ]+/, "$1 0, 1")
    .replace(/(libvirt [\d.]+, the host has) [\d.]*\d/, "$1 9.0.0")
    .replace(/(QEMU [\d.]+, the host has) [\d.]*\d/, "$1 7.2.0")
    .replace(/(define it first), or use ("[^"]*"(, )?)+/, "$1")
    .replace(/(more memory than the host has,) \d+ MiB/, "$1 64000 MiB")
    .replaceAll(/\/[^ ]*\/pulumi-virsh-closed-[\w.-]+\//g, "/srv/closed/")
    .replaceAll(/\/[^ ]*\/images\/(?:pulumi-virsh-\w+\/)?/g, "/var/lib/libvirt/images/")
    .replaceAll(/(mistakes-\w+)-\d\.raw/g, "$1.raw")
    .replaceAll("|", "\\|")
    .replaceAll("<", "\\<");
}

const idle = async () => {};

interface Said {
  readonly urn: string;
  /** One line of a message, with its severity. */
  readonly line: string;
  /** The message's first line. It begins with the name of the guest, if the message is about one. */
  readonly first: string;
}

interface Preview {
  readonly hasFailed: boolean;
  readonly said: readonly Said[];
}

/** What a preview says about one program, and the environment in which that program ran. */
interface Answer extends Preview {
  readonly given: Given;
}

/**
 * A message is of the program whose resource says it. The dynamic provider does not know the resource of the
 * first check that it gets; messages of the stack are of each program but those whose guest is another one.
 */
const isOf =
  ({ label, web, db }: Given, givens: readonly Given[]) =>
  ({ urn, first }: Said): boolean => {
    if (urn.includes(`::${label}`)) return true;
    const others = givens.flatMap((each) => [each.web, each.db]).filter((name) => ![web, db].includes(name));
    return /:Stack::|^$/.test(urn) && !others.some((name) => first.startsWith(name));
  };

async function previewOf({ stack }: TestStack): Promise<Preview> {
  const said: Said[] = [];
  const onEvent = ({ diagnosticEvent }: EngineEvent) => {
    const { urn = "", severity, message } = diagnosticEvent ?? { severity: "debug", message: "" };
    if (severity !== "debug")
      said.push(
        ...message.split("\n").map((line) => ({ urn, line: `${severity}: ${line}`, first: message })),
      );
  };
  const hasFailed = await stack.preview({ color: "never", onEvent }).then(
    () => false,
    () => true,
  );
  return { hasFailed, said };
}
