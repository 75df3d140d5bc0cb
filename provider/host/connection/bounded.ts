/** Bytes that a script's shell keeps of one virsh: 16,000 domains print less. */
const mostBytes = 64 * 1024 * 1024;

/** What the shell says of a virsh that prints more; errors.ts knows it. */
export const printsMore = `prints more than ${mostBytes / 1024 / 1024} MiB`;

/**
 * A shell function `keep WORD…`: runs a command and puts what it prints into `kept`, with its exit code as the status.
 * It needs `mark`. A shell that keeps endless output would use up the memory of its host.
 */
export const keepOutputOf = `
keep() {
  kept=$({ "$@" || printf '\\n%s status %s' "$mark" "$?"; } | head -c ${mostBytes} && printf .) || return
  kept=\${kept%.}
  case $kept in *"$mark status "*) return "\${kept##*"$mark status "}" ;; esac
  [ "\${#kept}" -lt ${mostBytes} ] || { echo "error: virsh ${printsMore}" >&2; return 1; }
}
`;
