"""Validators by the official schemas in the shared folder; each returns the errors of a document."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema
import rnc2rng
from lxml import etree
from referencing import Registry
from referencing.jsonschema import DRAFT4

XML: Final = etree.XMLParser(resolve_entities=False, no_network=True)
_BOTH_SITEMAPS: Final = """
<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<xsd:import namespace="http://www.sitemaps.org/schemas/sitemap/0.9" schemaLocation="{}/sitemap-0.9.xsd"/>
<xsd:import namespace="http://www.google.com/schemas/sitemap-news/0.9" schemaLocation="{}/sitemap-news-0.9.xsd"/>
<xsd:import namespace="http://www.w3.org/1999/xhtml" schemaLocation="{}"/>
</xsd:schema>"""
_XHTML_LINK: Final = Path(__file__).with_name("xhtml_link.xsd")


def read_xml(document: bytes) -> Any:
    """Return the root element; etree.XMLSyntaxError where it is not well-formed."""
    return etree.fromstring(document, XML)


def atom_errors(folder: Path, document: bytes) -> list[str]:
    """Return the errors by RFC 4287's RELAX NG schema."""
    judge = _atom(folder)
    judge.validate(read_xml(document))
    return [str(error) for error in judge.error_log]


def sitemap_errors(folder: Path, document: bytes) -> list[str]:
    """Return the errors by the schemas of sitemaps.org and Google News."""
    judge = _sitemaps(folder)
    judge.validate(read_xml(document))
    return [str(error) for error in judge.error_log]


def json_feed_errors(folder: Path, document: bytes) -> list[str]:
    """Return the errors by the schema of JSON Feed 1.1."""
    return [error.message for error in _json_feed(folder).iter_errors(json.loads(document))]


def ninjs_errors(folder: Path, document: bytes) -> list[str]:
    """Return the errors by the schema of ninjs 3.1, formats of dates included."""
    return [error.message for error in _ninjs(folder).iter_errors(json.loads(document))]


def vocabulary_errors(folder: Path, document: bytes) -> list[str]:
    """Return the types and properties of a JSON-LD document that schema.org does not have, or not on that type."""
    terms = _vocabulary(folder)
    return list(_node_errors(terms, json.loads(document)))


@cache
def _atom(folder: Path) -> Any:
    # The empty prefix stands for "no namespace" in the compact syntax; XML has no such declaration, nor a need of one.
    written = rnc2rng.dumps(rnc2rng.load(str(folder / "standards/atom-rfc4287.rnc")))
    return etree.RelaxNG(etree.fromstring(written.replace('xmlns:local=""', "").encode()))


@cache
def _sitemaps(folder: Path) -> Any:
    standards = folder / "standards"
    return etree.XMLSchema(etree.fromstring(_BOTH_SITEMAPS.format(standards, standards, _XHTML_LINK)))


@cache
def _json_feed(folder: Path) -> Any:
    standards = folder / "standards"
    newer, older = (json.loads((standards / f"jsonfeed-{v}.schema.json").read_text()) for v in ("1.1", "1"))
    registry: Any = Registry().with_resources((each["id"], DRAFT4.create_resource(each)) for each in (newer, older))
    return jsonschema.Draft4Validator(newer, registry=registry, format_checker=jsonschema.FormatChecker())


@cache
def _ninjs(folder: Path) -> Any:
    schema = json.loads((folder / "standards/ninjs-schema_3.1.json").read_text())
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


@cache
def _vocabulary(folder: Path) -> dict[str, Any]:
    graph = json.loads((folder / "standards/schemaorg-30.0-all-https.jsonld").read_text())["@graph"]
    return {term["@id"]: term for term in graph}


def _node_errors(terms: dict[str, Any], node: dict[str, Any]) -> Iterator[str]:
    kind = f"schema:{node['@type']}"
    if terms.get(kind, {}).get("@type") != "rdfs:Class":
        yield f"there is no type {kind}"
    for name, value in node.items():
        if name.startswith("@"):
            continue
        term = terms.get(f"schema:{name}", {})
        if not _ancestors(terms, kind) & _references(term, "schema:domainIncludes"):
            yield f"{kind} has no property {name}"
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                if not _ancestors(terms, f"schema:{inner['@type']}") & _references(term, "schema:rangeIncludes"):
                    yield f"{name} is never a {inner['@type']}"
                yield from _node_errors(terms, inner)


def _ancestors(terms: dict[str, Any], kind: str) -> set[str]:
    above = _references(terms.get(kind, {}), "rdfs:subClassOf")
    return {kind}.union(*(_ancestors(terms, each) for each in above))


def _references(term: dict[str, Any], name: str) -> set[str]:
    found = term.get(name, [])
    return {each["@id"] for each in (found if isinstance(found, list) else [found])}
