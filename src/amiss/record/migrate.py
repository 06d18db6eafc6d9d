"""Brings a database's tables from version to version, with what is in them."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, inspect

from amiss.domain.errors import RecordError
from amiss.record.database import Database

SCRIPTS = Path(__file__).parent / "migrations"


def newest() -> str:
    """The version that this Amiss works with."""
    return _scripts().get_current_head() or ""


def version(database: Database) -> str | None:
    """The version of a database; None of an empty one.

    Raises:
        RecordError: the database cannot be read.
    """
    with database.reading() as connection:
        return _version(connection)


def check(database: Database) -> None:
    """Refuses a database that this Amiss does not work with.

    Raises:
        RecordError: it is empty, older or newer.
    """
    found = version(database)
    if found is None:
        raise RecordError(f"There is no record in {database.shown}; amiss site create makes one.")
    if found not in versions():
        raise RecordError(
            f"{database.shown} was written by a newer version of Amiss ({found}); install that."
        )
    if found != newest():
        raise RecordError(
            f"{database.shown} was written by an older version of Amiss ({found}); copy it, then "
            "run amiss site upgrade."
        )


def versions() -> list[str]:
    """All versions that this Amiss knows, the oldest first."""
    return [one.revision for one in _scripts().walk_revisions()][::-1]


def migrate(database: Database, to: str = "head") -> None:
    """Brings a database to a version, up or down, in one transaction; an empty one, too.

    Raises:
        RecordError: it is of a newer version of Amiss, or there is no such version.
    """
    with database.writing() as connection:
        found = _version(connection)
        if found is not None and found not in versions():
            raise RecordError(
                f"{database.shown} was written by a newer version of Amiss ({found}); install that."
            )
        target = newest() if to == "head" else to
        if target not in versions():
            raise RecordError(f"There is no version {to}; take one of {', '.join(versions())}.")
        config = _config()
        config.attributes["connection"] = connection
        down = found is not None and versions().index(target) < versions().index(found)
        try:
            (command.downgrade if down else command.upgrade)(config, target)
        except CommandError as error:
            raise RecordError(f"{database.shown} cannot be brought to {to} ({error}).") from error


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if found is None else str(found)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
