"""What holds for a plain connection holds for an encrypted one: the hub's own tests of flow and of stopping, behind TLS."""

import pytest

from tests.hub.test_flow import (
    test_a_reader_that_stays_full_is_ended_and_resumes_complete,
    test_a_sender_that_is_cut_off_has_posted_all_the_same,
    test_frames_that_cannot_be_end_the_connection_and_say_why,
    test_one_who_asks_without_reading_is_not_read_from,
    test_who_does_not_read_costs_nobody_else_and_loses_nothing,
    test_whoever_has_used_up_the_rate_may_still_leave,
)
from tests.hub.test_stopping import (
    test_a_store_that_hangs_does_not_hold_up_the_end,
    test_what_is_pending_is_recorded_and_everybody_gets_a_goodbye,
)

pytestmark = pytest.mark.parametrize("world", ["tls"], indirect=True)

__all__ = [
    "test_a_reader_that_stays_full_is_ended_and_resumes_complete",
    "test_a_sender_that_is_cut_off_has_posted_all_the_same",
    "test_a_store_that_hangs_does_not_hold_up_the_end",
    "test_frames_that_cannot_be_end_the_connection_and_say_why",
    "test_one_who_asks_without_reading_is_not_read_from",
    "test_what_is_pending_is_recorded_and_everybody_gets_a_goodbye",
    "test_who_does_not_read_costs_nobody_else_and_loses_nothing",
    "test_whoever_has_used_up_the_rate_may_still_leave",
]
