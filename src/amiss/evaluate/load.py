"""Reads what is inspected: whole pictures with all that covers them, or the item cut out."""

from amiss.dataset.records import CaptureRecord, Picture, ViewRecord
from amiss.domain.capture import Capture, View
from amiss.vision.decode import decode


def load_capture(record: CaptureRecord, picture: Picture) -> Capture:
    """An item, decoded: whole pictures with all that covers them, or the item cut out.

    Raises:
        ImageError: a picture cannot be read.
        DatasetError: a file is not there.
    """
    if picture == "image":
        return record.load(decode)
    views = tuple(load_view(view, picture) for view in record.views)
    return Capture(views, record.product, record.step, record.id)


def load_view(view: ViewRecord, picture: Picture) -> View:
    """One picture, as `load_capture`."""
    if picture == "image":
        return view.load(decode)
    which: Picture = "crop" if view.crop is not None else "image"
    return decode(view.picture(which))
