"""The catalogue: files in, versions kept, whatever cannot be used refused with its reason."""

import polars as pl
import pytest

from amiss.domain.errors import RecordError
from amiss.record.catalogue.designs import Designs
from amiss.record.catalogue.items import Item
from amiss.record.catalogue.product import LONGEST_TEXT, Product, ProductClass
from amiss.record.catalogue.upsert import Catalogue
from amiss.record.examine.site import examine
from amiss.record.times import now

TEA = "4006381333931"
RICE = "4012345678901"


@pytest.fixture
def catalogue(site):
    return Catalogue(site.database)


def write(path, *lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_file_becomes_products(catalogue, site, tmp_path):
    header = "product,title,gtins,vendor,packaging,material,classes,units,length_m,width_m,height_m,weight_kg,value,currency"  # noqa: E501
    file = write(
        tmp_path / "a.csv",
        header,
        f"T,Tea,{TEA},Acme,carton,cardboard,food gift,20,0.1,0.2,0.05,0.3,4.5,EUR",
        f'R,"Rice, long",{RICE},,,,,,,,,,,',
    )
    assert catalogue.read(file, actor="t").export() == {
        "added": 2, "changed": 0, "unchanged": 0, "refused": [],
    }  # fmt: skip
    tea = catalogue.product("T")
    assert (tea.units, tea.size, tea.weight) == (20, (0.1, 0.2, 0.05), 0.3)
    assert tea.classes == (ProductClass.FOOD, ProductClass.GIFT)
    assert catalogue.named_by("0" + TEA) == "T"
    assert catalogue.product("R").title == "Rice, long"
    assert catalogue.product("unknown") is None
    assert examine(site).is_clean


def test_versions_are_kept_and_the_newest_counts(catalogue):
    def upsert(**values):
        return catalogue.upsert([(1, {"product": "T", **values})], actor="t")

    assert upsert(title="Tea").added == 1
    then = now()
    assert upsert(title="Tea").unchanged == 1
    assert upsert(title="Green tea", gtins=[TEA]).changed == 1
    assert catalogue.product("T").title == "Green tea"
    assert catalogue.product("T", at=then).title == "Tea"
    upsert(title="Green tea")
    assert catalogue.named_by("0" + TEA) is None  # the newest version has none


def test_what_cannot_be_used_is_refused_and_the_rest_taken(catalogue, tmp_path):
    file = write(
        tmp_path / "a.csv",
        "product,title,gtins,units,weight_kg,length_m",
        f"T,Tea,{TEA},,,",
        f"X,same code,{TEA},,,",
        "Y,wrong digit,4006381333932,,,",
        "Z,no number,,many,,",
        "W,heavy,,,-3,",
        "S,one side,,,,0.2",
        "T,twice,,,,",
        ",nameless,,,,",
        "V,fine,,,,",
        "U,too,many,values,1,2,3",
        f"L,{'x' * (LONGEST_TEXT + 1)},,,,",
        f"H,{'x' * 100_000},,,,",
        "Q,still read,,,,",
    )
    done = catalogue.read(file, actor="t")
    assert done.added == 3
    reasons = {one.row: one.reason for one in done.refused}
    assert sorted(reasons) == [2, 3, 4, 5, 6, 7, 8, 10, 11, 12]
    for row, word in ((2, "is of T"), (3, "check digit"), (4, "units"), (5, "weight"),
                      (6, "sides"), (7, "twice"), (8, "product"), (10, "more values"),
                      (11, "title"), (12, "limit")):  # fmt: skip
        assert word in reasons[row]
    assert catalogue.product("Q").title == "still read"


def test_parquet_is_read_too(catalogue, tmp_path):
    rows = [{"product": "T", "units": 3, "gtins": [TEA], "title": None}]
    pl.DataFrame(rows).write_parquet(tmp_path / "a.parquet")
    assert catalogue.read(tmp_path / "a.parquet", actor="t").added == 1
    assert catalogue.product("T").gtins == ("0" + TEA,)


@pytest.mark.parametrize("name", ["none.csv", "none.parquet", "broken.parquet", "latin.csv"])
def test_a_file_that_cannot_be_read_is_an_error(catalogue, tmp_path, name):
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 not")
    (tmp_path / "latin.csv").write_bytes("product,title\nT,Tée\n".encode("latin-1"))
    with pytest.raises(RecordError, match=name):
        catalogue.read(tmp_path / name, actor="t")


def test_a_thousand_rows_take_several_transactions(catalogue, site):
    rows = [(n, {"product": f"p{n}", "vendor": "=1+1"}) for n in range(1100)]
    assert catalogue.upsert(rows, actor="t").added == 1100
    assert catalogue.upsert(rows, actor="t").unchanged == 1100
    assert catalogue.product("p7").vendor == "=1+1"  # kept as it is; escaped where it leaves
    assert examine(site).looked_at["products"] == 1100


def test_text_that_no_database_takes_is_refused():
    for bad in ("a\x00", "\ud800"):
        with pytest.raises(RecordError):
            Product.read({"product": bad})
    with pytest.raises(RecordError, match="unknown"):
        Product.read({"product": "T", "unknown": 1})


def test_an_item_needs_a_name():
    with pytest.raises(RecordError, match="name"):
        Item("")


def test_a_clock_that_is_set_back_makes_no_older_version(catalogue, site, monkeypatch):
    catalogue.upsert([(1, {"product": "T", "title": "Tea"})], actor="t")
    monkeypatch.setattr("amiss.record.catalogue.upsert.now", lambda: 5)
    catalogue.upsert([(1, {"product": "T", "title": "Green tea"})], actor="t")
    assert catalogue.product("T").title == "Green tea"
    assert examine(site).is_clean


def test_a_product_is_refused_the_second_time_however_far_apart(catalogue):
    rows = [(n, {"product": f"p{n % 600}", "title": str(n)}) for n in range(601)]
    done = catalogue.upsert(rows, actor="t")
    assert (done.added, [one.row for one in done.refused]) == (600, [600])


def test_designs_come_one_after_the_other(site):
    designs = Designs(site.database)
    designs.note("T", "1", {"words": "green box"}, actor="t")
    designs.note("T", "2", {"words": "blue box"}, actor="t")
    designs.note("T", "1", {"words": "green box", "until": "2026"}, actor="t")
    assert designs.of("T") == {
        "1": {"words": "green box", "until": "2026"},
        "2": {"words": "blue box"},
    }
    assert designs.of("R") == {}
    assert examine(site).is_clean
