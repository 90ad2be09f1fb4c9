"""The series of the published store that a promise is followed by, and what of them goes into the signed document. A
file of series that the editor reads in lies sealed until the jobs have kept it: small counts are hidden by them."""

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import Float, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kapabla.audit import Chain
from kapabla.ids import new_id
from kapabla.keys import seal, unseal
from kapabla.material.promise_editions import PublishedSeries, SeriesChange, SeriesValue
from kapabla.material.series import Series
from kapabla.material.series_file import About
from kapabla.office.promises import CitizenPromise, trace
from kapabla.office.records import outbox
from kapabla.office.staff import Staff
from kapabla.vaults import OfficeBase

KEEP_SERIES = "keep_series"
# A series by its code, as it lies in the store.
Shelf = Callable[[str], Series | None]


class PromiseSeries(OfficeBase):
    """`compared`: the period that the newest value is held against. `target`: where the drawing has a line."""

    __tablename__ = "promise_series"
    __table_args__ = {"info": {"retention": "register"}}

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    promise_id: Mapped[str] = mapped_column(ForeignKey("citizen_promise.id", ondelete="CASCADE"), index=True)
    series: Mapped[str] = mapped_column(String(60))
    compared: Mapped[str] = mapped_column(String(7), default="")
    target: Mapped[float | None] = mapped_column(Float)


def series_of(session: Session, promise: CitizenPromise) -> Sequence[PromiseSeries]:
    query = select(PromiseSeries).where(PromiseSeries.promise_id == promise.id)
    return session.scalars(query.order_by(PromiseSeries.series, PromiseSeries.id)).all()


def find_published(one: PromiseSeries, place: str, shelf: Shelf) -> PublishedSeries | None:
    """As the public may see it now, of one municipality. None where the store has nothing of it to show."""
    held = shelf(one.series)
    found = held.for_public() if held else None
    if found is None:
        return None
    periods = sorted(period for code, period in found.values if code == place)
    if not periods or (one.compared and one.compared not in periods):
        return None
    return PublishedSeries(
        code=found.code, kind=found.kind, name=found.names["sv"], unit="antal" if found.is_count else found.unit,
        compared=one.compared or None, target=one.target,
        values=tuple(_value(found, place, period) for period in periods),
        changes=tuple(
            SeriesChange(
                period=change.period, before=change.before, before_on=change.before_on, now=change.now,
                now_on=change.now_on,
            )
            for change in found.revised
            if change.place == place
        ),
    )  # fmt: skip


def _value(found: Series, place: str, period: str) -> SeriesValue:
    held = found.fetched((place, period))
    value, _ = held.values[place, period]
    return SeriesValue(period=period, value=value, source=held.source, retrieved_on=held.retrieved_on)


def order_series(
    session: Session, chain: Chain, body: bytes, about: About, codes: Iterable[str], *, sealing_key: bytes, by: Staff,
    at: datetime,
) -> None:  # fmt: skip
    """A file that has been read without a fault, under `codes`, on its way to the store."""
    order = new_id()
    given = asdict(about) | {"retrieved_on": f"{about.retrieved_on}", "file": base64.b64encode(body).decode()}
    sealed = seal(sealing_key, json.dumps(given), f"{KEEP_SERIES}.{order}").hex()
    outbox.put(session, KEEP_SERIES, {"order": order, "sealed": sealed}, key=f"{KEEP_SERIES}:{order}", at=at)
    for code in sorted(codes):
        trace(session, chain, "series_import", f"series:{code}", by=by, at=at)


def ordered_series(payload: dict[str, str], sealing_key: bytes) -> tuple[bytes, About]:
    given = json.loads(unseal(sealing_key, bytes.fromhex(payload["sealed"]), f"{KEEP_SERIES}.{payload['order']}"))
    body = base64.b64decode(given.pop("file"))
    return body, About(**(given | {"retrieved_on": date.fromisoformat(given["retrieved_on"])}))
