"""Turns: several share, one alone has nobody beside."""

from threading import Event, Thread

from lab_helpers.grading.running.turns import Turns


def test_several_share_at_a_time():
    turns = Turns()
    with turns.shared(), turns.shared():
        pass


def test_who_is_alone_waits_for_those_who_share_and_lets_nobody_in():
    turns, entered, order = Turns(), Event(), []

    def alone():
        entered.set()
        with turns.alone():
            order.append("alone")

    def late():
        with turns.shared():
            order.append("late")

    with turns.shared():
        first = Thread(target=alone)
        first.start()
        entered.wait()
        while not turns._alone:
            pass
        second = Thread(target=late)
        second.start()
        order.append("shared")
    first.join()
    second.join()
    assert order == ["shared", "alone", "late"]
