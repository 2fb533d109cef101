"""Body of an article: its blocks in requests and in storage, and what responses show of them."""

from app.domain.body.attribution import RightsInput, SourceInput
from app.domain.body.blocks import Block, Body, InlineText, QuoteInput, dump_body, inline_texts, parse_body
from app.domain.body.image import FocalPointInput, ImageInput, RenditionInput
from app.domain.body.list_block import ListInput, ListItemInput, NestedListInput
from app.domain.body.media_blocks import AudioInput, EmbedInput, GalleryInput, ImageBlockInput, VideoInput
from app.domain.body.table_block import TableInput
from app.domain.body.text_blocks import CodeInput, DividerInput, HeadingInput, ParagraphInput, PullQuoteInput

__all__ = [
    "AudioInput",
    "Block",
    "Body",
    "CodeInput",
    "DividerInput",
    "EmbedInput",
    "FocalPointInput",
    "GalleryInput",
    "HeadingInput",
    "ImageBlockInput",
    "ImageInput",
    "InlineText",
    "ListInput",
    "ListItemInput",
    "NestedListInput",
    "ParagraphInput",
    "PullQuoteInput",
    "QuoteInput",
    "RenditionInput",
    "RightsInput",
    "SourceInput",
    "TableInput",
    "VideoInput",
    "dump_body",
    "inline_texts",
    "parse_body",
]
