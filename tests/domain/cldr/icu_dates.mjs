// Write the dates of ICU for the languages of dates.jsonl:
//   node tests/domain/cldr/icu_dates.mjs tests/golden/icu_dates.jsonl
// Each line has a language tag; the texts of INSTANTS replace those that it has. V8 writes U+202F as a space.
import fs from "node:fs";

const INSTANTS = [
  "2024-11-02T16:05:00Z", // evening
  "2025-12-31T22:00:00Z", // midnight, and the first day of a year
  "2024-02-29T10:00:00Z", // noon of a leap day
  "2026-03-29T00:59:00Z", // the last minute before summer time
  "2026-03-29T01:00:00Z", // the first one of it
  "2026-10-25T00:30:00Z", // half past three in the morning
  "2026-10-25T01:30:00Z", // the same wall clock an hour later
  "1999-07-07T03:09:00Z", // a morning of another century
];
const ZONE = { timeZone: "Europe/Kyiv", calendar: "gregory" };
const FORMATS = [
  { year: "numeric" },
  { weekday: "long" },
  { month: "long", day: "numeric" },
  { dateStyle: "full", timeStyle: "short" },
];

const lines = fs.readFileSync(process.argv[2], "utf8").trim().split("\n");
for (const { language } of lines.map((line) => JSON.parse(line))) {
  const formats = FORMATS.map((format) => new Intl.DateTimeFormat(language, { ...ZONE, ...format }));
  const [year, weekday, day, text] = formats.map((format) => INSTANTS.map((at) => format.format(new Date(at))));
  console.log(JSON.stringify({ language, year: year[0], weekday, day, text }));
}
