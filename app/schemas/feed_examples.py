"""What the documents of feeds begin like."""

from typing import Any

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'

RSS: Any = _DECLARATION + '<rss version="2.0"><channel><title>The Meridian</title></channel></rss>'
ATOM: Any = _DECLARATION + '<feed xmlns="http://www.w3.org/2005/Atom"><title>The Meridian</title></feed>'
JSON_FEED: Any = {"version": "https://jsonfeed.org/version/1.1", "title": "The Meridian", "items": []}
NINJS: Any = {"uri": "urn:uuid:6b1c6c0e-1f0a-5a52-8d3f-5c7f2b1f9a10", "type": "composite", "pubStatus": "usable"}
NINJS_CANCELED: Any = {**NINJS, "type": "text", "pubStatus": "canceled", "edNote": "The figures were wrong."}
SITEMAP: Any = _DECLARATION + '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>'
NEWS_SITEMAP = SITEMAP
SITEMAP_INDEX: Any = _DECLARATION + '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></sitemapindex>'
JSON_LD: Any = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Night trams return to the quay"}
