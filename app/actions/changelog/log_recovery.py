"""Recovery of the change log after a restored backup: numbers issued by the lost log are never reused."""

from sqlalchemy import Connection, select

from app.actions.changelog.changes import Change, append_changes, begin_log_transaction, last_seq
from app.domain.change import ChangeType
from app.domain.list_filter import Facet
from app.domain.sequence_gap import NAME, Gap, dump_gaps, gap_after, parse_gaps
from app.interchange.key_value import compare_and_set, get_value
from app.invalidation.surrogate_keys import collection_key, facet_key
from app.models.edition import editions

_EDITIONS = select(editions.c.id).order_by(editions.c.id)


def skip_sequence_numbers(connection: Connection, *, now: int, actor: str) -> Gap:
    """Continue the log beyond every number ever issued; return the gap, which is stored permanently.

    Every follower of the log receives a change for each edition. A log without an edition is moved as well.
    """
    begin_log_transaction(connection)
    gap = gap_after(last_seq(connection), now=now)
    edition_changes = [_edition_change(number) for number in connection.execute(_EDITIONS).scalars()]
    anonymous = Change(type=ChangeType.EDITION_UPDATED, keys=[collection_key(Facet.EDITION)])
    append_changes(connection, edition_changes or [anonymous], now=now, actor=actor, behind=gap.first - 1)
    stored = get_value(connection, NAME)
    compare_and_set(connection, NAME, old=stored, new=dump_gaps([*parse_gaps(stored), gap]))
    return gap


def _edition_change(number: int) -> Change:
    keys = [facet_key(Facet.EDITION, number), collection_key(Facet.EDITION)]
    return Change(type=ChangeType.EDITION_UPDATED, keys=keys, edition_id=number)
