#!/usr/bin/env bash
# Previews the stack and makes the report: plan.jsonl, preview.json, comment.md, report.html, report.json in a folder.
# Usage: preview.sh FOLDER. FAIL_ON names what makes it fail (default: delete,replace,restart,error); MARKER names the
# comment where several stacks share a pull request. Exits as `pulumi preview` when that failed, else as the report.
set -uo pipefail
out=$(mkdir -p "${1:?usage: preview.sh FOLDER}" && cd "$1" && pwd)
report=${PULUMI_VIRSH:-npx --no-install pulumi-virsh}

: >"$out/plan.jsonl"
PULUMI_VIRSH_PLAN="$out/plan.jsonl" pulumi preview --json --non-interactive >"$out/preview.json"
previewed=$?

# A preview that failed before its first step prints no JSON: what was recorded until then is still reported.
preview=(--preview "$out/preview.json")
if [ "$previewed" -ne 0 ] && ! $report report "$out/plan.jsonl" "${preview[@]}" >/dev/null 2>&1; then preview=(); fi

$report report "$out/plan.jsonl" ${preview[@]+"${preview[@]}"} --format html --output "$out/report.html" || exit 1
$report report "$out/plan.jsonl" ${preview[@]+"${preview[@]}"} --format json --output "$out/report.json" || exit 1
$report report "$out/plan.jsonl" ${preview[@]+"${preview[@]}"} --marker "${MARKER:-}" --output "$out/comment.md" \
  --fail-on "${FAIL_ON:-delete,replace,restart,error}"
reported=$?
[ "$previewed" -eq 0 ] || exit "$previewed"
exit "$reported"
