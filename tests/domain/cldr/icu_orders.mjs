// Write the order of ICU for the names of each line, in the language of the line:
//   node tests/domain/cldr/icu_orders.mjs tests/golden/icu_orders.jsonl
import fs from "node:fs";

const lines = fs.readFileSync(process.argv[2], "utf8").trim().split("\n").map((line) => JSON.parse(line));
for (const { language, names } of lines) {
  const { compare } = new Intl.Collator(language);
  console.log(JSON.stringify({ language, names: names.sort(compare) }));
}
