"""Guides in HTML: anchors as on GitHub, links to other guides, examples, tables; never markup of the source."""

import re

from app.pages.markdown import parse_sections, render_markdown

PAGE = """# The harbour

It *opens* at `06:00`, with <b>care</b> & [a list](lists.md#all), [a file](../CONTRIBUTING.md).

## Tides & times
```sh
curl -s "$API/v1" # <now>
```

| tide | time | |
|---|---|---|
| low | `<06:00>` | |

## Tides & times
```unheard-of
<raw>
```
[Again](#tides--times)

    indented
"""


def resolve(target: str) -> str | None:
    return None if target.startswith("../") else f"/guides/{target}"


HTML = str(render_markdown(PAGE, resolve).html)


def test_markdown_escapes_html_of_the_source() -> None:
    assert "with &lt;b&gt;care&lt;/b&gt; &amp; " in HTML
    assert "<code>&lt;06:00&gt;</code>" in HTML
    assert '<pre tabindex="0"><code>&lt;raw&gt;\n</code></pre>' in HTML
    assert '<pre tabindex="0"><code>indented\n</code></pre>' in HTML


def test_headings_have_the_anchors_of_github() -> None:
    assert re.findall(r'<h\d id="([^"]+)">', HTML) == ["the-harbour", "tides--times", "tides--times-1"]
    assert '<a href="#tides--times" class="anchor" aria-label="Link to this section">#</a></h2>' in HTML


def test_links_are_resolved_and_those_without_a_page_are_texts() -> None:
    assert '<a href="/guides/lists.md#all">a list</a>' in HTML
    assert '<span class="elsewhere" title="In the source repository">a file</span>' in HTML


def test_examples_are_highlighted_by_classes() -> None:
    assert '<code class="language-sh">' in HTML
    assert '<span class="c1"># &lt;now&gt;</span>' in HTML
    assert "style=" not in HTML


def test_tables_scroll_in_a_group_that_keys_reach() -> None:
    assert '<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>' in HTML
    assert HTML.count("</table></div>") == 1
    assert "<th>time</th>\n<td></td>" in HTML


def test_sections_have_titles_anchors_and_texts_without_examples() -> None:
    first, second, third = parse_sections(PAGE)
    assert (first.level, first.title, first.anchor) == (1, "The harbour", "the-harbour")
    assert first.text == "It opens at 06:00, with <b>care</b> & a list, a file."
    assert (second.title, second.text) == ("Tides & times", "tide time  low <06:00> ")
    assert (third.anchor, third.text) == ("tides--times-1", "Again")
