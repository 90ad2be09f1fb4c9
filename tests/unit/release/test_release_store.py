"""The published store: named by hash, verified when read, whole or not there."""

import hashlib

import pytest

from kapabla.errors import NotFound
from kapabla.store import Store, StoreDamaged


def test_what_is_put_is_got_by_its_hash(tmp_path):
    digest = Store(tmp_path).put(b"body")
    assert digest == hashlib.sha256(b"body").hexdigest()
    assert Store(tmp_path).get(digest) == b"body"


def test_a_changed_file_is_not_served(tmp_path):
    store = Store(tmp_path)
    digest = store.put(b"body")
    next(path for path in tmp_path.rglob(digest)).write_bytes(b"b0dy")
    with pytest.raises(StoreDamaged):
        store.get(digest)


def test_a_damaged_file_is_mended_when_it_is_put_again(tmp_path):
    store = Store(tmp_path)
    digest = store.put(b"body")
    next(path for path in tmp_path.rglob(digest)).write_bytes(b"")
    store.put(b"body")
    assert store.get(digest) == b"body"


@pytest.mark.parametrize("digest", ["0" * 64, "../../etc/passwd", "", "A" * 64])
def test_what_is_no_hash_of_ours_is_not_found(tmp_path, digest):
    with pytest.raises(NotFound):
        Store(tmp_path).get(digest)


def test_an_index_is_kept_by_name_and_an_unknown_one_is_none(tmp_path):
    store = Store(tmp_path)
    store.put_index("2026-11-25-1", {"title": "åäö"})
    assert store.index("2026-11-25-1") == {"title": "åäö"}
    assert store.index("2026-11-25-2") is None
    assert store.index("../files") is None


def test_nothing_half_written_is_left(tmp_path, monkeypatch):
    store = Store(tmp_path)

    def fail(_):
        raise OSError("disk full")

    monkeypatch.setattr("kapabla.store.os.fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        store.put(b"body")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_release_is_removed_with_the_files_that_are_its_own(tmp_path):
    store = Store(tmp_path)
    own, shared, material = (store.put(body) for body in (b"own", b"program", b"questions"))
    store.put_index("r1", {"files": [{"sha256": own}, {"sha256": shared}], "figures": material})
    store.put_index("r2", {"files": [{"sha256": shared}]})
    store.put_index("material-til", {"files": {"til.toml": material}})
    store.remove("r1")
    store.remove("r1")
    assert store.index("r1") is None
    assert (store.get(shared), store.get(material)) == (b"program", b"questions")
    with pytest.raises(NotFound):
        store.get(own)
