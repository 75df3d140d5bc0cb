// Posts a report as a comment, or updates the one that is there: node comment.mjs comment.md
// The comment's first line is a marker, by which it finds its own again. Nothing but Node.js 20 is needed.
// GitHub: GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_TOKEN, PULL_REQUEST.
// GitLab: CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID, GITLAB_TOKEN.
import { readFileSync } from "node:fs";

const env = process.env;

/** @type {{ list: string, one: (id: number) => string, update: string, headers: Record<string, string> }} */
const service = env.GITHUB_REPOSITORY
  ? {
      list: `${env.GITHUB_API_URL}/repos/${env.GITHUB_REPOSITORY}/issues/${need("PULL_REQUEST")}/comments`,
      one: (id) => `${env.GITHUB_API_URL}/repos/${env.GITHUB_REPOSITORY}/issues/comments/${id}`,
      update: "PATCH",
      headers: { authorization: `Bearer ${need("GITHUB_TOKEN")}`, accept: "application/vnd.github+json" },
    }
  : {
      list: `${need("CI_API_V4_URL")}/projects/${need("CI_PROJECT_ID")}/merge_requests/${need("CI_MERGE_REQUEST_IID")}/notes`,
      one: (id) => `${service.list}/${id}`,
      update: "PUT",
      headers: { "private-token": need("GITLAB_TOKEN") },
    };

try {
  const body = readFileSync(process.argv[2] ?? "comment.md", "utf8");
  const marker = body.split("\n")[0];
  const own = await findOwn(marker);
  const [url, method] = own === null ? [service.list, "POST"] : [service.one(own), service.update];
  await call(url, { method, body: JSON.stringify({ body }) });
  console.log(own === null ? "comment posted" : `comment ${own} updated`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function findOwn(marker) {
  for (let page = 1; ; page++) {
    const comments = await call(`${service.list}?per_page=100&page=${page}`);
    const own = comments.find((comment) => comment.body?.split(/\r?\n/)[0] === marker);
    if (own) return own.id;
    if (comments.length < 100) return null;
  }
}

async function call(url, options = {}) {
  const headers = { ...service.headers, "content-type": "application/json" };
  const response = await fetch(url, { ...options, headers, signal: AbortSignal.timeout(30_000) });
  if (response.ok) return response.json();
  const hint = response.status === 403 || response.status === 401 ? "; may this token write comments?" : "";
  throw new Error(`${options.method ?? "GET"} ${url}: ${response.status} ${response.statusText}${hint}`);
}

function need(name) {
  const value = env[name];
  if (value) return value;
  console.error(`${name} is not set`);
  process.exit(1);
}
