export * from "./resources/kinds.ts";
