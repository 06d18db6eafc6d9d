"""A site's record in SQLite, and in PostgreSQL where there is one to test with."""

import itertools
import os

import numpy as np
import pytest
from exchange_helpers import SHAPE, TYPES, made
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from amiss.dataset.labels import Damage, Labels, Masks
from amiss.dataset.pack_picture import Encoding
from amiss.dataset.writer import writing
from amiss.domain.capture import Capture
from amiss.domain.words import DamageType, Severity
from amiss.record.inspections import Inspected, ViewPictures
from amiss.record.site import Site

NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    """Makes an empty place in a database each time it is called; gives its URL."""
    pgserver = pytest.importorskip("pgserver")
    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    main = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    engine = create_engine(main, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:  # the server itself is never killed here
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()

    def make():  # a schema of its own: a database takes hundreds of files
        name = f"site{next(NUMBERS)}"
        engine = create_engine(main, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE SCHEMA {name}"))
        engine.dispose()
        own = main.update_query_dict({"options": f"-csearch_path={name}"})
        return own.render_as_string(hide_password=False)

    yield make
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
def folder(request, tmp_path):
    """Where a site is to be."""
    where = tmp_path / "site"
    where.mkdir()
    if request.param == "postgres":
        url = request.getfixturevalue("postgres")()
        (where / "site.toml").write_text(f'database = "{url}"\n')
    return where


@pytest.fixture
def site(folder):
    made = Site.create(folder)
    yield made
    made.close()


@pytest.fixture
def small(tmp_path):
    """A site in SQLite only, for what does not depend on the database."""
    with Site.create(tmp_path / "small") as made:
        yield made


@pytest.fixture(scope="session")
def inspected():
    """Makes an inspection with pictures of its own."""

    def make(*, kinds=("crush",), views=2, product="SKU", decision="sideline", **more):
        findings = [
            {"kind": kind, "severity": "major", "locus": "product", "view": 0,
             "box": [1, 2, 3, 4], "score": 0.7, "reference": None, "reference_place": None}
            for kind in kinds
        ]  # fmt: skip
        result = {
            "product": product,
            "decision": decision,
            "score": 0.7,
            "threshold": 0.5,
            "bundle": "b@1",
            "operating_point": "p",
            "findings": findings,
        }
        pictures = [ViewPictures(os.urandom(500), camera=f"c{n}") for n in range(views)]
        return Inspected(result, pictures, **more)

    return make


@pytest.fixture(scope="session")
def dataset(tmp_path_factory):
    """Three products with references, one damaged item each, and a sound one."""
    root = tmp_path_factory.mktemp("data") / "set"
    damage = np.zeros(SHAPE, np.uint8)
    damage[3:9, 5:20] = 1 + TYPES.index(DamageType.TEAR)
    damage[30:35, 40:50] = 1 + TYPES.index(DamageType.HOLE)
    item = np.zeros(SHAPE, bool)
    item[2:38, 4:56] = True
    with writing(root, Encoding("png")) as writer:
        for n, split in enumerate(("train", "validation", "test")):
            labels = Labels(product=f"p{n}", design="1")
            writer.add_reference(f"r{n}", made(n), labels, item, split=split)
            told = (Damage(DamageType.TEAR, Severity.MAJOR), Damage(DamageType.HOLE))
            for capture, damages, mask in ((f"{n}a", told, damage), (f"{n}b", (), damage * 0)):
                views = (made(10 * n), made(10 * n + 1))
                writer.add(
                    Capture(views, product=f"p{n}", id=capture, barcode="4006381333931"),
                    Labels(damages, product=f"p{n}", tags=("a", "b")),
                    [Masks(item, mask), Masks(item)],
                    split=split,
                )
        writer.publish()
    return root
