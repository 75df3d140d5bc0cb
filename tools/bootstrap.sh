#!/bin/sh
# Runs one of the tools from a fresh clone: installs missing packages, compiles, runs the tool.
set -eu
cd "$(dirname "$0")/.."
tool=$1
shift
[ -e node_modules/.package-lock.json ] || npm ci --no-audit --no-fund --ignore-scripts || npm install --no-audit --no-fund --ignore-scripts --no-save
node_modules/.bin/tsc -p .
exec node "dist/tools/$tool.js" "$@"
