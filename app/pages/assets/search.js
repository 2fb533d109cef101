"use strict";

// Search over the guides, the operations and the problem types: one index, fetched when the field is first used.
for (const form of document.querySelectorAll("[data-index]")) {
    const input = form.querySelector("input");
    const status = form.querySelector("output");
    const list = form.querySelector("ol");
    const MAX_SHOWN = 20;
    let loading = null;
    let latest = 0;

    const load = () => {
        loading ??= fetch(form.dataset.index)
            .then((response) => {
                if (!response.ok) throw new Error(`HTTP ${response.status}`);
                return response.json();
            })
            .then((entries) => entries.map((entry) => ({ ...entry, low: [entry.title, entry.page, entry.text].map(fold) })));
        loading.catch(() => { loading = null; });
        return loading;
    };

    const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

    const score = ([title, page, text], words) => {
        let sum = 0;
        for (const word of words) {
            const points = (title.includes(word) ? 8 : 0) + (page.includes(word) ? 3 : 0) + (text.includes(word) ? 1 : 0);
            if (!points) return 0;
            sum += points + (title.startsWith(word) ? 4 : 0);
        }
        return sum;
    };

    const excerpt = (text, word) => {
        const place = Math.max(0, fold(text).indexOf(word));
        const start = place < 60 ? 0 : text.indexOf(" ", place - 60) + 1;
        return (start ? "… " : "") + text.slice(start, start + 160) + (start + 160 < text.length ? " …" : "");
    };

    const marked = (text, words) => {
        const node = document.createElement("p");
        const pattern = new RegExp(`(${words.map((word) => word.replace(/[^\p{L}\p{N}]/gu, "\\$&")).join("|")})`, "iu");
        text.split(pattern).forEach((part, number) => {
            const target = number % 2 ? node.appendChild(document.createElement("mark")) : node;
            target.append(part);
        });
        return node;
    };

    const render = (entry, words) => {
        const item = document.createElement("li");
        const link = item.appendChild(document.createElement("a"));
        link.href = entry.href;
        link.textContent = entry.title;
        if (entry.page !== entry.title) item.append(` ${entry.page}`);
        if (entry.text) item.append(marked(excerpt(entry.text, words[0]), words));
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
        try {
            const entries = await load();
            if (run !== latest) return;
            const found = entries
                .map((entry) => [score(entry.low, words), entry])
                .filter(([points]) => points)
                .sort(([one], [other]) => other - one);
            list.replaceChildren(...found.slice(0, MAX_SHOWN).map(([, entry]) => render(entry, words)));
            status.value = found.length > MAX_SHOWN ? `${found.length} results, the best ${MAX_SHOWN}` : `${found.length} results`;
        } catch {
            status.value = "The search index could not be loaded.";
        }
    };

    form.hidden = false;
    input.addEventListener("focus", load);
    input.addEventListener("input", search);
    if (input.value) search();
}
