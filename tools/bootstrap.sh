#!/bin/sh
# From a fresh clone to one of the tools: installs the packages that are missing, compiles, runs it.
set -eu
cd "$(dirname "$0")/.."
tool=$1
shift
[ -e node_modules/.package-lock.json ] || npm ci --no-audit --no-fund --ignore-scripts || npm install --no-audit --no-fund --ignore-scripts --no-save
node_modules/.bin/tsc -p .
exec node "dist/tools/$tool.js" "$@"
