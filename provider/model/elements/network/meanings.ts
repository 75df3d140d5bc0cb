import { canonicalIp } from "../../values/ip.ts";
import { canonicalMac } from "../../values/mac.ts";
import { decimal, number } from "../../values/number.ts";
import type { Meaning } from "../schema.ts";

export const meanings: readonly Meaning[] = [
  { ends: /^mac\/@address$|\/host\/@mac$/, canonical: canonicalMac },
  { ends: /\/port\/@(?:start|end)$/, canonical: decimal },
  { ends: /^forward\/address\/@\w+$|\/lease\/@expiry$/, canonical: number },
  { ends: /\/@(?:address|ip|gateway|start|end|addr|server|netmask)$/, canonical: canonicalIp },
  {
    ends: /\/@(?:prefix|delay|size|id|port|priority|weight|metric|average|peak|burst|floor)$/,
    canonical: decimal,
  },
];
