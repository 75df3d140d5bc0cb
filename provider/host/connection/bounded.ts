/** Bytes of one virsh's output that the script's shell keeps. The list of 16,000 domains is smaller. */
const mostBytes = 64 * 1024 * 1024;

/** What the shell prints when a virsh prints more than that; virsh/errors.ts recognises it. */
export const printsMore = `prints more than ${mostBytes / 1024 / 1024} MiB`;

/**
 * A shell function `keep WORD…`: runs a command, puts its output into `kept` and returns its exit code. It needs
 * `mark`. Without a limit, endless output would fill the memory of the host.
 */
export const keepOutputOf = `
keep() {
  kept=$({ "$@" || printf '\\n%s status %s' "$mark" "$?"; } | head -c ${mostBytes} && printf .) || return
  kept=\${kept%.}
  case $kept in *"$mark status "*) return "\${kept##*"$mark status "}" ;; esac
  [ "\${#kept}" -lt ${mostBytes} ] || { echo "error: virsh ${printsMore}" >&2; return 1; }
}
`;
