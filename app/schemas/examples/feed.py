"""Examples of feed documents on the shipped sample, with one entry each; a test compares them with the responses."""
# ruff: noqa: E501 - lines of documents, as they are sent

from typing import Any

RSS: Any = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel>
<title>The Kestrava Meridian</title>
<link>https://meridian.example</link>
<description>The Kestrava Meridian</description>
<language>en-GB</language>
<lastBuildDate>Fri, 20 Nov 2026 18:30:00 +0200</lastBuildDate>
<atom:link rel="self" type="application/rss+xml" href="https://meridian.example/feeds/harbour/rss.xml"/>
<atom:link rel="next" type="application/rss+xml" href="https://meridian.example/feeds/harbour/rss.xml?cursor=AVd14Knyz5zgAAZgo3_HzAAMpY0r4AW8GMMFLB8"/>
<item>
<title>Winter swimmers move their start line to oblige the seals</title>
<link>https://meridian.example/winter-swimmers-move-their-start-line-to-oblige-the-seals</link>
<guid isPermaLink="false">urn:uuid:6b5cc74d-7c76-5026-ba95-fd2b853ab616</guid>
<pubDate>Fri, 20 Nov 2026 18:30:00 +0200</pubDate>
<dc:creator>Dario Fenn</dc:creator>
<category>Sport</category>
<category>Gull Island</category>
<category>Wildlife</category>
<description>&lt;p&gt;The 1 December swim to Gull Island sets out 300 metres further south, so as not to wake anybody.&lt;/p&gt;</description>
<media:content url="https://media.meridian.example/2026/11/winter-swim.jpg" medium="image" type="image/jpeg" width="2400" height="1600">
<media:credit>Aino Sember / The Kestrava Meridian</media:credit>
</media:content>
<media:thumbnail url="https://media.meridian.example/2026/11/winter-swim-600.jpg" width="600" height="400"/>
</item>
</channel>
</rss>
"""
ATOM: Any = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0"
 xmlns:media="http://search.yahoo.com/mrss/" xml:lang="en-GB">
<id>urn:uuid:09eba9b6-d004-5d89-9e37-a8bfc049a2fc</id>
<title>The Kestrava Meridian</title>
<updated>2026-11-20T18:30:00+02:00</updated>
<author>
<name>The Kestrava Meridian</name>
</author>
<link rel="alternate" type="text/html" href="https://meridian.example"/>
<link rel="self" type="application/atom+xml" href="https://meridian.example/feeds/harbour/atom.xml"/>
<link rel="prev-archive" type="application/atom+xml" href="https://meridian.example/feeds/harbour/atom/2026-11-20.xml"/>
<entry>
<id>urn:uuid:6b5cc74d-7c76-5026-ba95-fd2b853ab616</id>
<title>Winter swimmers move their start line to oblige the seals</title>
<published>2026-11-20T18:30:00+02:00</published>
<updated>2026-11-20T18:30:00+02:00</updated>
<author>
<name>Dario Fenn</name>
</author>
<category term="sport" scheme="https://schema.org/articleSection" label="Sport"/>
<category term="gull-island" scheme="https://schema.org/keywords" label="Gull Island"/>
<category term="wildlife" scheme="https://schema.org/keywords" label="Wildlife"/>
<link rel="alternate" type="text/html" href="https://meridian.example/winter-swimmers-move-their-start-line-to-oblige-the-seals"/>
<link rel="enclosure" type="image/jpeg"
 title="A line of swimmers in red caps wading into flat grey water, an island low on the horizon"
 href="https://media.meridian.example/2026/11/winter-swim.jpg"/>
<summary>The 1 December swim to Gull Island sets out 300 metres further south, so as not to wake anybody.</summary>
<media:credit>Aino Sember / The Kestrava Meridian</media:credit>
</entry>
</feed>
"""
ATOM_ARCHIVE: Any = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0"
 xmlns:media="http://search.yahoo.com/mrss/" xml:lang="en-GB">
<id>urn:uuid:09eba9b6-d004-5d89-9e37-a8bfc049a2fc</id>
<title>The Kestrava Meridian</title>
<updated>2026-11-20T00:52:00+02:00</updated>
<author>
<name>The Kestrava Meridian</name>
</author>
<link rel="alternate" type="text/html" href="https://meridian.example"/>
<link rel="self" type="application/atom+xml" href="https://meridian.example/feeds/harbour/atom/2026-11-19.xml"/>
<link rel="current" type="application/atom+xml" href="https://meridian.example/feeds/harbour/atom.xml"/>
<link rel="prev-archive" type="application/atom+xml" href="https://meridian.example/feeds/harbour/atom/2026-11-18.xml"/>
<link rel="next-archive" type="application/atom+xml" href="https://meridian.example/feeds/harbour/atom/2026-11-20.xml"/>
<fh:archive/>
<entry>
<id>urn:uuid:a0914d73-014b-5418-853e-ba518148d888</id>
<title>Council passes the budget by a single vote</title>
<published>2026-11-19T23:56:00+02:00</published>
<updated>2026-11-20T00:52:00+02:00</updated>
<author>
<name>Ines Kovary</name>
</author>
<category term="politics" scheme="https://schema.org/articleSection" label="Politics"/>
<category term="budget" scheme="https://schema.org/keywords" label="City budget"/>
<category term="council" scheme="https://schema.org/keywords" label="City Council"/>
<category term="harbour-levy" scheme="https://schema.org/keywords" label="Harbour levy"/>
<category term="trams" scheme="https://schema.org/keywords" label="Trams"/>
<category term="updated" scheme="https://schema.org/genre" label="Updated"/>
<link rel="alternate" type="text/html" href="https://meridian.example/budget-passes-by-one-vote"/>
<link rel="via" href="https://council.kestrava.example/sittings/2026-11-19"/>
<link rel="enclosure" type="image/jpeg"
 title="Councillors in a panelled chamber turning towards one man who is standing, the clock behind him near midnight"
 href="https://media.meridian.example/2026/11/council-vote.jpg"/>
<summary>With nine minutes left on the clock, a councillor from Brickfields crossed the floor for a tram.</summary>
<media:credit>Luka Orme / The Kestrava Meridian</media:credit>
</entry>
</feed>
"""
SITEMAP: Any = """<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url>
<loc>https://meridian.example/winter-swimmers-move-their-start-line-to-oblige-the-seals</loc>
<lastmod>2026-11-20T16:30:00+00:00</lastmod>
</url>
</urlset>
"""
NEWS_SITEMAP: Any = """<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url>
<loc>https://meridian.example/budget-passes-by-one-vote</loc>
<news:news>
<news:publication>
<news:name>The Kestrava Meridian</news:name>
<news:language>en</news:language>
</news:publication>
<news:publication_date>2026-11-19T23:56:00+02:00</news:publication_date>
<news:title>Council passes the budget by a single vote</news:title>
</news:news>
</url>
</urlset>
"""
SITEMAP_INDEX: Any = """<?xml version="1.0" encoding="utf-8"?>
<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap>
<loc>https://meridian.example/feeds/harbour/sitemap/2026-W47.xml</loc>
<lastmod>2026-11-20T16:30:00+00:00</lastmod>
</sitemap>
</sitemapindex>
"""
