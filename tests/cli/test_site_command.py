"""`amiss site`, `import`, `export`, `inspect --record` and `doctor --site`, end to end."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from amiss.dataset.reader import open_dataset
from amiss.record.queries.inspections import one
from amiss.record.site import Site
from amiss.recordings import BOOTH


@pytest.fixture
def site(document, tmp_path):
    folder = tmp_path / "site"
    document("site", "create", folder)
    return folder


def test_what_is_inspected_is_recorded(document, refused, pictures, plainly, site, tmp_path):
    query, reference = pictures / "query.jpg", pictures / "a.jpg"
    where = ("--record", site, "--item", "i1", "--step", "pack")
    found = document("inspect", query, "--reference", reference, *where, *plainly)
    with Site.open(site) as opened:
        kept = one(opened.database, found["recorded"])
        assert (kept.item, kept.step, kept.decision) == ("i1", "pack", found["decision"])
        assert kept.operating_point == found["operating_point"]
        (view,) = kept.document["views"]
        assert opened.images.get(view["pictures"]["rgb"]) == query.read_bytes()
        assert opened.images.get(view["pictures"]["heatmap"]).startswith(b"\x89PNG")
    looked = document("doctor", "--site", site)
    assert looked["clean"]
    assert looked["looked_at"]["documents"] == 3  # the site, the bundle and the operating point
    assert "amiss site create" in refused("inspect", query, "--record", tmp_path / "none", *plainly)


def test_captures_are_recorded_with_their_files(document, plainly, site):
    name = next(iter(open_dataset(BOOTH).split("test"))).id
    found = document("inspect", name, "--capture", BOOTH, "--record", site, *plainly)
    with Site.open(site) as opened:
        kept = one(opened.database, found["recorded"])
        assert kept.document["capture"]["id"] == name
        assert {"rgb", "depth", "empty_tray"} <= set(kept.document["views"][0]["pictures"])
        assert kept.document["views"][0]["intrinsics"]


def test_in_and_out_again(document, refused, site, tmp_path):
    sound = tmp_path / "sound"
    shutil.copytree(BOOTH, sound)
    done = document("import", sound, "--site", site, "--name", "booth")
    assert done["captures"] > 50
    assert document("import", sound, "--site", site, "--name", "booth")["again"] == (
        done["captures"] + done["references"]
    )
    out = document("export", tmp_path / "out", "--site", site)
    assert (out["captures"], out["references"]) == (done["captures"], done["references"])
    assert document("export", tmp_path / "coco", "--site", site, "--format", "coco")["pictures"]
    studio = ("export", tmp_path / "ls", "--site", site, "--format", "label-studio")
    assert document(*studio)["pictures"]
    back = ("import", tmp_path / "ls/tasks.json", "--site", site, "--kind", "label-studio")
    assert document(*back)["captures"] > 0
    rows = document("export", tmp_path / "all.csv", "--site", site, "--format", "csv")["rows"]
    assert len((tmp_path / "all.csv").read_text().splitlines()) == rows + 1
    none = ("--since", "2999-01-01", "--format", "csv")
    assert document("export", tmp_path / "none.csv", "--site", site, *none)["rows"] == 0
    assert "layout" in refused("import", sound, "--site", site, "--layout", "dance")


def test_tables_come_in(document, amiss, site, tmp_path):
    def write(name, *lines):
        (tmp_path / name).write_text("\n".join(lines) + "\n")
        return tmp_path / name

    goods = write("p.csv", "product,title,gtins", "T,Tea,4006381333931", "X,,12")
    found = document("import", goods, "--site", site, "--kind", "catalogue")
    assert (found["added"], found["refused"][0]["row"]) == (1, 2)
    items = write("i.csv", "item,product,shipped", "i1,T,2026-11-01T10:00:00", "i2,T,never")
    found = document("import", items, "--site", site, "--kind", "items")
    assert (found["added"], len(found["refused"])) == (1, 1)
    back = write(
        "o.csv", "id,kind,at,item,damaged,types,cost,currency",
        "r1,return,2026-11-05,i1,yes,tear hole,4.5,EUR",
        "r2,loss,2026-11-05,i1,yes,,,", "r3,return,2026-11-05,,yes,,,",
        "r4,return,2026-11-05,i1,perhaps,,,", ",return,2026-11-05,i1,yes,,,",
    )  # fmt: skip
    found = document("import", back, "--site", site, "--kind", "outcomes")
    assert (found["added"], len(found["refused"])) == (1, 4)
    other = write("o2.csv", "id,kind,at,item,banana", "r9,return,2026-11-05,i1,1")
    code, _, told = amiss("import", other, "--site", site, "--kind", "outcomes")
    assert code == 0
    assert "banana" in told


def test_archives_are_unpacked(document, refused, site, tmp_path):
    root = shutil.make_archive(tmp_path / "packed", "zip", Path(BOOTH).parent, Path(BOOTH).name)
    assert document("import", root, "--site", site)["captures"] > 50
    (tmp_path / "bad.zip").write_bytes(b"none")
    assert "unpacked" in refused("import", tmp_path / "bad.zip", "--site", site)


def test_doctor_names_what_was_altered(document, amiss, site):
    head = document("doctor", "--site", site)["head"]
    noted = f"{head['seq']}:{head['hash']}"
    assert document("doctor", "--site", site, "--head", noted)["clean"]
    with sqlite3.connect(site / "record.sqlite") as connection:
        connection.execute("UPDATE documents SET document = '{}'")
    connection.close()
    code, out, _ = amiss("doctor", "--site", site, "--json")
    assert code == 1
    assert json.loads(out)["problems"][0]["where"].startswith("documents")
    code, _, told = amiss("doctor", "--site", site)
    assert code == 1
    assert "altered" in told
    code, _, told = amiss("doctor", "--site", site, "--head", "nonsense")
    assert code == 2
    assert "NUMBER:HASH" in told


def test_policies_and_sweeping(document, amiss, pictures, plainly, site):
    document("inspect", pictures / "query.jpg", "--record", site, *plainly)
    with Site.open(site) as opened:
        opened.images.put(b"stray")
    assert document("site", "sweep", site)["pictures"] == 0
    assert document("site", "sweep", site, "--hours", "0", "--dry-run")["pictures"] == 1
    assert document("site", "sweep", site, "--hours", "0")["pictures"] == 1
    plan = document("site", "retain", site, "--passed", "1", "--others", "1")
    assert (plan["dry"], plan["facts"]) == (True, {})
    assert not document("site", "retain", site, "--passed", "1", "--delete")["dry"]
    code, out, _ = amiss("site", "retain", site, "--others", "1")
    assert code == 0
    assert "would go" in out


def test_versions_go_up_and_down(document, refused, site):
    assert document("site", "upgrade", site, "--to", "1")["after"] == "1"
    assert "amiss site upgrade" in refused("doctor", "--site", site)
    assert document("site", "upgrade", site)["before"] == "1"
    assert document("doctor", "--site", site)["clean"]
    assert "already" in refused("site", "create", site)


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ('database = "oracle://x"', "no database"),
        ("database = 3", "no text"),
        ("nonsense", "cannot be read"),
        ('colour = "red"', "colour"),
        ('database = "not a url"', "not the URL"),
        ('images = "gopher://x"', "pictures"),
        ('database = "postgresql://127.0.0.1:1/none"', "failed"),
    ],
)
def test_settings_that_cannot_be(refused, tmp_path, settings, word):
    (tmp_path / "site.toml").write_text(settings)
    assert word in refused("site", "create", tmp_path)
