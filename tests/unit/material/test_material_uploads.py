"""An upload is bytes from anywhere: what is no questionnaire and no course is refused before anything is read of it."""

import io
import random
import tomllib
import zipfile

import pytest

from kapabla.material import MaterialFaults, default_root
from kapabla.material.uploads import MAX_BYTES, UploadRefused, read_upload
from kapabla.web.admin.material_words import refused_message

TIL = (default_root() / "instruments/til/v1.toml").read_bytes()
COURSE = default_root() / "courses/kapabla/v1"


def zipped(files, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


def course_files():
    return {path.relative_to(COURSE).as_posix(): path.read_bytes() for path in COURSE.rglob("*") if path.is_file()}


def link():
    entry = zipfile.ZipInfo("course.toml")
    entry.external_attr = 0o120777 << 16
    return zipped({entry: "/etc/passwd"})


def locked():
    body = bytearray(zipped({"course.toml": b"x"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        body[body.index(signature) + offset] |= 1
    return bytes(body)


def twice():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("course.toml", b"x")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("course.toml", b"y")
    return out.getvalue()


def lying():
    """A bomb that states that it is small."""
    body = bytearray(zipped({"course.toml": b"0" * 40 * 1024 * 1024}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = body.index(signature) + offset
        body[at : at + 4] = (100).to_bytes(4, "little")
    return bytes(body)


REFUSED = [
    ("empty", "til.toml", lambda: b""),
    ("wrong_kind", "til.pdf", lambda: b"%PDF-1.7"),
    ("wrong_kind", "til", lambda: TIL),
    ("wrong_kind", "roller.toml", lambda: b"roles = []"),
    ("wrong_kind", "lista.csv", lambda: b"a,b"),
    ("wrong_kind", "djup.toml", lambda: b"a = " + b"[" * 5000 + b"]" * 5000),
    ("too_large", "til.toml", lambda: b"x" * (MAX_BYTES + 1)),
    ("not_a_zip", "kurs.zip", lambda: b"PK\x03\x04 not really"),
    ("not_a_zip", "kurs.zip", lambda: zipped(course_files())[:-4000]),
    ("odd_path", "kurs.zip", lambda: zipped({"kapabla/course.toml": b"", "other/x.md": b""})),
    ("locked_zip", "kurs.zip", locked),
    ("odd_path", "kurs.zip", lambda: zipped({"../../etc/passwd.toml": b"x"})),
    ("odd_path", "kurs.zip", lambda: zipped({"a/../../x.toml": b"x"})),
    ("odd_path", "kurs.zip", lambda: zipped({"/abs/course.toml": b"x"})),
    ("odd_path", "kurs.zip", lambda: zipped({"C:\\course.toml": b"x"})),
    ("odd_path", "kurs.zip", lambda: zipped({"modules/ä/a.md": b"x"})),
    ("odd_path", "kurs.zip", lambda: zipped({"a//b.md": b"x"})),
    ("odd_path", "kurs.zip", link),
    ("odd_file", "kurs.zip", lambda: zipped({"course.toml": b"", "run.exe": b"x"})),
    ("odd_file", "kurs.zip", lambda: zipped({"inner.zip": zipped({"course.toml": b""})})),
    ("too_many_files", "kurs.zip", lambda: zipped({f"{n}.md": b"" for n in range(601)})),
    ("file_too_large", "kurs.zip", lambda: zipped({"course.toml": b"0" * 40 * 1024 * 1024})),
    ("unpacks_too_large", "kurs.zip", lambda: zipped({f"{n}.md": b"0" * 290 * 1024 for n in range(60)})),
    ("file_twice", "kurs.zip", twice),
]


@pytest.mark.parametrize(("code", "name", "make"), REFUSED)
def test_each_odd_file_is_refused_and_answered_in_swedish(code, name, make):
    with pytest.raises(UploadRefused) as refused:
        read_upload(name, make())
    assert refused.value.code == code
    assert refused_message(refused.value).endswith(".")


def test_every_reason_has_been_tried():
    said = UploadRefused.__doc__.split("`code`: ")[1].strip(" .\n")
    assert {" ".join(code.split()) for code in said.split(",")} == {code for code, *_ in REFUSED}


def test_a_course_that_was_damaged_on_the_way_is_refused_or_read_as_it_was_and_never_breaks_the_page():
    whole = zipped(course_files())
    chance = random.Random(4)  # noqa: S311
    for _ in range(60):
        body = bytearray(whole)
        for _ in range(chance.randint(1, 10)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        try:
            read_upload("kurs.zip", bytes(body))
        except (UploadRefused, MaterialFaults):
            continue


def test_what_is_no_version_gives_the_upload_no_place_that_cannot_be_opened():
    piece = read_upload("til.toml", TIL.replace(b"version = 1", b"version = true", 1)).piece
    assert piece.place == "instruments/til/v1.toml"


@pytest.mark.parametrize("written", [b"status = 'draft'", b'  status = "draft"', b'"status"="draft"'])
def test_the_status_is_set_however_it_is_written(written):
    piece = read_upload("til.toml", TIL.replace(b'status = "draft"', written, 1)).piece
    assert tomllib.loads(piece.files[piece.place].decode())["status"] == "published"


def test_a_bomb_that_states_a_small_size_unpacks_to_nothing():
    with pytest.raises(UploadRefused):
        read_upload("kurs.zip", lying())


def test_a_questionnaire_gets_the_status_that_it_will_be_published_with_and_no_other_change():
    piece = read_upload("min enkät.TOML", TIL).piece
    assert piece.place == "instruments/til/v1.toml"
    assert piece.files[piece.place] == TIL.replace(b'status = "draft"', b'status = "published"', 1)


@pytest.mark.parametrize("folder", ["", "min-kurs/", "a/b/"])
def test_a_course_is_found_whatever_folder_was_packed(folder):
    files = {f"{folder}{name}": body for name, body in course_files().items()}
    piece = read_upload("kurs.zip", zipped({**files, "__MACOSX/._x": b"", f"{folder}.DS_Store": b""})).piece
    assert piece.place == "courses/kapabla/v1"
    assert set(piece.files) == {f"courses/kapabla/v1/{name}" for name in course_files()}
    assert b'status = "published"' in piece.files["courses/kapabla/v1/course.toml"]


def test_broken_toml_is_told_where_it_breaks():
    with pytest.raises(MaterialFaults) as raised:
        read_upload("til.toml", TIL.replace(b"version = 1", b"version = ett").replace(b"[[scales]]", b"scales"))
    assert [fault.place for fault in raised.value.faults] == ["line 3, column 11", "line 41, column 7"]
