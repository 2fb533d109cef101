"use strict";

// Search over the guides, the operations and the problem types: one index, fetched when the field is first used.
for (const form of document.querySelectorAll("[data-index]")) {
    const input = form.querySelector("input");
    const status = form.querySelector("output");
    const list = form.querySelector("ol");
    const MAX_SHOWN = 20;
    const MAX_EXCERPT = 160;
    let loading = null;
    let latest = 0;

    const load = () => {
        loading ??= fetch(form.dataset.index)
            .then((response) => {
                if (!response.ok) throw new Error(`HTTP ${response.status}`);
                return response.json();
            })
            .then((entries) => {
                for (const entry of entries) {
                    const page = entry.page === entry.title ? "" : entry.page;
                    entry.low = [entry.title, page, entry.text].map(fold);
                }
                return entries;
            });
        loading.catch(() => { loading = null; });
        return loading;
    };

    const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

    // Words that say nothing about a subject; they count only in a query that has no others.
    const COMMON = new Set("a an and are by can do for from how i in is it of on or the to what when where which with".split(" "));

    const wordsOf = (text) => {
        const words = [...new Set(fold(text).split(/\s+/).filter(Boolean))];
        const rare = words.filter((word) => !COMMON.has(word));
        return rare.length ? rare : words;
    };

    // A word matches where a word of the text begins with it, or with its singular.
    const escaped = (word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    const patternOf = (word) => `(?<![\\p{L}\\p{N}])${escaped(word.length > 3 ? word.replace(/(?<!s)s$/, "") : word)}`;

    const WEIGHTS = [8, 3, 1]; // of the title, the page and the text
    const BACKGROUND = /\/guides\/(?:decisions\/|benchmarks)/; // why it is so, and how fast: after the tasks

    // The best place of each word in each entry: a whole word is worth more than the beginning of one.
    const pointsOf = (entries, words) => words.map((word) => {
        const pattern = new RegExp(patternOf(word), "u");
        const whole = new RegExp(`${patternOf(word)}${word.endsWith("s") ? "s?" : ""}(?![\\p{L}\\p{N}])`, "u");
        const pointsOfField = (field, place) => (pattern.test(field) ? WEIGHTS[place] * (whole.test(field) ? 2 : 1) : 0);
        return entries.map(({ low }) => low.reduce((sum, field, place) => sum + pointsOfField(field, place), 0));
    });

    // Entries by the share of the words that they have; a word of few entries weighs more than one of many.
    const rank = (entries, words) => {
        const points = pointsOf(entries, words);
        const rarity = points.map((each) => Math.log(1 + entries.length / (1 + each.filter(Boolean).length)));
        const found = entries.map((entry, number) => {
            const count = points.filter((each) => each[number]).length;
            const sum = points.reduce((total, each, word) => total + rarity[word] * Math.sqrt(each[number]), 0);
            return { entry, count, score: sum * (count / words.length) ** 2 * (BACKGROUND.test(entry.href) ? 0.5 : 1) };
        });
        const most = Math.max(...found.map(({ count }) => count));
        return found
            .filter(({ count }) => count && count * 2 >= most)
            .sort((one, other) => other.score - one.score)
            .map(({ entry }) => entry);
    };

    const excerpt = (text, patterns) => {
        const low = fold(text);
        const place = Math.max(0, patterns.map((pattern) => low.search(pattern)).find((found) => found >= 0) ?? 0);
        const start = place < 60 ? 0 : text.indexOf(" ", place - 60) + 1;
        const end = start + MAX_EXCERPT < text.length ? text.lastIndexOf(" ", start + MAX_EXCERPT) : text.length;
        return (start ? "… " : "") + text.slice(start, Math.max(start, end)) + (end < text.length ? " …" : "");
    };

    const marked = (text, words) => {
        const node = document.createElement("p");
        text.split(new RegExp(`(${words.map(patternOf).join("|")})`, "iu")).forEach((part, number) => {
            const target = number % 2 ? node.appendChild(document.createElement("mark")) : node;
            target.append(part);
        });
        return node;
    };

    const render = (entry, words, patterns) => {
        const item = document.createElement("li");
        const link = item.appendChild(document.createElement("a"));
        link.href = entry.href;
        link.textContent = entry.title;
        if (entry.page !== entry.title) {
            item.append(" ");
            item.appendChild(document.createElement("span")).textContent = entry.page;
        }
        if (entry.text) item.append(marked(excerpt(entry.text, patterns), words));
        return item;
    };

    const search = async () => {
        const run = ++latest;
        const words = wordsOf(input.value);
        if (!words.length) {
            list.replaceChildren();
            status.value = "";
            return;
        }
        const entries = await load().catch(() => null);
        if (run !== latest) return;
        if (!entries) {
            status.value = "The search index could not be loaded.";
            return;
        }
        const patterns = words.map((word) => new RegExp(patternOf(word), "u"));
        const found = rank(entries, words);
        list.replaceChildren(...found.slice(0, MAX_SHOWN).map((entry) => render(entry, words, patterns)));
        const shown = found.length > MAX_SHOWN ? `, the best ${MAX_SHOWN} below` : "";
        status.value = `${found.length} ${found.length === 1 ? "result" : "results"}${shown}`;
    };

    form.hidden = false;
    input.addEventListener("focus", load);
    input.addEventListener("input", search);
    if (input.value) search();
}
