"""What somebody wrote about Alice goes with an erasure, whatever field and file it is in, or stays for a stated reason.

Every text of every kind of record about her gets a word of its own; then the whole database and every file are read.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.test import Client

from dsr.package import search
from privacy.datamap import stores
from privacy.datamap.registry import Holding, holdings
from privacy.files.models import StoredFile
from privacy.rights import erasure
from privacy.visits import recording
from tests import holdings as made
from tests import roles

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
NO_TEXTS = {"keys"}  # of a restriction: a constraint empties them when it ends
WORD = {"alice": "zqalice", "bob": "zqbob"}


@pytest.fixture
def people(now, settings) -> dict[str, made.SamplePerson]:
    """A record of every kind about each, with their word in every text."""
    found = {name: made.person(name, now) for name in WORD}
    known = {holding.label: holding for holding in holdings()}
    for label, make in made.MAKERS.items():
        for name, who in found.items():
            write_everywhere(make(who, now - made.RECENT), known[label], WORD[name])
    for name, who in found.items():
        line = f"{now.isoformat()}\t1\t{who.visitor}\tt\t/{WORD[name]}/\t\ten"
        recording.spool().append(line.encode())
        mail_file(Path(settings.EMAIL_FILE_PATH), who.email, WORD[name])
    recording.spool().close()
    return found


def mail_file(folder: Path, to: str, words: str) -> None:
    folder.mkdir(exist_ok=True)
    number = len(list(folder.iterdir()))
    path = folder / f"20261123-100000-{number}.log"
    path.write_text(f"Subject: {words}\nTo: {to}\n\n{words}\n{'-' * 79}\n")


def write_everywhere(row: models.Model, holding: Holding, word: str) -> None:
    """As the owner of the database could: the ledgers refuse it to everybody else."""
    with without_triggers(row._meta.db_table):
        for name in free_texts(holding):
            with suppress(IntegrityError), transaction.atomic():  # a constraint: no text may be there now
                type(row)._base_manager.filter(pk=row.pk).update(**{name: word})
    for name in holding.file_fields():
        StoredFile.objects.filter(pk=getattr(row, name).pk).update(name=word)


@contextmanager
def without_triggers(table: str) -> Iterator[None]:
    with roles.owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def free_texts(holding: Holding) -> list[str]:
    keys = {lookup.split("__")[0] for lookup in holding.data.subject.values()} | NO_TEXTS
    return [
        field.name
        for field in holding.model._meta.concrete_fields
        if is_free(field) and field.name not in keys
    ]


def is_free(field: "models.Field[object, object]") -> bool:
    """Whether somebody may have written something into it: no choice, key, hash or number of an account."""
    is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
    is_long = getattr(field, "max_length", None) not in range(1, 41) and field.max_length != 64
    return is_text and is_long and not field.choices and not field.unique


def tables_with(word: str) -> set[str]:
    found = set()
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            cursor.execute(
                f'SELECT EXISTS (SELECT 1 FROM "{table}" AS t WHERE t::text LIKE %s)', [f"%{word}%"]
            )
            if cursor.fetchone()[0]:
                found.add(model._meta.label_lower)
    return found


def files_with(word: str) -> Iterator[Path]:
    """Not the encrypted ones: their keys are in the rows that point at them."""
    for store in stores.declared():
        for place in store.places():
            for path in place.folder.glob("**/*") if store.name != "softnlabs.programs" else ():
                if path.is_file() and word.encode() in path.read_bytes():
                    yield path


EXEMPT = {holding.label for holding in holdings() if holding.data.erasure_exemption}
OF_BROWSERS = {holding.label for holding in holdings() if not holding.is_searched}


def test_what_was_written_about_alice_goes_or_stays_for_a_stated_reason(
    people, now: datetime, django_capture_on_commit_callbacks
):
    before = tables_with(WORD["bob"])
    assert {holding.label for holding in holdings() if free_texts(holding)} <= tables_with(WORD["alice"])
    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase(people["alice"].subject(), now=now)
    recording.sweep(now=now)
    recording.drain(now=now)
    left = tables_with(WORD["alice"])
    assert left - EXEMPT - OF_BROWSERS <= {"privacy.storedfile"}
    assert {where_it_belongs(file) for file in StoredFile.objects.filter(name=WORD["alice"])} <= EXEMPT
    assert list(files_with(WORD["alice"])) == []
    assert tables_with(WORD["bob"]) == before | {"privacy.visit"}
    assert len({path.parent for path in files_with(WORD["bob"])}) == 1  # his visit is in the table by now


def where_it_belongs(file: StoredFile) -> str:
    for holding in holdings():
        for name in holding.file_fields():
            if holding.rows().filter(**{name: file}).exists():
                return holding.label
    return "nowhere"


def test_each_exemption_is_stated_to_everybody_and_to_alice(people, now: datetime, client: Client):
    page = client.get("/privacy/data/").content.decode()
    sections = {
        section.information.label: section for section in search.collect(people["alice"].subject(), now=now)
    }
    stated = set(erasure.staying(people["alice"].subject(), now=now))
    for holding in (each for each in holdings() if each.is_searched):
        exemption = str(holding.data.erasure_exemption)
        assert sections[holding.label].information.stays == exemption
        assert sections[holding.label].records, holding.label
        if exemption:
            assert exemption.replace("'", "&#x27;") in page
            assert exemption in stated


def test_each_free_text_is_declared_with_its_category():
    undeclared = [
        f"{holding.label}.{field.name}"
        for holding in holdings()
        for field in holding.model._meta.concrete_fields
        if isinstance(field, models.TextField) and field.name not in holding.data.fields
    ]
    assert undeclared == ["admin.logentry.object_id"]  # the number of a record
