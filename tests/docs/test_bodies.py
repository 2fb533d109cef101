"""The page on bodies: its example has every type of block."""

import json
import re
from typing import get_args

from app.domain.body import Block, dump_body, parse_body
from tests.docs.pages import DOCS


def test_example_of_a_body_has_every_type_of_block() -> None:
    example, _ = re.findall(r"```json\n(.*?)```", (DOCS / "bodies.md").read_text(), re.DOTALL)
    blocks = dump_body(parse_body(json.loads(example)))
    types = {model.model_fields["type"].default for model in get_args(get_args(Block)[0])}
    assert {block["type"] for block in blocks} == types
    assert 'href="#user-content-f1"' in str(blocks[1]["html"])
