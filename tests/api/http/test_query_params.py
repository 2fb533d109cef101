"""Query strings: bounds of parameters, errors that name the parameter, and URLs built from the parameters."""

from urllib.parse import parse_qsl, unquote_plus, urlencode

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from app.api.http.query_params import collect_parameters, parse_query_string
from app.errors import InvalidInputError
from app.schemas.change import ChangeListParams
from app.schemas.editorial import EditorialListParams
from app.schemas.editorial_catalogue import EditorialEntryListParams, EditorialEntryParams
from app.schemas.params import ArticleListParams, ArticleParams, QueryParams, TimelineParams
from app.schemas.query_strings import SETS
from tests.query_strings import FEEDS, PUBLIC, query_strings

OTHERS: tuple[type[BaseModel], ...] = (EditorialListParams, EditorialEntryParams, EditorialEntryListParams)
ID = "0677y7hzc3m1d"


@settings(max_examples=200, deadline=None)  # the first requests of a process build their models
@given(query_strings(), st.sampled_from((*PUBLIC, *OTHERS)))
@example("id=,", ArticleListParams)
@example(f"id={ID}&cursor=x", TimelineParams)
@example(f"id={ID}&id={ID}&limit=1", ArticleListParams)
@example("body=html&limit=51", ArticleListParams)
@example("cursor=&newest_day=2026-11-20", TimelineParams)
@example("since=0&cursor=x", ChangeListParams)
@example("edition=*", TimelineParams)
@example("edition=*", ArticleListParams)
@example("fields=body", TimelineParams)
@example("from_=2026-01-01", TimelineParams)
@example("tag=a&" * 51, TimelineParams)
@example("exclude=" + "a," * 101, TimelineParams)
@example("id=" + ",".join([ID] * 101), TimelineParams)
@example("tag=" + "a" * 3_000, TimelineParams)
@example("tag=" + "a" * 20_000, TimelineParams)
@example("&" * 600, TimelineParams)
@example("limit=%D9%A3", TimelineParams)
@example("limit=%B2", TimelineParams)
@example("limit=\xb2", TimelineParams)
def test_query_string_becomes_parameters_or_an_error_that_names_one(query: str, model: type[BaseModel]) -> None:
    names = {field.alias or name for name, field in model.model_fields.items()}
    given = {pair.partition("=")[0][:80] for pair in unquote_plus(query).split("&")}
    try:
        params = parse_query_string(query, model)
    except InvalidInputError as error:
        locations = {each.location for each in error.errors}
    else:
        locations = set()
        assert model.model_validate(params.model_dump(by_alias=True, exclude_unset=True)) == params
    assert locations <= names | given | {"query"}


@settings(max_examples=200, deadline=None)
@given(query_strings() | st.text(alphabet="ab=&+%;#é0F", max_size=30))
def test_segments_are_decoded_as_urllib_decodes_them(query: str) -> None:
    try:
        expected = parse_qsl(query, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        with pytest.raises(InvalidInputError):
            collect_parameters(query, ())
        return
    names = {name for name, _ in expected}
    if all(value.isprintable() for _, value in expected):
        assert collect_parameters(query, names) == {name: [v for n, v in expected if n == name] for name in names}


def lists_of(model: type[BaseModel]) -> dict[str, int | None]:
    """Return the list parameters of a model, each with the maximum number of values in its document."""
    members = model.model_json_schema(by_alias=True)["properties"].items()
    return {name: member.get("maxItems") for name, member in members if member.get("type") == "array"}


LISTS = [(model, name, most) for model in (*PUBLIC, *FEEDS, *OTHERS) for name, most in lists_of(model).items()]


@pytest.mark.parametrize(("model", "name", "most"), LISTS)
@pytest.mark.parametrize("value", ["", "a"])
def test_list_parameter_counts_every_value_towards_the_bound(
    model: type[BaseModel], name: str, most: int | None, value: str
) -> None:
    assert most is not None, "a list parameter has no documented bound"
    spellings = ["&".join([f"{name}={value}"] * (most + 1))]
    if name in {"exclude", "fields", "id"}:
        spellings += [f"{name}=" + ",".join([value] * (most + 1)), f"{name}={value},{value}&" * (most // 2 + 1)]
    for query in spellings:
        with pytest.raises(InvalidInputError) as refused:
            parse_query_string(query.rstrip("&"), model)
        assert {error.location for error in refused.value.errors} == {name}


@pytest.mark.parametrize("name", ["exclude", "fields"])
def test_list_parameter_drops_empty_values_within_the_bound(name: str) -> None:
    for query in (f"{name}=", f"{name}=,", "&".join([f"{name}="] * 100), f"{name}=" + "," * 99):
        assert getattr(parse_query_string(query, ArticleListParams), name) == []


def test_list_parameters_are_not_shared() -> None:
    one, other = parse_query_string("", TimelineParams), parse_query_string("", TimelineParams)
    one.tag.append("fog")
    assert other.tag == []
    assert parse_query_string("", TimelineParams).tag == []


def dumped_href(params: QueryParams, path: str, changed: dict[str, str | None]) -> str:
    """Return the URL that follows from pydantic's own dump of the parameters, sets sorted, without default values."""
    stated = params.model_dump(by_alias=True, exclude_unset=True, exclude_defaults=True, mode="json")
    names = [field.alias or name for name, field in type(params).model_fields.items()]
    requested = {name: stated.get(name) for name in names}
    pairs = []
    for name, value in (requested | changed).items():
        values = value if isinstance(value, list) else [value]
        sent = sorted(set(values)) if name in SETS and isinstance(value, list) else values
        pairs += [(name, str(each).lower() if isinstance(each, bool) else each) for each in sent if each is not None]
    return f"{path}?{urlencode(pairs)}" if pairs else path


CHANGED = st.dictionaries(
    st.sampled_from(("cursor", "from", "to", "since", "newest_day")), st.none() | st.text(max_size=5), max_size=3
)


@settings(max_examples=150, deadline=None)
@given(query_strings(), st.sampled_from((*PUBLIC, *OTHERS)), CHANGED)
def test_url_for_repeats_the_given_parameters_without_default_values(
    query: str, model: type[BaseModel], changed: dict[str, str | None]
) -> None:
    try:
        params = parse_query_string(query, model)
    except InvalidInputError:
        return
    if isinstance(params, QueryParams):
        assert params.url_for("/v1/x", **changed) == dumped_href(params, "/v1/x", changed)


def test_url_for_of_equal_parameters_is_equal() -> None:
    one = parse_query_string("tag=fog&limit=5&tag=trams&fields=time,slug&exclude=b,a,b&tag=fog", TimelineParams)
    other = parse_query_string("exclude=a&exclude=b&fields=slug&tag=trams&tag=fog&fields=time&limit=5", TimelineParams)
    address = "/v1/timeline?tag=fog&tag=trams&exclude=a&exclude=b&fields=slug&fields=time&cursor=x&limit=5"
    assert one.url_for("/v1/timeline", cursor="x") == other.url_for("/v1/timeline", cursor="x") == address
    assert one.href_of_changes(9) == other.href_of_changes(9)


@pytest.mark.parametrize(
    ("query", "model", "href"),
    [
        ("limit=40&total=false&tz=UTC", TimelineParams, "/x?tz=UTC"),
        ("limit=20&total=true", TimelineParams, "/x?total=true&limit=20"),
        ("limit=20&body=none&links=written&fields=", ArticleListParams, "/x"),
        ("body=blocks", ArticleParams, "/x"),
        ("since=0&wait=0&limit=100", ChangeListParams, "/x"),
    ],
)
def test_url_for_leaves_out_default_values(query: str, model: type[QueryParams], href: str) -> None:
    assert parse_query_string(query, model).url_for("/x") == href


def test_url_for_preserves_the_order_of_ids() -> None:
    params = parse_query_string(f"id=7zzzzzzzzzzzz,{ID}&id=7zzzzzzzzzzzz", ArticleListParams)
    assert params.url_for("/v1/articles") == f"/v1/articles?id=7zzzzzzzzzzzz&id={ID}&id=7zzzzzzzzzzzz"


def test_changes_url_includes_the_filters() -> None:
    query = f"tz=Europe/Kyiv&label=b&label=a&from=2026-11-19T10:00:00%2B02:00&limit=5&total=true&id={ID}&edition=ua"
    params = parse_query_string(query, TimelineParams)
    filters = f"edition=ua&label=a&label=b&from=2026-11-19T10%3A00%3A00%2B02%3A00&id={ID}&tz=Europe%2FKyiv"
    assert params.href_of_changes(12) == f"/v1/changes?since=12&{filters}"
