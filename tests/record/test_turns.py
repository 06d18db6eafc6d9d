"""Threads that write at once share a transaction, and none of them notices."""

import threading
import time

import pytest
from sqlalchemy import insert, select, text

from amiss.domain.errors import RecordError
from amiss.record.tables import CODES
from amiss.record.turns import Turns


def at_once(turns, works):
    """Runs works while a first one is still at it; gives what each returned or raised."""
    found = {}
    started, go_on = threading.Event(), threading.Event()

    def first(_connection):
        started.set()
        go_on.wait(10)

    def run(name, work):
        try:
            found[name] = turns.run(work)
        except BaseException as error:  # noqa: BLE001 - to be looked at
            found[name] = error

    threads = [threading.Thread(target=run, args=("first", first))]
    threads[0].start()
    started.wait(10)
    for name, work in works.items():
        threads.append(threading.Thread(target=run, args=(name, work)))
        threads[-1].start()
    while len(turns._waiting) < len(works):
        time.sleep(0.01)
    go_on.set()
    for thread in threads:
        thread.join()
    return found


def adds(name):
    def work(connection):
        connection.execute(insert(CODES), {"code": name, "product": "p"})
        return name

    return work


def raises_after(work, error):
    def both(connection):
        work(connection)
        raise error

    return both


def codes(database):
    with database.reading() as connection:
        return set(connection.execute(select(CODES.c.code)).scalars())


@pytest.fixture
def turns(site):
    return Turns(site.database)


def test_what_waits_is_written_together(turns):
    commits = []
    writing = turns.database.writing
    turns.database.writing = lambda: commits.append(1) or writing()
    found = at_once(turns, {name: adds(name) for name in "abc"})
    assert {found[name] for name in "abc"} == codes(turns.database) == set("abc")
    assert len(commits) == 2  # the first one's, and that of all others


def test_one_error_takes_back_its_own_work_only(turns):
    works = {name: adds(name) for name in "abc"}
    works["b"] = raises_after(works["b"], RecordError("no"))
    works["d"] = raises_after(adds("d"), ZeroDivisionError())
    found = at_once(turns, works)
    assert isinstance(found["b"], RecordError)
    assert isinstance(found["d"], ZeroDivisionError)
    assert codes(turns.database) == {"a", "c"}


def test_what_the_database_refuses_is_told_to_whom_it_concerns(turns):
    works = {"a": adds("a"), "again": adds("a"), "c": adds("c"),
             "broken": lambda connection: connection.execute(text("SELECT nothing"))}  # fmt: skip
    found = at_once(turns, works)
    refused = [name for name, one in found.items() if isinstance(one, RecordError)]
    assert len(refused) == 2
    assert "broken" in refused
    assert codes(turns.database) == {"a", "c"}


def test_an_interrupted_thread_leaves_the_others_their_work(turns):
    times = []

    def interrupted(connection):
        adds("b")(connection)
        times.append(1)
        if len(times) == 1:
            raise KeyboardInterrupt
        return "b"

    found = at_once(turns, {"a": adds("a"), "b": interrupted, "c": adds("c")})
    (whose,) = (name for name, one in found.items() if isinstance(one, KeyboardInterrupt))
    assert {found[name] for name in {"a", "b", "c"} - {whose}} == {"a", "b", "c"} - {whose}
    assert codes(turns.database) == {"a", "b", "c"} - {whose}
    assert turns._waiting == []


def test_more_than_fit_into_one_transaction(turns):
    names = [f"n{n}" for n in range(150)]
    found = at_once(turns, {name: adds(name) for name in names})
    assert all(found[name] == name for name in names)
    assert codes(turns.database) == set(names)
