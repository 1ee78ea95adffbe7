from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.chat.tools.table_data import MOST_COLUMNS, MOST_ROWS, TableData, read_table


def from_html(text: str) -> TableData:
    table = read_table(text.encode(), "text/html")
    assert table is not None
    return table


def test_a_table_of_pandas_is_read_with_its_index() -> None:
    frame = pd.DataFrame({"city": ["서울", "Oslo"], "t": [21.5, None]}, index=["a", "b"])
    table = from_html(frame.to_html())
    assert table.header == ("", "city", "t")
    assert table.rows == (("a", "서울", "21.5"), ("b", "Oslo", "NaN"))
    assert table.as_text() == "\tcity\tt\na\t서울\t21.5\nb\tOslo\tNaN"


def test_a_named_index_shares_the_head() -> None:
    frame = pd.DataFrame({"n": [1]}, index=pd.Index(["x"], name="key"))
    assert from_html(frame.to_html()).header == ("key", "n")


@pytest.mark.parametrize(
    "hostile",
    [
        "<table><tr><td>a<script>alert(1)</script><img src=http://x/ onerror=y>b</td></tr></table>",
        "<style>td{background:url(http://x)}</style><table><tr><td>a<style>x</style>b</td></tr>",
        "<table><tr><td>a<!-- c --><a href='javascript:1'></a>b",
    ],
)
def test_only_the_text_of_cells_is_taken(hostile: str) -> None:
    assert from_html(hostile).rows == (("ab",),)


def test_a_table_in_a_cell_is_left_out_and_what_follows_is_not() -> None:
    nested = "<table><tr><td>x<table><tr><td>y</td></tr></table></td><td>z</td></tr></table>"
    table = from_html(nested + "<table><tr><td>second</td></tr></table>")
    assert table.rows == (("xy", "z"),)


def test_a_huge_table_is_cut_and_says_so() -> None:
    table = from_html(f"<table>{'<tr><td>1</td></tr>' * (MOST_ROWS + 50)}</table>")
    assert (len(table.rows), table.is_cut) == (MOST_ROWS, True)
    wide = f"<table><tr>{'<td>1</td>' * 300}</tr><tr><td colspan=99999>x</td></tr></table>"
    table = from_html(wide)
    assert (table.columns, table.is_cut) == (MOST_COLUMNS, True)


def test_csv_has_its_header_in_the_first_line() -> None:
    table = read_table(b'a,b\r\n1,"x, y"\r\n', "text/csv")
    assert table is not None
    assert (table.header, table.rows) == (("a", "b"), (("1", "x, y"),))


@pytest.mark.parametrize("nothing", ["", "no table", "<table></table>", "<td>1"])
def test_where_there_is_no_table_there_is_none(nothing: str) -> None:
    assert read_table(nothing.encode(), "text/html") is None


@given(st.text(st.sampled_from("<>/tablerdh &#;x=\"'colspan09-!"), max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    for prefix in ("", "<table>", "<table><tr><td>"):
        table = read_table((prefix + text).encode(), "text/html")
        assert table is None or all(len(row) <= MOST_COLUMNS for row in table.rows)
