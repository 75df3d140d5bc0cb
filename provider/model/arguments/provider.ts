import { table } from "../table.ts";
import { checkFields } from "./check.ts";
import type { Arguments, Failure, Field, ValueType } from "./field.ts";
import { count, oneOf, text } from "./field.ts";

/** One setting of the provider. */
export interface Setting extends Field {
  /** Environment variable that is read when the setting is not given. */
  readonly variable: string;
  /** Pulumi keeps the value encrypted. */
  readonly isSecret?: true;
}

const seconds = count(1, 3600);

/** The provider's configuration: `pulumi config set virsh:…`, the arguments of a `Provider`, or variables. */
export const settings: Readonly<Record<string, Setting>> = table({
  host: {
    type: text,
    variable: "PULUMI_VIRSH_HOST",
    description:
      'Host of resources and functions that name none: a libvirt URI such as "qemu+ssh://root@hv1/system". Default: each must name one.',
  },
  keyFile: {
    type: text,
    variable: "PULUMI_VIRSH_KEY_FILE",
    description:
      "Path of a private key on this machine, for hosts whose URI has no keyfile=. Default: the SSH agent and what ~/.ssh/config names.",
  },
  knownHosts: {
    type: text,
    variable: "PULUMI_VIRSH_KNOWN_HOSTS",
    description:
      "Path of a file of known host keys, for hosts whose URI has no known_hosts=. Default: those of ~/.ssh/config. Host keys are always checked.",
  },
  privateKey: {
    type: text,
    variable: "PULUMI_VIRSH_PRIVATE_KEY",
    isSecret: true,
    description: "Text of a private key, tried before key files. Never written anywhere. Default: none.",
  },
  keyPassphrase: {
    type: text,
    variable: "PULUMI_VIRSH_KEY_PASSPHRASE",
    isSecret: true,
    description: "Passphrase of the private key. Default: it has none, or the SSH agent holds the key.",
  },
  ssh: {
    type: oneOf("ssh2", "command"),
    variable: "PULUMI_VIRSH_SSH",
    description:
      'What connects to hosts: "ssh2", a library in this process, or "command", the ssh of this machine, which knows certificates, security keys and Kerberos too. Default: "ssh2". command= of a URI counts for its host.',
  },
  whenRunning: {
    type: oneOf("live", "detach", "restart"),
    variable: "PULUMI_VIRSH_WHEN_RUNNING",
    description:
      'What may be done to a running guest by resources that do not say so themselves: "live", "detach" or "restart". Default: "live".',
  },
  lints: {
    type: oneOf("error", "warning", "off"),
    variable: "PULUMI_VIRSH_LINTS",
    description:
      'What becomes of arguments that libvirt is known to refuse, such as an IO thread on an IDE disk: "error" stops before anything is touched, "warning" tells and lets libvirt decide, "off" does not tell. Default: "error".',
  },
  lint: {
    type: text,
    variable: "PULUMI_VIRSH_LINT",
    description:
      'Levels of the lints L1 to L12 that differ from the table\'s, as JSON: {"L4": "off", "L10": "warning"}. Levels: off, info, warning, error. Default: the table\'s.',
  },
  strictXml: {
    type: { kind: "boolean", yes: "", no: "" },
    variable: "PULUMI_VIRSH_STRICT_XML",
    description:
      "Whether a Domain fails whose `xml` holds what its host's libvirt does not know, where the Domain does not say so itself. Default: it is a warning.",
  },
  strictPreview: {
    type: { kind: "boolean", yes: "", no: "" },
    variable: "PULUMI_VIRSH_STRICT_PREVIEW",
    description:
      "Whether a preview fails when it knows that `up` would refuse something: a host that can't be read, an image that is missing, a CPU or a thread that is not there. Default: it says so and goes on.",
  },
  hosts: {
    type: text,
    variable: "PULUMI_VIRSH_HOSTS",
    description:
      "URIs of all hosts of the program, as a JSON list or separated by white space: they are read side by side at the first question to any of them. Default: each at the first question to it.",
  },
  connectSeconds: {
    type: seconds,
    variable: "PULUMI_VIRSH_CONNECT_SECONDS",
    description:
      "Seconds, from 1 to 3600, for one SSH connection with its jump hosts, retries and login. Default: ConnectTimeout of ~/.ssh/config, else 20.",
  },
  answerSeconds: {
    type: seconds,
    variable: "PULUMI_VIRSH_ANSWER_SECONDS",
    description: "Seconds, from 1 to 3600, for libvirt's answer to the first question. Default: 30.",
  },
  commandSeconds: {
    type: seconds,
    variable: "PULUMI_VIRSH_COMMAND_SECONDS",
    description:
      "Seconds, from 1 to 3600, for one command of virsh that changes a host; it is ended then. Default: 60.",
  },
  frontEnd: {
    type: oneOf("native", "dynamic"),
    variable: "PULUMI_VIRSH_FRONT_END",
    description:
      'What serves the resources of a TypeScript program that are given no provider: "native" this plugin, "dynamic" the handlers of the installed package. Default: "dynamic".',
  },
});

export const secretSettings: ReadonlySet<string> = new Set(
  Object.keys(settings).filter((name) => settings[name]?.isSecret),
);

/** Settings with numbers as numbers: Pulumi passes them as text. */
export function parseSettings(given: Arguments): Arguments {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, parseSetting(settings[name]?.type, value)]),
  );
}

function parseSetting(type: ValueType | undefined, value: unknown): unknown {
  if (type?.kind === "boolean" && (value === "true" || value === "false")) return value === "true";
  return type?.kind === "integer" && typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
}

/** All mistakes in settings, each with the name of its setting. */
export function checkSettings(given: Arguments): Failure[] {
  return checkFields(settings, given);
}

/** Settings, completed from environment variables; an empty variable counts as not set. */
export function completeSettings(
  given: Arguments,
  environment: Readonly<Record<string, string | undefined>>,
): Arguments {
  const entries = Object.entries(settings).flatMap(([name, { variable }]) => {
    const value = given[name] ?? (environment[variable] || undefined);
    return value === undefined ? [] : [[name, value] as const];
  });
  return parseSettings(Object.fromEntries(entries));
}
