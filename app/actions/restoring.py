"""What follows when a backup was restored: numbers that the lost log gave out are never used again."""

from sqlalchemy import Connection, select

from app.actions.changes import Change, append_changes, begin_changes, last_number
from app.domain.change import ChangeType
from app.domain.log_gap import NAME, Gap, dump_gaps, gap_behind, parse_gaps
from app.domain.scope import Facet
from app.domain.surrogate import facet_key, shelf_key
from app.models.edition import editions
from app.records.installation import read_value, replace_value

_EDITIONS = select(editions.c.id).order_by(editions.c.id)


def move_log_ahead(connection: Connection, *, now: int, actor: str) -> Gap:
    """Have the log go on beyond every number that was ever given out; the gap, which is kept for ever.

    Everybody who follows the log is told to read each edition anew. A log without an edition is moved as well.
    """
    begin_changes(connection)
    gap = gap_behind(last_number(connection), now=now)
    told = [_told_anew(number) for number in connection.execute(_EDITIONS).scalars()]
    nobody = Change(type=ChangeType.EDITION_UPDATED, keys=[shelf_key(Facet.EDITION)])
    append_changes(connection, told or [nobody], now=now, actor=actor, behind=gap.first - 1)
    kept = read_value(connection, NAME)
    replace_value(connection, NAME, old=kept, new=dump_gaps([*parse_gaps(kept), gap]))
    return gap


def _told_anew(number: int) -> Change:
    keys = [facet_key(Facet.EDITION, number), shelf_key(Facet.EDITION)]
    return Change(type=ChangeType.EDITION_UPDATED, keys=keys, edition_id=number)
