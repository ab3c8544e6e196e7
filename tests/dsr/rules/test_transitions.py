"""What follows from the table of transitions: the words of the history, and who reads them."""

import pytest
from django.utils import translation

from dsr.requests.event_models import RequestEvent
from dsr.rules.transitions import EVENT_TYPES, INTERNAL, QUIET, EventType, Occurrence, Transition


@pytest.mark.parametrize("event", EVENT_TYPES.values(), ids=EVENT_TYPES)
def test_every_event_type_has_a_text_in_both_languages(event: EventType):
    said = set()
    for language in ("en", "fr"):
        with translation.override(language):
            said.add(str(event.text))
            assert RequestEvent(event_type=event.code).get_event_type_display() == str(event.text)
    assert len(said) == 2
    assert "" not in said


@pytest.mark.parametrize("transition", Transition)
def test_every_transition_has_a_label_in_both_languages(transition: Transition):
    said = set()
    for language in ("en", "fr"):
        with translation.override(language):
            said.add(str(transition.label))
    assert len(said) == 2


def test_a_code_stands_for_one_event_and_fits_its_column():
    events = {each.event for each in (*Transition, *Occurrence)}
    assert len(events) == len({event.code for event in events}) == len(EVENT_TYPES)
    longest = RequestEvent._meta.get_field("event_type").max_length
    assert max(map(len, EVENT_TYPES)) <= longest


def test_what_the_person_is_not_shown_and_what_others_need_not_have_seen():
    """Spelled out once more by hand."""
    assert {
        "ASSIGNED",
        "CORRECTED",
        "DECIDED",
        "NOTE_ADDED",
        "PREPARED",
        "RECIPIENT_NOTIFIED",
        "REDACTED",
        "REVISED",
        "WITHHELD",
    } == INTERNAL
    assert {
        "ASSIGNED",
        "DOWNLOADED",
        "LETTER_POSTED",
        "LINK_USED",
        "NOTE_ADDED",
        "RECIPIENT_NOTIFIED",
    } == QUIET


def test_a_new_transition_needs_no_migration():
    """The field takes any code; what the table no longer has is shown as it is."""
    assert RequestEvent._meta.get_field("event_type").choices is None
    assert RequestEvent(event_type="OF_OLD").get_event_type_display() == "OF_OLD"
