/** The shell text that asks a host what may use a volume. A question that fails ends it: no answer is no proof. */
import { objects } from "../../model/objects.ts";
import { takeLock } from "../apply/defineLock.ts";
import { asking } from "./asking.ts";

/** Refreshes a pool whose folder is there: `sh -c … sh URI POOL FOLDER`; without a folder any pool. */
export const refreshFolder = `${asking}
uri=$1
{ [ -z "$3" ] || ls -d -- "$3" >/dev/null; } && refresh "$2"
`;

/**
 * Prints what the definitions of domains do not tell: `sh -c … sh URI MARK POOL [FORMAT PATH]…`
 *
 * - the definition of each domain in its managed save, which may have other disks, and all its snapshots, which name
 *   the images that they go back to;
 * - all volumes, for those that are backed by others. Files that somebody put into the pool's folder are not in libvirt's
 *   list before a refresh, which deactivates a pool whose folder is gone (9.0.0 to 12.8.0). So it is refreshed with care,
 *   and other pools not at all;
 * - the loop devices, with the file of each;
 * - the backing chain of each image. It passes the known format to qemu-img, because a guest can make a raw image look
 *   like another format. A chain ends where a file is missing or is no such image, for nothing can be read
 *   through that; then the first image still says what it is on. An image that can't be read for another reason is
 *   `unread`.
 */
export const askUses = `${asking}
uri=$1 mark=$2 pool=$3; shift 3
is_listed() {
  now=$(whole "$1") || { case $1 in snapshot-list*) is_listed "list --all --uuid" "$id"; return ;; esac; return 0; }
  printf '%s\\n' "$now" | grep -qxF -e "$2" -e " $2" -e "$2 "
}
part() { printf '\\n%s %s\\n' "$mark" "$*"; }
ids=$(whole "list --all --with-managed-save --uuid") || exit
for id in $ids; do
  part saved "$id"
  ask managedsave-dumpxml "$id" || ! is_listed "list --all --with-managed-save --uuid" "$id" || exit
done
ids=$(whole "list --all --with-snapshot --uuid") || exit
for id in $ids; do
  names=$(whole "snapshot-list --domain $id --name") || { is_listed "list --all --with-snapshot --uuid" "$id" && exit 1; continue; }
  printf '%s\\n' "$names" | while IFS= read -r name; do
    [ -n "$name" ] || continue
    part snapshot "$id"
    ask snapshot-dumpxml --domain "$id" --snapshotname "$name" || ! is_listed "snapshot-list --domain $id --name" "$name" || exit
  done || exit
done
folder=$(folder_of "$pool")
if [ -n "$folder" ] && [ -d "$folder" ]; then refresh "$pool" || exit; fi
look() {
  as=$1; shift
  LC_ALL=C qemu-img info -U -f "$as" --output=json "$@" </dev/null
}
part volumes
volumes || exit
part loops
for each in /sys/block/loop*/loop/backing_file; do
  [ -r "$each" ] && printf '%s %s\\n' "$(printf '%s' "$each" | cut -d/ -f4)" "$(cat "$each")"
done
while [ $# -gt 0 ]; do
  part chain "$#"
  chain=$(look "$1" --backing-chain "$2" 2>/dev/null) || case $(look "$1" --backing-chain "$2" 2>&1) in
    *'No such file or directory'* | *'Not a directory'* | *'Image is not in '*' format'*)
      chain=$(look "$1" "$2" 2>/dev/null) ;;
    *) part unread "$#"; chain='' ;;
  esac
  printf '%s\\n' "$chain"
  shift 2
done
part done
`;

/**
 * Prints the numbers of those words that lead to the file of a volume, by whatever spelling or link:
 * `sh -c … sh URI PATH COUNT PATH… [POOL VOLUME]…`. A pool
 * that is not active does not tell its volumes, so their files and the images below those are looked for in its folder.
 * Fails when this login may not see the volume's file, or can't read such an image.
 */
export const askSameFile = `${asking}
of_inactive() {
  path=$(folder_of "$1")/$2
  [ -e "$path" ] || { printf '%s\\n' "$path"; return; }
  info=$(qemu-img info -U --backing-chain --output=json "$path" </dev/null) || exit
  below=$(printf '%s\\n' "$info" | sed -n 's/^ *"full-backing-filename": "\\(.*\\)",*$/\\1/p')
  printf '%s\\n' "$below" | while IFS= read -r each; do [ "$each" -ef "$file" ] && printf '%s\\n' "$file"; done | grep . || printf '%s\\n' "$path"
}
uri=$1 file=$2 count=$3 number=0; shift 3
case $file in /*) [ -e "$file" ] || { ls -dL -- "$file"; exit 1; } ;; esac
while [ $# -gt 0 ]; do
  if [ "$number" -lt "$count" ]; then path=$1; shift
  else
    path=$(ask vol-path --pool "$1" --vol "$2" 2>&1) || case $path in
      *'no storage vol with matching'* | *'no storage pool with matching'*) path='' ;;
      *'is not active'*) path=$(of_inactive "$1" "$2") || exit 1 ;;
      *) printf '%s\\n' "$path" >&2; exit 1 ;;
    esac
    shift 2
  fi
  [ "$path" -ef "$file" ] && echo "$number"
  number=$((number + 1))
done
exit 0
`;

/** Prints the numbers of those paths that lead to a volume of the pool: `sh -c … sh URI POOL PATH…`. */
export const askVolumesAmong = `${asking}
uri=$1 pool=$2; shift 2
listed=$(whole "vol-list --pool $pool") || exit
printf '%s\\n' "$listed" | sed -n 's|^[^/]*\\(/.*\\)$|\\1|p' | while IFS= read -r file; do
  number=0
  for path; do
    [ "$path" -ef "$file" ] && echo "$number"
    number=$((number + 1))
  done
done
exit 0
`;

/** Status of a volume that something has begun to use. */
export const inUse = 75;

/**
 * Deletes volumes unless a domain or another volume names them by now: `sh -c … sh URI MARK [POOL NAME PATH NAMED]…`, and
 * prints `MARK STATUS` with what virsh said for each. Programs that define domains and make overlays take turns with this
 * one, so none can begin to use a volume between the look and the deletion.
 */
export const deleteUnused = `${takeLock}${asking}
uri=$1 mark=$2; shift 2
paths_in() { tr "'<>" '\\n\\n\\n' | grep / | unescape | sort -u; }
is_named() {
  printf '%s\\n' "$guests" | grep -qF -e "$2" || printf '%s\\n' "$paths" | {
    while IFS= read -r path; do
      if [ "$path" = "$1" ] || [ "$path" -ef "$1" ]; then exit 0; fi
    done
    exit 1
  }
}
take_lock "$uri"
ids=$(whole "list --all --uuid") || exit
batch=''
for id in $ids; do batch="$batch dumpxml --inactive $id; dumpxml $id;"; done
guests=$([ -z "$batch" ] || some "$batch") || exit
below=$(volumes) || exit
paths=$(
  printf '%s\\n' "$guests" | paths_in
  printf '%s\\n' "$below" | sed -n '/<backingStore>/,/<\\/backingStore>/p' | paths_in
)
while [ $# -gt 0 ]; do
  if is_named "$3" "$4"; then status=${inUse} said=''
  else said=$(ask ${objects.volume.verbs.delete} --pool "$1" --vol "$2" 2>&1); status=$?
  fi
  printf '\\n%s %s\\n%s\\n' "$mark" "$status" "$said"
  shift 4
done
`;
