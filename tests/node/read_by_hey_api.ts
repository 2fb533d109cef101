// Prints what the functions of @hey-api/openapi-ts read: the first headlines, a block of an article, and a problem.
import { client } from "./hey/client.gen.ts";
import { type ChangeItem, getArticle, getTimeline, streamChanges } from "./hey/index.ts";

const [baseUrl = "", edition = "", since = ""] = process.argv.slice(2);
client.setConfig({ baseUrl });
const timeline = await getTimeline({ query: { edition, limit: 4 }, throwOnError: true });
const headlines = timeline.data.days.flatMap((day) => day.items.map((item): [string, string] => [day.date, item.headline ?? ""]));
const { error } = await getArticle({ path: { id_or_slug: "nothing-of-the-kind" } });
const types: string[] = [];
const stop = new AbortController();
const { stream } = await streamChanges({ query: { edition, since: Number(since) }, signal: stop.signal });
for await (const event of stream) {
  // It declares an event and yields the change in it.
  types.push((event as unknown as ChangeItem).type);
  if (types.length === 2) break;
}
stop.abort();
console.log(JSON.stringify({ headlines, types, problem: error?.type }));
