// What the programs use of Node; its types are not installed.
declare const process: { readonly argv: readonly string[] };
