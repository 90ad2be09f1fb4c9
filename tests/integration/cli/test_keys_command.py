"""`kapabla keys`: a new pair for telephones beside the old, and what to do when one is lost for good."""


def test_rotating_makes_a_new_pair_and_keeps_the_old(run, config):
    said = run("keys", "rotate", "offline")
    assert said.status == 0
    assert "offline-2 is in use from now on" in said.out
    assert {"offline-1.key", "offline-2.key"} <= {path.name for path in config.key_dir.iterdir()}
    assert "PRIVATE" not in run("keys", "list").out


def test_only_what_can_be_rotated_is(run):
    assert run("keys", "rotate", "study").status == 2


def test_a_key_that_is_there_is_not_given_up(run, config):
    assert run("keys", "give-up", "offline", "1").status == 2
    assert (config.key_dir / "offline-1.key").exists()


def test_the_last_pair_that_is_lost_gets_a_new_one_and_the_start_is_not_stopped(run, config):
    """Missing it is a fault until somebody has said that no copy is left; then it is not asked for, nor made again."""
    (config.key_dir / "offline-1.key").unlink()
    assert "FAIL key offline-1" in run("doctor").out
    said = run("keys", "give-up", "offline", "1")
    assert said.status == 0
    assert "offline-2 is in use" in said.out
    assert "ok   key offline-1: given up" in run("doctor").out
    run("init")
    assert not (config.key_dir / "offline-1.key").exists()


def test_of_a_release_only_a_key_that_was_is_given_up(run):
    """Decision 114."""
    said = run("keys", "give-up", "release", "2026-11-25-9")
    assert said.status == 1
    assert "There is no release 2026-11-25-9" in said.err
