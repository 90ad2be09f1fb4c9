"""Keys as files: made once, read by their own process alone, refused when they could not protect anything."""

import os
import stat
from datetime import date

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from kapabla.keys import KEY_BYTES, PURPOSES, KeyMissing, Keyring, KeyUnsound, keyed_hash, seal, unseal

MADE = date(2026, 11, 25)
KEY = bytes(range(32))


@pytest.fixture
def ring(tmp_path):
    return Keyring(tmp_path / "keys")


def test_made_key_is_read_again_by_another_process(ring, tmp_path):
    ring.make("study", "kapabla-2026", MADE)
    key = ring.get("study", "kapabla-2026")
    assert len(key) == KEY_BYTES
    assert Keyring(tmp_path / "keys").get("study", "kapabla-2026") == key


def test_two_keys_are_never_the_same(ring):
    for number in ("1", "2"):
        ring.make("session", number, MADE)
    assert ring.get("session", "1") != ring.get("session", "2")


def test_key_is_made_once(ring, tmp_path):
    """Making it anew would cut every link that it holds."""
    ring.make("study", "s", MADE)
    before = (tmp_path / "keys/study-s.key").read_bytes()
    ring.make("study", "s", date(2027, 1, 1))
    assert (tmp_path / "keys/study-s.key").read_bytes() == before


def test_only_the_process_itself_may_read_them(ring, tmp_path):
    ring.make("session", "1", MADE)
    assert stat.S_IMODE(os.stat(tmp_path / "keys").st_mode) == 0o700
    assert stat.S_IMODE(os.stat(tmp_path / "keys/session-1.key").st_mode) == 0o600


def test_list_tells_purpose_id_and_day_and_never_the_key(ring):
    ring.make("audit", "office", MADE)
    ring.make("session", "1", MADE)
    told = ring.list()
    assert [(key.purpose, key.id, key.made_on) for key in told] == [("audit", "office", MADE), ("session", "1", MADE)]
    assert "key=" not in repr(told)


def test_broken_file_in_the_folder_is_named(ring, tmp_path):
    ring.make("session", "1", MADE)
    (tmp_path / "keys/audit-office.key").write_text("half a li", encoding="utf-8")
    with pytest.raises(KeyUnsound, match=r"audit-office\.key"):
        ring.list()


def test_missing_key_says_which_and_what_to_do(ring):
    with pytest.raises(KeyMissing) as fault:
        ring.get("study", "kapabla-2026")
    assert "study-kapabla-2026.key" in str(fault.value)
    assert "kapabla init" in str(fault.value)
    assert not ring.has("study", "kapabla-2026")


@pytest.mark.parametrize(
    "text",
    [
        'key = "c2hvcnQ="',
        f'key = "{"A" * 43}="',
        'key = "not base64 at all!"',
        'purpose = "session"',
        "key = 5",
        "not toml",
        "",
    ],
)
def test_short_default_or_broken_key_is_refused(ring, tmp_path, text):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys/session-1.key").write_text(text, encoding="utf-8")
    with pytest.raises(KeyUnsound) as fault:
        ring.get("session")
    assert "session-1.key" in str(fault.value)
    assert text == "" or text not in str(fault.value)


def test_key_for_an_unknown_purpose_is_not_made(ring):
    with pytest.raises(KeyUnsound):
        ring.make("everything", "1", MADE)
    assert "study" in PURPOSES


def test_destroyed_key_is_gone_for_good_also_for_who_has_read_it(ring, tmp_path):
    ring.make("study", "s", MADE)
    ring.get("study", "s")
    ring.destroy("study", "s")
    ring.destroy("study", "s")
    with pytest.raises(KeyMissing):
        ring.get("study", "s")
    assert list((tmp_path / "keys").iterdir()) == []


@given(st.lists(st.binary(max_size=8), max_size=4), st.lists(st.binary(max_size=8), max_size=4))
def test_no_two_lists_of_parts_read_the_same(one, other):
    assert (keyed_hash(KEY, *one) == keyed_hash(KEY, *other)) == (one == other)


def test_keyed_hash_depends_on_the_key():
    assert keyed_hash(KEY, b"x") != keyed_hash(bytes(32), b"x")


@given(st.text(max_size=300), st.text(max_size=40))
def test_what_is_sealed_is_read_again_with_its_key_and_place(text, context):
    assert unseal(KEY, seal(KEY, text, context), context) == text


def test_sealed_field_does_not_fit_another_row_key_or_change():
    sealed = seal(KEY, "testa@example.com", "person.email.a")
    with pytest.raises(InvalidTag):
        unseal(KEY, sealed, "person.email.b")
    with pytest.raises(InvalidTag):
        unseal(bytes(32), sealed, "person.email.a")
    with pytest.raises(InvalidTag):
        unseal(KEY, sealed[:-1] + bytes([sealed[-1] ^ 1]), "person.email.a")


def test_same_text_is_sealed_differently_each_time():
    assert seal(KEY, "x", "c") != seal(KEY, "x", "c")


# --- Of which there are several: the pair that telephones seal with ---


def test_a_rotated_key_is_used_and_the_old_one_goes_on_reading(ring):
    ring.make("offline", "1", MADE)
    assert ring.latest("offline") == "1"
    assert [ring.rotate("offline", MADE) for _ in range(10)] == [str(number) for number in range(2, 12)]
    assert ring.latest("offline") == "11", "by number, and not as text"
    assert ring.get("offline", "1") != ring.get("offline", "11")


def test_a_given_up_key_is_written_down_and_its_number_is_never_used_again(ring, tmp_path):
    ring.make("offline", "1", MADE)
    ring.rotate("offline", MADE)
    (tmp_path / "keys/offline-2.key").unlink()
    assert not ring.is_given_up("offline", "2")
    ring.give_up("offline", "2", MADE)
    assert ring.is_given_up("offline", "2")
    assert not ring.is_given_up("offline", "1")
    assert (ring.latest("offline"), ring.rotate("offline", MADE)) == ("1", "3")
    assert [key.id for key in ring.list()] == ["1", "3"]
