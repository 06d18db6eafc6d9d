"""From version to version with what is in it; what is too new is refused."""

import pytest
from sqlalchemy import func, select, text

from amiss.domain.errors import RecordError
from amiss.record.examine.site import examine
from amiss.record.migrate import check, migrate, newest, version, versions
from amiss.record.site import Site
from amiss.record.tables import COUNTS, INSPECTIONS, METADATA


def test_live_data_goes_down_and_up_again(site, inspected):
    for n in range(5):
        kinds = [(), ("tear",), ("tear", "crush"), ("hole", "hole"), ()][n]
        site.record(inspected(kinds=kinds, product=None if n == 4 else f"p{n % 2}"))
    with site.database.reading() as connection:
        before = sorted(connection.execute(select(COUNTS)).all())
    for target in versions()[::-1]:
        migrate(site.database, target)
        assert version(site.database) == target
        with site.database.reading() as connection:
            held = connection.execute(select(func.count()).select_from(INSPECTIONS)).scalar()
        assert held == 5
    with pytest.raises(RecordError, match="older version"):
        check(site.database)
    migrate(site.database)
    with site.database.reading() as connection:
        assert sorted(connection.execute(select(COUNTS)).all()) == before
    assert examine(site).is_clean
    site.record(inspected())


def test_a_newer_database_is_refused_in_one_sentence(folder):
    Site.create(folder).close()
    site = Site.open(folder)
    with site.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for refused in (lambda: Site.open(folder), lambda: migrate(site.database)):
        with pytest.raises(RecordError, match="newer version") as error:
            refused()
        assert str(error.value).count(".") >= 1
    site.close()


def test_there_is_no_such_version(small):
    with pytest.raises(RecordError, match="no version 77"):
        migrate(small.database, "77")


def test_migrations_make_the_tables_that_the_code_uses(site):
    """Column by column; a forgotten migration shows here."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with site.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    assert newest() == versions()[-1]
