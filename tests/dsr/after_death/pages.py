"""The page of instructions after death as tests walk through it."""

from django.test import Client

from tests.dsr.pages import link_in

NEW = "/privacy/instructions/"
FILLED = {
    "wish": "HAND_OVER",
    "scope": "PARTICULAR",
    "recipient": "Zoé Son, born on 3 March 1990",
    "executor": "Zoé Son",
    "details": "My letters too.",
    "first_name": "Alice",
    "surname": "Martin",
    "email": "Alice@Example.org",
}


def confirm(client: Client) -> None:
    client.get(link_in("instructions_confirm"))
    client.post("/privacy/instructions/confirm/")
