import { spawn } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";

const example = "examples/pull-request";

interface Job {
  readonly permissions?: Record<string, string>;
  readonly steps?: readonly {
    readonly name?: string;
    readonly run?: string;
    readonly uses?: string;
    readonly with?: Record<string, unknown>;
  }[];
  readonly script?: readonly string[];
}
const github = parse(readFileSync(join(example, ".github/workflows/preview.yml"), "utf8")) as {
  permissions: object;
  jobs: Partial<Record<string, Job>>;
};
const gitlab = parse(readFileSync(join(example, ".gitlab-ci.yml"), "utf8")) as Partial<Record<string, Job>>;
const stepOf = (job: string, name: string) =>
  github.jobs[job]?.steps?.find((step) => step.name === name)?.run ?? "false";

/**
 * The operations that the scripts need of GitHub's and GitLab's comments: list pages, add one, replace a
 * text.
 */
interface Comments {
  readonly server: Server;
  readonly url: string;
  readonly bodies: string[];
  readonly requests: string[];
}

async function startComments(token: string, bodies: string[]): Promise<Comments> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => {
      const { method = "", headers } = request;
      const url = new URL(request.url ?? "", "http://localhost");
      requests.push(`${method} ${url.pathname}`);
      const answer = (code: number, value: object) =>
        response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(value));
      if (headers.authorization !== `Bearer ${token}` && headers["private-token"] !== token)
        return answer(403, {});
      const at = Number(/\d+$/.exec(url.pathname)?.[0]);
      const body = text === "" ? "" : (JSON.parse(text) as { body: string }).body;
      if (method === "GET") {
        const size = Number(url.searchParams.get("per_page") ?? 30);
        const from = (Number(url.searchParams.get("page") ?? 1) - 1) * size;
        return answer(200, bodies.map((each, id) => ({ id, body: each })).slice(from, from + size));
      }
      if (method === "POST") bodies.push(body);
      else bodies[at] = body;
      return answer(method === "POST" ? 201 : 200, { id: at });
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies, requests };
}

function bash(
  script: string,
  cwd: string,
  env: Record<string, string>,
): Promise<{ code: number; output: string }> {
  return new Promise((done) => {
    const child = spawn("bash", ["-e", "-c", script], {
      cwd,
      env: { PATH: process.env.PATH ?? "", HOME: cwd, ...env },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        output += chunk.toString();
      });
    child.on("close", (code) => done({ code: code ?? 1, output }));
  });
}

describe("the pull-request example", function () {
  this.timeout(120_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-virsh-pr-"));
    cpSync(example, folder, { recursive: true });
    mkdirSync(join(folder, "plan"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("has no permission that it does not need", () => {
    expect(github.permissions).to.deep.equal({});
    expect(github.jobs.preview?.permissions).to.deep.equal({ contents: "read" });
    expect(github.jobs.comment?.permissions).to.deep.equal({ contents: "read", "pull-requests": "write" });
    expect(JSON.stringify(github.jobs.comment)).to.not.include("secrets.");
    const checkouts = Object.values(github.jobs)
      .flatMap((job) => job?.steps ?? [])
      .filter(({ uses }) => uses?.startsWith("actions/checkout"));
    expect(checkouts.map((step) => step.with?.["persist-credentials"])).to.deep.equal([false, false]);
  });

  it("has both services run the same", () => {
    expect(stepOf("preview", "Preview").trim().split("\n")).to.deep.equal(gitlab.preview?.script);
    expect(stepOf("comment", "Comment")).to.equal(gitlab.comment?.script?.join("\n"));
  });

  const services = [
    {
      name: "GitHub",
      list: "/repos/me/fleet/issues/7/comments",
      update: "PATCH /repos/me/fleet/issues/comments/120",
      env: (url: string) => ({
        GITHUB_API_URL: url,
        GITHUB_REPOSITORY: "me/fleet",
        PULL_REQUEST: "7",
        GITHUB_TOKEN: "t",
      }),
    },
    {
      name: "GitLab",
      list: "/projects/3/merge_requests/7/notes",
      update: "PUT /projects/3/merge_requests/7/notes/120",
      env: (url: string) => ({
        CI_API_V4_URL: url,
        CI_PROJECT_ID: "3",
        CI_MERGE_REQUEST_IID: "7",
        GITLAB_TOKEN: "t",
      }),
    },
  ];
  for (const { name, list, update, env } of services) {
    it(`posts one comment on ${name} and then updates it, beyond the first page too`, async () => {
      const others = Array.from({ length: 120 }, (_, index) => `looks good ${index}`);
      const comments = await startComments("t", [...others]);
      const write = (text: string) =>
        writeFileSync(join(folder, "plan/comment.md"), `<!-- pulumi-virsh report -->\n${text}\n`);
      const comment = () => bash(stepOf("comment", "Comment"), folder, env(comments.url));
      try {
        write("first");
        expect(await comment()).to.deep.include({ code: 0 });
        write("second");
        expect(await comment()).to.deep.include({ code: 0 });
      } finally {
        comments.server.close();
      }
      expect(comments.bodies).to.deep.equal([...others, "<!-- pulumi-virsh report -->\nsecond\n"]);
      const get = `GET ${list}`;
      expect(comments.requests).to.deep.equal([get, get, `POST ${list}`, get, get, update]);
    });

    it(`says what is wrong when ${name} refuses`, async () => {
      const comments = await startComments("another", []);
      writeFileSync(join(folder, "plan/comment.md"), "<!-- m -->\n");
      try {
        const { code, output } = await bash(stepOf("comment", "Comment"), folder, env(comments.url));
        expect(code).to.equal(1);
        expect(output).to.include("403").and.include("may this token write comments?");
      } finally {
        comments.server.close();
      }
    });
  }

  /**
   * Replaces `pulumi`: writes what a preview wrote, and exits with the given code. The scripts that call it
   * are real.
   */
  const standIn = (exit: number, preview: string) =>
    `#!/bin/sh\n[ "$1" = preview ] || exit 0\ncat '${resolve("examples/report/plan.jsonl")}' >"$PULUMI_VIRSH_PLAN"\n${preview}\nexit ${exit}\n`;
  const json = `cat '${resolve("examples/report/preview.json")}'`;
  const previews = [
    { name: "a plan with restarts", pulumi: standIn(0, json), env: {}, code: 2, says: /3 restart changes/ },
    {
      name: "a plan that may restart",
      pulumi: standIn(0, json),
      env: { FAIL_ON: "unknown" },
      code: 1,
      says: /no "unknown"/,
    },
    {
      name: "nothing that fails it",
      pulumi: standIn(0, json),
      env: { FAIL_ON: "unreachable" },
      code: 2,
      says: /1 unreachable host/,
    },
    {
      name: "a preview that fails with JSON",
      pulumi: standIn(255, json),
      env: {},
      code: 255,
      says: /restart/,
    },
    {
      name: "a preview that fails before its first step",
      pulumi: standIn(255, "echo error: no stack"),
      env: {},
      code: 255,
      says: /restart/,
    },
  ];
  for (const { name, pulumi, env, code, says } of previews) {
    it(`previews and reports ${name}`, async () => {
      mkdirSync(join(folder, "bin"));
      writeFileSync(join(folder, "bin/pulumi"), pulumi, { mode: 0o755 });
      const virsh = `node ${resolve("dist/provider/cli/main.js")}`;
      const path = [join(folder, "bin"), process.env.PATH ?? ""].join(delimiter);
      const run = await bash(stepOf("preview", "Preview"), folder, {
        PATH: path,
        PULUMI_STACK: "dev",
        PULUMI_VIRSH: virsh,
        MARKER: "dev",
        ...env,
      });
      expect(run.code, run.output).to.equal(code);
      expect(run.output).to.match(says);
      expect(readFileSync(join(folder, "plan/report.html"), "utf8")).to.match(/^<!doctype html>/);
      if (code !== 1)
        expect(readFileSync(join(folder, "plan/comment.md"), "utf8")).to.match(
          /^<!-- pulumi-virsh report: dev -->\n## \d+ guests change/,
        );
    });
  }

  it("has scripts that bash can read", async () => {
    copyFileSync(join(example, "preview.sh"), join(folder, "again.sh"));
    expect(await bash("bash -n again.sh && test -x preview.sh", folder, {})).to.deep.equal({
      code: 0,
      output: "",
    });
    for (const line of [stepOf("preview", "SSH key and host keys"), ...(gitlab.preview?.script ?? [])])
      expect(await bash(`bash -n <<'END'\n${line}\nEND`, folder, {})).to.deep.equal({ code: 0, output: "" });
  });
});
