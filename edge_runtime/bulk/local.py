"""A plan done on this machine: a thread for each worker, and beside it the worker's process."""

import threading
from collections.abc import Callable
from itertools import count

from edge_runtime.bulk.hand import Hand
from edge_runtime.bulk.painter import Work
from edge_runtime.bulk.plan import Plan


def run_here(work: Work, plan: Plan, workers: int, tell: Callable[[str], None]) -> None:
    """Do all units of a plan.

    Args:
        work: how.
        plan: what.
        workers: how many work beside each other.
        tell: is told the outcome of each picture, by one thread at a time.
    Raises:
        TintLiteError: a worker cannot be started, or the target takes no more. As after ctrl-C,
            what is done is there and has its rows.
    """
    hands: list[Hand] = []
    failures: list[Exception] = []
    numbers = count()  # one of these is taken by one thread alone
    lock = threading.Lock()
    stopping = threading.Event()
    ended = threading.Semaphore(0)

    def say(outcome: str) -> None:
        with lock:
            tell(outcome)

    def do_units() -> None:
        try:
            hand = Hand(work, plan)
            hands.append(hand)
            while not stopping.is_set() and (number := next(numbers)) < plan.units:
                hand.do(number, say)
            hand.stop()
        except Exception as error:
            failures.append(error)
        finally:
            ended.release()

    threads = [threading.Thread(target=do_units) for _ in range(min(workers, plan.units))]
    try:
        for thread in threads:
            thread.start()
        for _ in threads:
            ended.acquire()
            if failures:  # the first lets all end
                break
    finally:
        stopping.set()
        for hand in list(hands):
            hand.stop()
        for thread in threads:
            if thread.ident is not None:  # started before ctrl-C came
                thread.join()
    if failures:
        raise failures[0]
