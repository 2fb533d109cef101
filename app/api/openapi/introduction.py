"""Introduction of the OpenAPI document: what holds for every operation, in sections with headings."""

from typing import Final

from app.domain.html.allowed_elements import ALLOWED_ATTRIBUTES, ALLOWED_SCHEMES, ALLOWED_TAGS, ID_PREFIX
from app.invalidation.max_age import CONTENT

_ELEMENTS: Final = ", ".join(f"`{each}`" for each in sorted(ALLOWED_TAGS))
_ATTRIBUTES: Final = "; ".join(
    f"{', '.join(f'`{each}`' for each in sorted(names))} of {'every element' if tag == '*' else f'`{tag}`'}"
    for tag, names in sorted(ALLOWED_ATTRIBUTES.items())
)
_SCHEMES: Final = ", ".join(f"`{each}`" for each in sorted(ALLOWED_SCHEMES))
INTRODUCTION: Final = f"""Dayline publishes news: a timeline grouped by local day, to any depth; articles with
everything that their page shows; authors, sections, tags, labels and editions.

## Lists and filters

- Lists return `items` and `next`; follow `next.href` until it is null. `limit` is the number of items on a page.
- Repeating a filter means any of its values; different filters all have to match. An unknown section, tag, author or
  label in a filter matches nothing; an unknown edition in a public address is 404.
- The catalogue has editions, sections, tags, labels and authors; each of them, and each curated list, is called an
  entry.
- Public responses show published articles alone: drafts and scheduled ones are 404, withdrawn ones 410.

## Caching

- `Cache-Control` states how long caches may store a response: `max-age` is at most {CONTENT.max_age_s} seconds, and
  counts down to a scheduled publication that changes the response.
- 404, 410 and other problems are `no-cache`, so that what is published or restored shows at once.
- Every public response has a strong `ETag`, except the stream, the export and a waiting `/v1/changes`. Codings are
  gzip, brotli and zstd, each with its own `ETag`. `Vary` names the request fields that a response depends on.
- Where a setting names a CDN that is purged by key, 200 and 308 also have `CDN-Cache-Control` (up to a day) and
  `Surrogate-Key`; problems never have.
- Responses of `/v1/editorial` are never stored.

## Errors

- Errors are problem details (RFC 9457). Decide by `type`: `/problems` lists the codes, and `/problems/{{code}}` is a
  page in HTML.
- An unknown query parameter is 422; feeds and health checks ignore it. Malformed, slow and too large requests are 400,
  408, 414, 431, 501 or 505, and a wrong method is 405.
- An unexpected failure is 500 `internal-error`. Retry a read; retry a write as after 503. A deletion that is retried
  after a lost response is 404 if the first one succeeded.
- Problems and responses of `/v1/editorial` have an `X-Request-ID`, which is also in the server's log: quote it in
  reports.

## API keys

- Endpoints under `/v1/editorial` take an API key, `Authorization: Bearer dl_…`, with one of the scopes that they name.
- A setting requires a key with `content:read` for all other endpoints (401, 403); without it they work with any
  `Authorization`, also an invalid one.
- Another setting limits the number of requests (429 with `Retry-After`).

## Formats

- Instants are RFC 3339 with six fraction digits.
- Members, values of enumerations and block types may be added: ignore unknown members, accept unknown values, and show
  `fallback_html` (with `body=rich`: `fallback_text`) of unknown blocks.
- HEAD works wherever GET does, with the same status and fields and no body; `paths` does not repeat it.

## Inline HTML

Inline HTML, in `html` members and table cells, has these elements: {_ELEMENTS}.

Attributes are {_ATTRIBUTES}. Links are relative or have the scheme {_SCHEMES}; every `id` begins with `{ID_PREFIX}`.

Of other elements in a request the text alone is stored, of those without text for readers (such as `script`) nothing;
`warnings` names each.

## Scripts of other origins

- Scripts of any origin may send every request, with `Authorization`, and read every response but those of `/health`. No
  cookie is used, `Access-Control-Allow-Origin` is `*`, and `Access-Control-Expose-Headers` names the header fields that
  this document describes.
- OPTIONS of these paths is 204, also without a key, with the methods of the path in `Access-Control-Allow-Methods`,
  `Access-Control-Allow-Headers: *, Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key`, and
  `Access-Control-Max-Age: 86400`.
- A setting can restrict this to a list of origins, whose scripts may also send credentials: their responses have the
  origin of the request instead of `*`, and `Access-Control-Allow-Credentials`. Responses to other origins have none of
  these fields; all have `Vary: Origin`.
"""
