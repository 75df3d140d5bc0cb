/** What to do about a failed connection, whichever client failed. */
export const remedies = {
  unknownName: "its name is not known: check the name, DNS and HostName in ~/.ssh/config",
  nobodyListens: "nothing listens on that port: is sshd running there?",
  noRoute: "there is no route to it: check the network",
  noAnswer:
    "it does not answer: check the network and firewalls; PULUMI_VIRSH_CONNECT_SECONDS sets how long it may take",
  noAlgorithm: "the two ends have no algorithm in common: update its sshd, or allow a newer algorithm there",
  hangsUp: "its sshd hangs up at once, and did so until time was up: look at MaxStartups there, and its log",
} as const;
