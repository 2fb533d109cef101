// Prints what the recipe of docs/typescript.md reads: every headline by date, then the first two changes of the stream.
import { follow, readPages } from "./news.ts";

const [edition = "", since = ""] = process.argv.slice(2);
const headlines: [string, string][] = [];
for await (const page of readPages(edition, 4)) {
  for (const day of page.days) {
    headlines.push(...day.items.map((item): [string, string] => [day.date, item.headline ?? ""]));
  }
}
const types: string[] = [];
const stop = new AbortController();
for await (const change of follow(edition, Number(since), stop.signal)) {
  types.push(change.type);
  if (types.length === 2) break;
}
stop.abort();
console.log(JSON.stringify({ headlines, types }));
