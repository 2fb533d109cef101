"""Interface strings of an edition: the texts of a front end around the news, complete in each language."""
# ruff: noqa: RUF001 - Ukrainian letters and the typographic apostrophe are what these texts are made of

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from app.domain.language import is_same_language, lookup_translation

if TYPE_CHECKING:
    from collections.abc import Mapping

STRINGS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "about": "About us",
        "about_author": "About the author",
        "all_news": "All news",
        "archive": "Archive",
        "author": "Author",
        "authors": "Authors",
        "back": "Back",
        "calendar": "Calendar",
        "close": "Close",
        "contact": "Contact us",
        "copy_link": "Copy link",
        "corrected": "Corrected",
        "correction": "Correction",
        "editorial_note": "Editor’s note",
        "error": "Something went wrong",
        "error_try_again": "Please try again",
        "gone": "This article has been withdrawn",
        "home": "Home",
        "image_credit": "Image credit",
        "in_other_languages": "In other languages",
        "language": "Language",
        "latest_news": "Latest news",
        "link_copied": "Link copied",
        "load_more": "Load more",
        "loading": "Loading…",
        "loading_failed": "Loading failed",
        "menu": "Menu",
        "more_by_author": "More by this author",
        "more_news": "More news",
        "new_stories": "New stories have arrived",
        "news": "News",
        "next_article": "Next article",
        "next_day": "Next day",
        "no_news_this_day": "There is no news on this day",
        "no_news_yet": "There is no news here yet",
        "no_results": "Nothing found",
        "not_found": "Page not found",
        "offline": "You are offline",
        "photo": "Photo",
        "previous_article": "Previous article",
        "previous_day": "Previous day",
        "privacy_policy": "Privacy policy",
        "published": "Published",
        "read_also": "Read also",
        "read_more": "Read more",
        "rss_feed": "RSS feed",
        "search": "Search",
        "search_placeholder": "Search the news",
        "search_results": "Search results",
        "section": "Section",
        "sections": "Sections",
        "share": "Share",
        "skip_to_content": "Skip to content",
        "source": "Source",
        "subscribe": "Subscribe",
        "tag": "Tag",
        "tags": "Tags",
        "terms_of_use": "Terms of use",
        "today": "Today",
        "updated": "Updated",
        "withdrawn": "Withdrawn",
        "yesterday": "Yesterday",
    },
    "uk": {
        "about": "Про нас",
        "about_author": "Про автора",
        "all_news": "Усі новини",
        "archive": "Архів",
        "author": "Автор",
        "authors": "Автори",
        "back": "Назад",
        "calendar": "Календар",
        "close": "Закрити",
        "contact": "Зв’язатися з нами",
        "copy_link": "Скопіювати посилання",
        "corrected": "Виправлено",
        "correction": "Виправлення",
        "editorial_note": "Примітка редакції",
        "error": "Щось пішло не так",
        "error_try_again": "Спробуйте ще раз",
        "gone": "Цей матеріал знято з публікації",
        "home": "Головна",
        "image_credit": "Джерело зображення",
        "in_other_languages": "Іншими мовами",
        "language": "Мова",
        "latest_news": "Останні новини",
        "link_copied": "Посилання скопійовано",
        "load_more": "Показати ще",
        "loading": "Завантаження…",
        "loading_failed": "Не вдалося завантажити",
        "menu": "Меню",
        "more_by_author": "Інші матеріали автора",
        "more_news": "Більше новин",
        "new_stories": "З’явилися нові матеріали",
        "news": "Новини",
        "next_article": "Наступний матеріал",
        "next_day": "Наступний день",
        "no_news_this_day": "Цього дня новин немає",
        "no_news_yet": "Тут поки що немає новин",
        "no_results": "Нічого не знайдено",
        "not_found": "Сторінку не знайдено",
        "offline": "Немає з’єднання з інтернетом",
        "photo": "Фото",
        "previous_article": "Попередній матеріал",
        "previous_day": "Попередній день",
        "privacy_policy": "Політика конфіденційності",
        "published": "Опубліковано",
        "read_also": "Читайте також",
        "read_more": "Читати далі",
        "rss_feed": "RSS-стрічка",
        "search": "Пошук",
        "search_placeholder": "Шукати в новинах",
        "search_results": "Результати пошуку",
        "section": "Рубрика",
        "sections": "Рубрики",
        "share": "Поділитися",
        "skip_to_content": "Перейти до змісту",
        "source": "Джерело",
        "subscribe": "Підписатися",
        "tag": "Тег",
        "tags": "Теги",
        "terms_of_use": "Умови користування",
        "today": "Сьогодні",
        "updated": "Оновлено",
        "withdrawn": "Знято з публікації",
        "yesterday": "Учора",
    },
}

_FALLBACK: Final = "en"
_PATH_SEPARATORS: Final = re.compile(r"[/.]")
# Any snake_case word in place of a sentence; a string of the edition's own may contain one (an account name).
_SNAKE_KEY: Final = re.compile(r"[a-z0-9./-]*[a-z0-9]_[a-z0-9_./-]*", re.IGNORECASE | re.ASCII)
_BETWEEN_WORDS: Final = re.compile(r"[\W_]+")


def complete_strings(language: str, overrides: Mapping[str, str]) -> dict[str, str]:
    """Return every interface string in the language, sorted by key; the edition's own texts override the shipped ones.

    The language is found by RFC 4647 lookup; missing strings are in English. An override that is blank or an interface
    key (`read_also`, `client/title.list_title`) counts as missing: a shipped key has its shipped text, a key of the
    edition's own is written as words (`live_now` gives "Live now"), or omitted without letters. So no value is blank
    or its own key.
    """
    texts = {**STRINGS[_FALLBACK], **_shipped(language)}
    for key, text in overrides.items():
        if _is_own_text(key, text):
            texts[key] = text
        elif key not in texts and _is_readable(key, words := _in_words(key)):
            texts[key] = words
    return dict(sorted(texts.items()))


def find_string_languages(language: str, overrides: Mapping[str, str]) -> dict[str, str]:
    """Return the language of each interface string that is not in the edition's: English, by key."""
    if is_same_language(language, _FALLBACK):
        return {}
    own = {*_shipped(language), *(key for key, text in overrides.items() if _is_own_text(key, text))}
    return {key: _FALLBACK for key in complete_strings(language, overrides) if key not in own}


def _shipped(language: str) -> Mapping[str, str]:
    return lookup_translation(STRINGS, language) or {}


def _is_own_text(key: str, text: str) -> bool:
    """Return whether an override is a text: no blank, and no interface key in its place."""
    return _is_readable(key, text) and not (key in STRINGS[_FALLBACK] and _SNAKE_KEY.fullmatch(text.strip()))


def _is_readable(key: str, text: str) -> bool:
    """Return False for a blank and for the trace of a lost translation: the key, alone or at the end of a path."""
    bare = text.strip()
    return bare not in {"", key} and _PATH_SEPARATORS.split(bare)[-1] != key


def _in_words(key: str) -> str:
    words = _BETWEEN_WORDS.sub(" ", key).strip()
    return words[:1].upper() + words[1:]
