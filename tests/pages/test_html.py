"""The HTML writer: texts and attributes are escaped, and markup is not escaped twice."""

from app.pages.html import Markup, element, join

HOSTILE = "<script>alert('1')</script>&\""
ESCAPED = "&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt;&amp;&quot;"


def test_element_escapes_texts_and_attributes() -> None:
    assert element("p", HOSTILE, title=HOSTILE) == f'<p title="{ESCAPED}">{ESCAPED}</p>'


def test_element_contains_markup_as_it_is() -> None:
    assert element("p", element("b", "<1>"), " & ", Markup("<br>")) == "<p><b>&lt;1&gt;</b> &amp; <br></p>"
    assert join((element("i", "a"), "<")) == "<i>a</i>&lt;"


def test_element_writes_attributes_by_their_names() -> None:
    written = element("a", class_="x", aria_label="y", name="z", content="w", hidden=True, rel=None, defer=False)
    assert written == '<a class="x" aria-label="y" name="z" content="w" hidden></a>'


def test_void_element_has_no_end() -> None:
    assert element("meta", charset="utf-8") == '<meta charset="utf-8">'
