import subprocess
import sys
import threading

import pytest

from amiss.vision.aside import aside


def test_a_call_aside_runs_in_another_thread_at_the_same_time():
    here, there = threading.Event(), threading.Event()

    def meet(name, *, times):
        there.set()
        assert here.wait(10)
        return threading.get_ident(), name * times

    waiting = aside(meet, "ab", times=2)
    assert there.wait(10)  # it has begun, and waits for this thread
    here.set()
    thread, said = waiting.result(10)
    assert thread != threading.get_ident()
    assert said == "abab"


def test_what_it_raises_is_raised_where_its_result_is_asked_for():
    def fail():
        raise ValueError("the tray fell")

    with pytest.raises(ValueError, match="the tray fell"):
        aside(fail).result(10)


FORKED = """
import os
from amiss.vision.aside import aside
assert aside(int, "7").result(10) == 7
if os.fork() == 0:
    print(aside(int, "8").result(10), flush=True)
    os._exit(0)
os.wait()
"""


def test_a_child_process_has_its_own_threads():
    command = [sys.executable, "-W", "ignore", "-c", FORKED]  # it warns of forks beside threads
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("8\n", "")
