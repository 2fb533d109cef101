"""Members of catalogue entries: names that are equal, default types of authors, e-mail addresses, code URIs."""

import pytest

from app.domain.catalogue_entry import AuthorType, code_uri, default_author_type, name_key, validate_email
from app.errors import InvalidValueError


@pytest.mark.parametrize("name", ["Associated Press", "The Associated Press", "AFP", "dpa", "agence-france-presse"])
def test_author_named_as_a_news_agency_is_an_organisation(name: str) -> None:
    assert default_author_type(name) is AuthorType.ORGANISATION


@pytest.mark.parametrize("name", ["Bill Press", "Ines Kovary", "Apa", "Reuter"])
def test_other_authors_are_persons(name: str) -> None:
    assert default_author_type(name) is AuthorType.PERSON


def test_names_are_equal_without_regard_to_case_width_and_spacing() -> None:
    keys = {name_key(each) for each in ("Straße  nach Süden", "STRASSE nach süden", "\uff33traße nach Su\u0308den ")}
    assert keys == {"strasse nach süden"}


@pytest.mark.parametrize("text", ["desk@courier.example", "a.b+c@mail.courier.example", "пошта@курєр.укр"])
def test_email_addresses_are_accepted(text: str) -> None:
    assert validate_email(text) == text


@pytest.mark.parametrize("text", ["", "desk", "desk@", "@a.example", "a b@c.example", "<a@b.example>", "a@b", "a@b..c"])
def test_other_texts_are_no_email_addresses(text: str) -> None:
    with pytest.raises(InvalidValueError, match="Expected an e-mail address"):
        validate_email(text)


def test_codes_of_known_vocabularies_have_uris() -> None:
    assert code_uri("wikidata", "Q1") == "http://www.wikidata.org/entity/Q1"
    assert code_uri("iptc-mediatopic", "medtop:20000002") == "http://cv.iptc.org/newscodes/mediatopic/20000002"
    assert code_uri("own", "7") is None
