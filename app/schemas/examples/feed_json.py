"""Examples of JSON feed documents on the shipped sample; a test compares them with the responses."""

from typing import Any

JSON_FEED: Any = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "The Kestrava Meridian",
    "home_page_url": "https://meridian.example",
    "feed_url": "https://meridian.example/feeds/harbour/feed.json",
    "next_url": "https://meridian.example/feeds/harbour/feed.json?cursor=AVd14Knyz5zgAAZgo3_HzAAMpY0r4AW8GMMFLB8",
    "language": "en-GB",
    "authors": [{"name": "The Kestrava Meridian", "url": "https://meridian.example"}],
    "_dayline": {"direction": "ltr"},
    "items": [
        {
            "id": "urn:uuid:6b5cc74d-7c76-5026-ba95-fd2b853ab616",
            "url": "https://meridian.example/winter-swimmers-move-their-start-line-to-oblige-the-seals",
            "title": "Winter swimmers move their start line to oblige the seals",
            "content_text": "The 1 December swim to Gull Island sets out 300 metres further south, so as not "
            "to wake anybody.",
            "summary": "The 1 December swim to Gull Island sets out 300 metres further south, so as not to "
            "wake anybody.",
            "image": "https://media.meridian.example/2026/11/winter-swim.jpg",
            "date_published": "2026-11-20T18:30:00.000000+02:00",
            "date_modified": "2026-11-20T18:30:00.000000+02:00",
            "authors": [{"name": "Dario Fenn"}],
            "tags": ["Sport", "Gull Island", "Wildlife"],
            "_dayline": {
                "id": "0s9ps1k80c7hd",
                "version": 1,
                "direction": "ltr",
                "image": {
                    "alt": "A line of swimmers in red caps wading into flat grey water, an island low on the horizon",
                    "caption": "Last year\u2019s start, from the northern slip.",
                    "credit": "Aino Sember / The Kestrava Meridian",
                },
                "source": None,
                "section": "sport",
                "sections": ["sport"],
                "kicker": None,
                "access": None,
                "translations": [],
                "label": None,
            },
        }
    ],
}
NINJS: Any = {
    "standard": {"name": "ninjs", "version": "3.1", "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"},
    "uri": "urn:uuid:09eba9b6-d004-5d89-9e37-a8bfc049a2fc",
    "type": "composite",
    "versionCreated": "2026-11-20T18:30:00.000000+02:00",
    "pubStatus": "usable",
    "language": "en-GB",
    "title": "The Kestrava Meridian",
    "renditions": [
        {
            "name": "self",
            "href": "https://meridian.example/feeds/harbour/ninjs.json",
            "contentType": "application/json",
        },
        {
            "name": "next",
            "href": "https://meridian.example/feeds/harbour/ninjs.json?cursor=AVd14Knyz5zgAAZgo3_HzAAMpY0r4AW8GMMFLB8",
            "contentType": "application/json",
        },
    ],
    "associations": [
        {
            "name": "Winter swimmers move their start line to oblige the seals",
            "rel": "item",
            "uri": "urn:uuid:6b5cc74d-7c76-5026-ba95-fd2b853ab616",
            "type": "text",
            "representationType": "partial",
            "version": "1",
            "firstCreated": "2026-11-20T18:30:00.000000+02:00",
            "versionCreated": "2026-11-20T18:30:00.000000+02:00",
            "pubStatus": "usable",
            "language": "en-GB",
            "headlines": [
                {
                    "role": "main",
                    "contentType": "text/plain",
                    "value": "Winter swimmers move their start line to oblige the seals",
                }
            ],
            "descriptions": [
                {
                    "role": "summary",
                    "contentType": "text/plain",
                    "value": "The 1 December swim to Gull Island sets out 300 metres "
                    "further south, so as not to wake anybody.",
                }
            ],
            "people": [{"name": "Dario Fenn", "rel": "author"}],
            "subjects": [
                {"name": "Sport", "rel": "section", "literal": "sport"},
                {"name": "Gull Island", "rel": "about", "literal": "gull-island"},
                {"name": "Wildlife", "rel": "about", "literal": "wildlife"},
            ],
            "by": "Dario Fenn",
            "slugline": "winter-swimmers-move-their-start-line-to-oblige-the-seals",
            "renditions": [
                {
                    "name": "web",
                    "href": "https://meridian.example/winter-swimmers-move-their-start-line-to-oblige-the-seals",
                    "contentType": "text/html",
                }
            ],
            "associations": [
                {
                    "name": "A line of swimmers in red caps wading into flat grey water, an island low on the horizon",
                    "rel": "image",
                    "uri": "https://media.meridian.example/2026/11/winter-swim.jpg",
                    "type": "picture",
                    "descriptions": [
                        {
                            "role": "caption",
                            "contentType": "text/plain",
                            "value": "Last year's start, from the northern slip.",
                        },
                        {
                            "role": "alt",
                            "contentType": "text/plain",
                            "value": "A line of swimmers in red caps wading into "
                            "flat grey water, an island low on the "
                            "horizon",
                        },
                    ],
                    "by": "Aino Sember / The Kestrava Meridian",
                    "renditions": [
                        {
                            "name": "main",
                            "href": "https://media.meridian.example/2026/11/winter-swim.jpg",
                            "contentType": "image/jpeg",
                            "width": 2400,
                            "height": 1600,
                        },
                        {
                            "name": "1200w",
                            "href": "https://media.meridian.example/2026/11/winter-swim-1200.jpg",
                            "contentType": "image/jpeg",
                            "width": 1200,
                            "height": 800,
                        },
                        {
                            "name": "600w",
                            "href": "https://media.meridian.example/2026/11/winter-swim-600.jpg",
                            "contentType": "image/jpeg",
                            "width": 600,
                            "height": 400,
                        },
                    ],
                }
            ],
            "altIds": [{"role": "id", "value": "0s9ps1k80c7hd"}],
        }
    ],
}
NINJS_ARTICLE: Any = {
    "standard": {"name": "ninjs", "version": "3.1", "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"},
    "uri": "urn:uuid:a0914d73-014b-5418-853e-ba518148d888",
    "type": "text",
    "representationType": "full",
    "version": "1",
    "firstCreated": "2026-11-19T23:56:00.000000+02:00",
    "versionCreated": "2026-11-20T00:52:00.000000+02:00",
    "pubStatus": "usable",
    "language": "en-GB",
    "headlines": [{"role": "main", "contentType": "text/plain", "value": "Council passes the budget by a single vote"}],
    "descriptions": [
        {
            "role": "summary",
            "contentType": "text/plain",
            "value": "With nine minutes left on the clock, a councillor from Brickfields crossed the floor for a tram.",
        }
    ],
    "bodies": [
        {
            "role": "main",
            "contentType": "text/html",
            "value": "<p>The City Council adopted the budget for 2027 by 23 votes to 22 on Thursday.</p>",
        }
    ],
    "people": [{"name": "Ines Kovary", "rel": "author"}],
    "subjects": [
        {"name": "Politics", "rel": "section", "literal": "politics"},
        {"name": "City budget", "rel": "about", "literal": "budget"},
    ],
    "genres": [{"name": "Updated", "literal": "updated"}],
    "infoSources": [{"name": "Kestrava City Council", "uri": "https://council.kestrava.example/sittings/2026-11-19"}],
    "by": "Ines Kovary",
    "slugline": "budget-passes-by-one-vote",
    "renditions": [
        {"name": "web", "href": "https://meridian.example/budget-passes-by-one-vote", "contentType": "text/html"}
    ],
    "associations": [
        {
            "name": "Councillors in a panelled chamber turning towards one man who is standing, the "
            "clock behind him near midnight",
            "rel": "image",
            "uri": "https://media.meridian.example/2026/11/council-vote.jpg",
            "type": "picture",
            "descriptions": [
                {
                    "role": "caption",
                    "contentType": "text/plain",
                    "value": "Jonas Merrit, standing, as the clerk repeats his answer for the record.",
                },
                {
                    "role": "alt",
                    "contentType": "text/plain",
                    "value": "Councillors in a panelled chamber turning towards one man who "
                    "is standing, the clock behind him near midnight",
                },
            ],
            "by": "Luka Orme / The Kestrava Meridian",
            "renditions": [
                {
                    "name": "main",
                    "href": "https://media.meridian.example/2026/11/council-vote.jpg",
                    "contentType": "image/jpeg",
                    "width": 2400,
                    "height": 1600,
                }
            ],
        },
        {
            "name": "Mayor offers a smaller harbour levy to save her budget",
            "rel": "related",
            "uri": "urn:uuid:1c7d5778-ed2b-53b5-9c34-edaced598141",
            "type": "text",
            "representationType": "partial",
            "headlines": [
                {
                    "role": "main",
                    "contentType": "text/plain",
                    "value": "Mayor offers a smaller harbour levy to save her budget",
                }
            ],
            "renditions": [
                {
                    "name": "web",
                    "href": "https://meridian.example/mayor-offers-a-smaller-harbour-levy-to-save-her-budget",
                    "contentType": "text/html",
                }
            ],
        },
    ],
    "altIds": [{"role": "id", "value": "0s9et2dg0bgsr"}],
}
JSON_LD: Any = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "mainEntityOfPage": {"@type": "WebPage", "@id": "https://meridian.example/budget-passes-by-one-vote"},
    "url": "https://meridian.example/budget-passes-by-one-vote",
    "identifier": "urn:uuid:a0914d73-014b-5418-853e-ba518148d888",
    "headline": "Council passes the budget by a single vote",
    "description": "With nine minutes left on the clock, a councillor from Brickfields crossed the floor for a tram.",
    "datePublished": "2026-11-19T23:56:00.000000+02:00",
    "dateModified": "2026-11-20T00:52:00.000000+02:00",
    "author": [
        {
            "@type": "Person",
            "name": "Ines Kovary",
            "jobTitle": "political editor",
            "description": "Ines Kovary has sat through four mayors and some nine hundred hours of council, "
            "most of them on the hard benches.",
        }
    ],
    "publisher": {"@type": "Organization", "name": "The Kestrava Meridian", "url": "https://meridian.example"},
    "image": {
        "@type": "ImageObject",
        "url": "https://media.meridian.example/2026/11/council-vote.jpg",
        "description": "Councillors in a panelled chamber turning towards one man who is standing, the "
        "clock behind him near midnight",
        "caption": "Jonas Merrit, standing, as the clerk repeats his answer for the record.",
        "creditText": "Luka Orme / The Kestrava Meridian",
        "width": 2400,
        "height": 1600,
    },
    "articleSection": "Politics",
    "keywords": ["City budget", "City Council", "Harbour levy", "Trams"],
    "genre": "Updated",
    "inLanguage": "en-GB",
    "isPartOf": {"@type": "WebSite", "name": "The Kestrava Meridian", "url": "https://meridian.example"},
    "isBasedOn": {
        "@type": "CreativeWork",
        "name": "Kestrava City Council",
        "url": "https://council.kestrava.example/sittings/2026-11-19",
    },
    "version": 1,
    "wordCount": 296,
    "timeRequired": "PT2M",
}
NINJS_CANCELED: Any = {
    "standard": NINJS["standard"],
    "uri": NINJS_ARTICLE["uri"],
    "type": "text",
    "versionCreated": "2026-11-20T21:00:00.000000+02:00",
    "pubStatus": "canceled",
    "altIds": NINJS_ARTICLE["altIds"],
    "edNote": "The figures were those of the draft budget.",
}
