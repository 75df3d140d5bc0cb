/** The shell text that reads the storage of a host for a whole run. */
import { asking } from "./asking.ts";

/** Volumes of one pool that are read with all others. Others of a larger pool are read one by one, when they are asked for. */
const mostVolumes = 1000;

/**
 * Reads all pools, and the volumes of those that are folders: `sh -c … sh URI MARK`. Each answer has a frame; `folder` says that
 * the pool's folder is there. What fails has no answer, so that one pool does not keep the others from being read.
 * Volumes of other pools may be far away, and slow to read.
 */
export const storageScript = `${asking}
uri=$1 mark=$2
pools=$(whole "pool-list --all --uuid") || exit
batch=''
for pool in $pools; do
  batch="$batch echo $mark pool $pool; pool-dumpxml --inactive $pool; echo $mark live $pool; pool-dumpxml $pool;"
  batch="$batch echo $mark info $pool; pool-info $pool; echo $mark list $pool; vol-list $pool;"
done
told=$(ask "$batch echo $mark listed" 2>/dev/null)
printf '\\n%s\\n' "$told"
of() { printf '%s\\n' "$told" | sed -n "/^$mark $1 $pool$/,/^$mark $2 /$3"; }
for pool in $pools; do
  folder=$(of live info "{ /^<pool type='\\(dir\\|fs\\|netfs\\)'/,$ s|^ *<path>\\(.*\\)</path>$|\\1|p; }" | unescape)
  if [ -z "$folder" ] || [ ! -d "$folder" ]; then continue; fi
  printf '\\n%s folder %s\\n' "$mark" "$pool"
  of list "[a-z]*" p | dumps_of --pool "$pool" | head -n ${mostVolumes} | in_batches ask 2>/dev/null
done
printf '\\n%s done\\n' "$mark"
`;
