/** What the shell scripts about storage have in common. A question that fails ends them: no answer is no proof. */

/**
 * Shell functions that ask about pools and volumes; `$uri` is libvirt's URI.
 *
 * - `volumes_of POOL` prints the XML of all volumes of an active pool; `volumes` does so for all active pools. A volume or
 *   pool that goes away meanwhile is left out (`went POOL`). Without a locale virsh prints a name in UTF-8 as `\\xc3` (9.0.0),
 *   which names nothing.
 * - `folder_of POOL` prints the folder of a pool of files.
 * - `refresh POOL` looks through a pool's folder again. libvirt refuses that while a volume of the pool is being filled, so
 *   it waits up to 30 s for the end of that.
 * - `dumps_of OPTION…` makes a list of volumes into questions about them, and `in_batches COMMAND` asks a hundred in one call.
 * - `whole COMMAND` fails also for an answer that lacks its end. `some COMMANDS` runs several in one call of virsh, and
 *   fails unless all of its errors say that an object went away.
 */
export const asking = `
ask() { LC_ALL=C.UTF-8 virsh -c "$uri" "$@" </dev/null 9<&-; }
unescape() { sed "s/&lt;/</g; s/&gt;/>/g; s/&quot;/\\"/g; s/&apos;/'/g; s/&amp;/\\\\&/g"; }
folder_of() {
  ask pool-dumpxml --pool "$1" | sed -n "/^<pool type='\\(dir\\|fs\\|netfs\\)'/,$ s|^ *<path>\\(.*\\)</path>$|\\1|p" | unescape
}
refresh() {
  tries=0
  until said=$(ask pool-refresh --pool "$1" 2>&1); do
    tries=$((tries + 1))
    case $tries$said in *'asynchronous jobs'*) [ "$tries" -lt 60 ] ;; *) false ;; esac || { printf '%s\\n' "$said" >&2; return 1; }
    sleep 0.5
  done
}
whole() {
  said=$(ask "$1; echo all-told") || return
  case $said in *all-told) printf '%s\\n' "\${said%all-told}" ;; *) return 1 ;; esac
}
some() {
  said=$(ask "$1 echo all-told" 2>&1)
  errors=$(printf '%s\\n' "$said" | grep '^error: ' | grep -v -e '^error: failed to get ' -e '^error: Domain not found' -e '^error: Storage volume not found' -e '^error: Requested operation is not valid: storage pool .* is not active' -e "^error: cannot [a-z]* [a-z]* '.*': No such file or directory")
  case $said in *all-told) ;; *) errors="$errors an answer without its end" ;; esac
  [ -z "$errors" ] || { printf '%s\\n' "$errors" >&2; return 1; }
  printf '%s\\n' "\${said%all-told}" | grep -v '^error: '
}
went() {
  now=$(whole "pool-list --uuid") || return
  case $now in *"$1"*) return 1 ;; esac
}
dumps_of() {
  sed -n "s|^[^/]*\\\\(/.*\\\\)$|\\\\1|; /^\\\\//{ s/'/'\\\\\\\\''/g; s|.*|vol-dumpxml --vol '&' $*;|p; }"
}
in_batches() {
  batch='' number=0
  while IFS= read -r line; do
    batch="$batch $line" number=$((number + 1))
    [ $((number % 100)) -ne 0 ] || { "$1" "$batch" || exit; batch=''; }
  done
  [ -z "$batch" ] || "$1" "$batch"
}
volumes_of() {
  listed=$(whole "vol-list --pool $1") || { went "$1"; return; }
  printf '%s\\n' "$listed" | dumps_of | in_batches some
}
volumes() {
  pools=$(whole "pool-list --uuid") || return
  for pool in $pools; do volumes_of "$pool" || return; done
}
`;

/** Room for the output of a script that prints volumes. */
export const roomForVolumes = { each: "<volume", bytes: 16 * 1024 };

/** The XML of each volume in a text. */
export const volumeXmls = (text: string): readonly string[] => text.match(/<volume[ >].*?<\/volume>/gs) ?? [];
