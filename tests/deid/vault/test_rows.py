import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deid.key import Vault, create_key, open_vault
from deid.vault.rows import Row, Table
from schemas.failure import Refusal

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ROWS = st.sets(st.builds(Row, TEXT, TEXT, TEXT, TEXT), min_size=1, max_size=8)
ONE = {
    Row("s", "PERSON", "Meena Rao", "Vimala"),
    Row("t", "PERSON", "Meena Rao", "Kamala"),
    Row("s", "DATE", "1/2", "3/4"),
}


@pytest.fixture
def vault(tmp_path):
    create_key(tmp_path / "vault")
    return open_vault(tmp_path / "vault")


def files(vault):
    return {path.name: path.read_bytes() for path in (vault.folder / "reidentification").rglob("*") if path.is_file()}


def test_found_again_in_one_record_or_in_all(vault):
    Table(vault).add(ONE)
    assert [row.original for row in Table(vault).find(["Meena Rao"])] == ["Vimala", "Kamala"]
    assert [row.original for row in Table(vault).find([" meena\n rao"], "t")] == ["Kamala"]
    assert Table(vault).find(["Vimala"]) == []


@given(parts=st.lists(ROWS, min_size=1, max_size=4), order=st.randoms())
@settings(max_examples=25, deadline=None)
def test_nothing_is_lost_or_doubled_in_any_order_and_by_any_worker(tmp_path_factory, parts, order):
    tables = []
    for workers in (1, 2):
        folder = tmp_path_factory.mktemp("vault")
        again = [*parts, *parts]  # a run that was killed does parts once more
        order.shuffle(again)
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(Table(Vault(folder, b"k" * 32)).add, again))
        tables.append(files(Vault(folder, b"k" * 32)))
        every = {row for part in parts for row in part}
        asked = sorted({row.replacement for row in every})
        assert set(Table(Vault(folder, b"k" * 32)).find(asked)) == every
    assert tables[0] == tables[1]


def test_closed_and_unreadable(vault):
    Table(vault).add(ONE)
    folder = vault.folder / "reidentification"
    assert all(stat.S_IMODE(p.stat().st_mode) == (0o700 if p.is_dir() else 0o600) for p in (folder, *folder.rglob("*")))
    for content in files(vault).values():
        assert b"Vimala" not in content
        assert b"Meena" not in content
    assert Table(Vault(vault.folder, b"o" * 32)).find(["Meena Rao"]) == []  # another key, another table


def test_every_flipped_byte_and_every_cut_is_refused(vault):
    Table(vault).add(ONE)
    path = next((vault.folder / "reidentification").rglob("*.rows"))
    stored = path.read_bytes()
    for place in range(len(stored)):
        path.write_bytes(stored[:place] + bytes([stored[place] ^ 1 << place % 8]) + stored[place + 1 :])
        with pytest.raises(Refusal, match="truncated or changed"):
            Table(vault).find(["x"])
        path.write_bytes(stored[:place])
        with pytest.raises(Refusal, match="truncated or changed"):
            Table(vault).find(["x"])


def test_an_open_or_linked_or_renamed_file_is_refused(vault, tmp_path):
    Table(vault).add(ONE)
    path = next((vault.folder / "reidentification").rglob("*.rows"))
    path.chmod(0o644)
    with pytest.raises(Refusal, match="chmod"):
        Table(vault).find(["x"])
    path.chmod(0o600)
    path.rename(tmp_path / "moved")
    path.symlink_to(tmp_path / "moved")
    with pytest.raises(Refusal, match="symbolic link"):
        Table(vault).find(["x"])
    path.unlink()
    (tmp_path / "moved").rename(path.with_name("0" * 40 + ".rows"))
    with pytest.raises(Refusal, match="changed"):
        Table(vault).find(["x"])


def test_half_a_surrogate_pair_stops_nothing(vault):
    Table(vault).add({Row("", "PERSON", "Meena", "Vi\ud800")})
    assert [row.original for row in Table(vault).find(["Meena"])] == ["Vi?"]
