/**
 * Login variables that make libvirt and virsh print more, or print elsewhere. `log` is the file that they
 * name.
 */
export const loudVariables = (log: string): Readonly<Record<string, string>> => ({
  ...{ VIRSH_DEBUG: "0", VIRSH_LOG_FILE: log, LIBVIRT_DEBUG: "1", LIBVIRT_LOG_OUTPUTS: `1:file:${log}` },
  ...{ VIRSH_DEFAULT_CONNECT_URI: "test:///default", LIBVIRT_DEFAULT_URI: "test:///default" },
  ...{ G_MESSAGES_DEBUG: "all", LANG: "de_DE.UTF-8", LC_MESSAGES: "de_DE.UTF-8" },
});

/** Lines of a .bashrc that read some of standard input and print. */
export const greedyLines: readonly string[] = [
  "read line",
  "read -N 1000 some",
  "read a; read b; read c; echo hello; echo hello >&2",
];
