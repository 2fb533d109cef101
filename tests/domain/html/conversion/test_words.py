"""Words beside elements that are dropped, and classes that align text."""

import pytest

from app.domain.html.conversion.conversion import convert_html


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("Vote <button>Yes</button><button>No</button> now", "Vote Yes No now"),
        ("Choose<select><option>one</select>now", "Choose now"),
        ("Name<input>, <b>age<textarea></textarea>here</b>", "Name, <b>age here</b>"),
        ("One<br><button>Yes</button>.", "One<br>Yes."),
        ("Mass<math><mi>m</mi></math>is energy", "Mass is energy"),
        ("half<script>count()</script>way", "halfway"),
        ("up<b>right</b>", "up<b>right</b>"),
    ],
)
def test_words_beside_a_box_are_not_joined(html: str, text: str) -> None:
    assert [block["html"] for block in convert_html(f"<p>{html}</p>").blocks] == [text]


@pytest.mark.parametrize("attribute", ['align="center"', 'class="has-text-align-center"', 'class="aligncenter wide"'])
def test_alignment_of_text_is_named(attribute: str) -> None:
    name = attribute.partition("=")[0]
    losses = convert_html(f"<p {attribute}>Here</p>").losses
    assert [loss.detail.partition(" of ")[0] for loss in losses] == [f"The attribute {name}"]


def test_place_of_an_image_is_not_named() -> None:
    html = '<figure class="alignright"><img class="aligncenter" style="float: right" src="https://x.example/a.jpg"></figure>'
    assert convert_html(html).losses == []
