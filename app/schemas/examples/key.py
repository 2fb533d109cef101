"""Invented keys for the API document; each follows its schema, and a test holds it to that."""

from app.domain.api_key import ApiKeyScope
from app.schemas.api_key import ApiKey, ApiKeyList, ApiKeyWithToken

KEY: ApiKey = {
    "prefix": "k7q2m5xw3f",
    "href": "/v1/editorial/keys/k7q2m5xw3f",
    "name": "Newsroom CMS",
    "scopes": [ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.ARTICLES_PUBLISH],
    "editions": ["harbour"],
    "trusted": True,
    "created_at": "2026-11-20T09:15:00.000000+00:00",
    "expires_at": "2027-11-20T00:00:00.000000+00:00",
    "revoked_at": None,
    "rotated_at": None,
    "previous_secret_expires_at": None,
    "last_used_at": "2026-11-20T11:58:41.250000+00:00",
}
NEW_KEY: ApiKeyWithToken = {
    **KEY,
    "last_used_at": None,
    "token": "dl_k7q2m5xw3f" + "a2b3c4d5e6f7g2h3i4j5k6l7m2n3o4p5q6r7s2t3u4v5w6x7y2z3",
}
KEYS: ApiKeyList = {"items": [KEY], "next": None}
KEY_RECORD = {
    "name": "Newsroom CMS",
    "scopes": ["articles:write", "articles:publish"],
    "expires_at": "2027-11-20T00:00:00Z",
    "editions": ["harbour"],
    "trusted": True,
}
KEY_ROTATION = {"grace_seconds": 3600}
