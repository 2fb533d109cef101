"""Titles of feeds: the edition, and the filters by the names of their entries."""

import httpx

from tests.api.public.reading_feeds import PAGED, SUBSCRIBED, fetch, ids_in, name_of, next_url, path_of
from tests.conftest import Store
from tests.records import article, author, edition, label, section, tag


async def test_feed_title_names_the_filter_by_its_kind(client: httpx.AsyncClient, store: Store) -> None:
    await store(
        edition(),
        section("coast", "Coast desk"),
        tag("coast", "The western coast"),
        label("coast", "COASTAL"),
        author("coast", "Ida Coast"),
        article(section="coast", tags=["coast"], label="coast", authors=["coast"], source_id="a"),
    )
    names = {"section": "Coast desk", "tag": "The western coast", "label": "COASTAL", "author": "Ida Coast"}
    for kind, name in names.items():
        feed = (await fetch(client, f"/feeds/global/feed.json?{kind}=coast")).json()
        assert feed["title"] == f"The Lume Courier: {name}"


async def test_feed_title_is_the_same_in_every_document(client: httpx.AsyncClient, store: Store) -> None:
    await store(
        edition(language="uk"),
        *(section("city", "City"), section("coast", "Coast"), tag("fog", "Fog")),
        label("opinion", "OPINION", texts={"uk": "ДУМКА"}),
        article("2026-11-20T10:00:00Z", source_id="a", section="city"),
        article("2026-11-19T10:00:00Z", source_id="b", section="coast"),
        article(None, source_id="draft", tags=["hush"]),
        article("2026-11-18T10:00:00Z", source_id="c", tags=["fog"]),
    )
    query = "section=coast&section=city&section=nowhere&limit=1"
    for address in (*(f"{name}?{query}" for name in SUBSCRIBED), f"atom/2026-11-19.xml?{query}"):
        response: httpx.Response | None = await fetch(client, f"/feeds/global/{address}")
        while response is not None:
            assert "The Lume Courier: City, Coast, nowhere" in response.text
            further = next_url(response) if name_of(address) in PAGED else None
            response = await fetch(client, path_of(further)) if further else None
    for requested, title in (("tag=fog&label=opinion", "Fog, ДУМКА"), ("tag=hush", "hush"), ("author=ann", "ann")):
        for name in SUBSCRIBED:
            response = await fetch(client, f"/feeds/global/{name}?{requested}")
            assert ids_in(response) == []
            assert f"The Lume Courier: {title}" in response.text


async def test_feed_title_follows_a_renamed_entry(client: httpx.AsyncClient, store: Store) -> None:
    await store(edition(), article(source_id="a"), article("2026-11-18T10:00:00Z", tags=["fog"], authors=["ann"]))
    codes = {"section": "city", "tag": "fog", "author": "ann", "label": "opinion"}
    for name in ("First", "Second"):
        if name:
            await store(section("city", name), tag("fog", name), author("ann", name), label("opinion", name))
        for kind, code in codes.items():
            for document in (*SUBSCRIBED, "atom/2026-11-19.xml"):
                for _ in range(2):  # read, then cached
                    response = await fetch(client, f"/feeds/global/{document}?{kind}={code}")
                    assert f"The Lume Courier: {name or code}" in response.text, (kind, document)


async def test_feed_of_an_entry_links_to_the_page_of_the_entry(client: httpx.AsyncClient, store: Store) -> None:
    urls = {f"{kind}_url": f"{{site_url}}/{kind}/{{slug}}" for kind in ("section", "author")}
    await store(
        edition(**urls),
        *(section("city", "City"), tag("fog", "Fog"), author("ann", "Ann")),
        article(section="city", tags=["fog"], authors=["ann"], source_id="a"),
        article(section="city", source_id="b"),
    )
    home = "https://courier.example"
    pages = {
        "section=city": f"{home}/section/city",
        "section=city&limit=1": f"{home}/section/city",
        "author=ann": f"{home}/author/ann",
        "tag=fog": home,  # the edition has no pages of tags
        "section=nowhere": home,
        "section=city&author=ann": home,
        "section=city&section=nowhere": home,
        "": home,
    }
    for query, page in pages.items():
        feed = (await fetch(client, f"/feeds/global/feed.json?{query}")).json()
        assert feed["home_page_url"] == page, query
        assert feed["authors"] == [{"name": "The Lume Courier", "url": home}]
        assert f"<link>{page}</link>" in (await fetch(client, f"/feeds/global/rss.xml?{query}")).text.split("<item>")[0]
        alternate = f'<link rel="alternate" type="text/html" href="{page}"/>'
        assert alternate in (await fetch(client, f"/feeds/global/atom.xml?{query}")).text.split("<entry>")[0]
    following = (await fetch(client, "/feeds/global/feed.json?section=city&limit=1")).json()["next_url"]
    assert (await fetch(client, path_of(following))).json()["home_page_url"] == f"{home}/section/city"
