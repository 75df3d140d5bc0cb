import type { Field } from "./field.ts";
import { text } from "./field.ts";

/** The host of a resource or function. */
export const hostArgument: Field = {
  type: text,
  required: true,
  setting: "host",
  description:
    'libvirt URI: "qemu+ssh://root@hv1/system" with keyfile= and known_hosts= where wanted, or "qemu:///system". Default: the host of the provider that the native front end was given. Another host makes a new resource; another way of writing the same one, told by its UUID, or other credentials do not.',
};
