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
                for (const entry of entries) entry.low = [entry.title, entry.page, entry.text].map(fold);
                return entries;
            });
        loading.catch(() => { loading = null; });
        return loading;
    };

    const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

    // A word matches where a word of the text begins with it.
    const patternOf = (word) => `(?<![\\p{L}\\p{N}])${word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")}`;

    const score = ([title, page, text], patterns) => {
        let sum = 0;
        for (const pattern of patterns) {
            const points = (pattern.test(title) ? 8 : 0) + (pattern.test(page) ? 3 : 0) + (pattern.test(text) ? 1 : 0);
            if (!points) return 0;
            sum += points;
        }
        return sum;
    };

    const excerpt = (text, pattern) => {
        const place = Math.max(0, fold(text).search(pattern));
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
        if (entry.text) item.append(marked(excerpt(entry.text, patterns[0]), words));
        return item;
    };

    const search = async () => {
        const run = ++latest;
        const words = fold(input.value).split(/\s+/).filter(Boolean);
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
        const found = entries
            .map((entry) => [score(entry.low, patterns), entry])
            .filter(([points]) => points)
            .sort(([one], [other]) => other - one);
        list.replaceChildren(...found.slice(0, MAX_SHOWN).map(([, entry]) => render(entry, words, patterns)));
        const shown = found.length > MAX_SHOWN ? `, the best ${MAX_SHOWN} below` : "";
        status.value = `${found.length} ${found.length === 1 ? "result" : "results"}${shown}`;
    };

    form.hidden = false;
    input.addEventListener("focus", load);
    input.addEventListener("input", search);
    if (input.value) search();
}
