"""Whether a file of a report holds its rows: as CSV, alone and in an archive, as a workbook, as Parquet and
as NDJSON, each read by a library that people use.
"""

import csv
import io
import json
import re
import warnings
import zipfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import openpyxl
import pandas
import pyarrow
import pyarrow.parquet
from openpyxl.utils.escape import unescape

from common import check
from usage_reports import moment, value

MARK = b"\xef\xbb\xbf"


def same(report, rows, cells, what):
    """Each row's cells, in the order of the columns; `cells` gives them in the kinds of `value`."""
    check(len(cells) == len(rows), f"{what} has {len(cells)} rows of {len(rows)}")
    for row, found in zip(rows, cells):
        for (name, of, kind), cell in zip(report.columns, found, strict=True):
            wanted = value(row, of, kind)
            check(cell == wanted, f"{what}: {name} is {cell!r}, expected {wanted!r}")


def may_calculate(text):
    """Whether some spreadsheet takes a piece of a text for a formula."""
    for piece in re.split(r"[;\t\r\n]", text):
        piece = re.sub(r'^[\s"\u0000-\u0020\u200b-\u200f\u202a-\u202e\ufeff]+', "", piece)
        if piece[:1] in ("=", "@", "＝", "＠"):
            return True
        if piece[:1] in ("+", "-") and not re.fullmatch(r"[+-][0-9 ]*[* ]*", piece):
            return True
    return False


def without_quote(text):
    """The text before `'` was put in front of what may be a formula."""
    pieces = re.split(r"([;\t\r\n])", text)
    return "".join(piece[1:] if piece.startswith("'") and may_calculate(piece.lstrip("'")) else piece for piece in pieces)


def cell_of_csv(text, kind):
    if text == "":
        return None
    if kind == "int":
        check(re.fullmatch(r"-?\d+", text), f"{text!r} is no whole number")
        return int(text)
    if kind == "decimal":
        check(re.fullmatch(r"-?\d+(\.\d+)?", text), f"{text!r} is no decimal number")
        return Decimal(text)
    if kind == "time":
        check(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z", text), f"{text!r} is no time in UTC")
        return moment(text)
    check(not may_calculate(text), f"{text!r} may be a formula")
    text = without_quote(text)
    return json.loads(text) if kind == "json" else text


def check_csv(report, rows, content, what):
    check(content.startswith(MARK), f"{what} does not start with a byte-order mark")
    check(not content[len(MARK) :].startswith(MARK), f"{what} starts with two marks")
    check(content.endswith(b"\r\n"), f"{what} does not end its last line")
    text = content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    check(lines[0] == report.names(), f"{what} has the columns {lines[0]}")
    kinds = [kind for _, _, kind in report.columns]
    cells = [[cell_of_csv(field, kind) for field, kind in zip(line, kinds, strict=True)] for line in lines[1:]]
    check(text.startswith(",".join(report.names()) + "\r\n"), f"{what} does not end its first line as RFC 4180 says")
    same(report, rows, cells, what)

    frame = pandas.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    check(list(frame.columns) == report.names(), f"pandas sees the columns {list(frame.columns)}")
    check(frame.values.tolist() == lines[1:], f"{what} is another to pandas")
    for name, _, kind in report.columns:
        if kind == "time":
            times = pandas.to_datetime(frame[name].replace("", None), utc=True, format="ISO8601")
            place = report.names().index(name)
            known = sum(row[place] is not None for row in cells)
            check(int(times.notna().sum()) == known, f"{what}: pandas finds {times.notna().sum()} times in {name}")


def check_zip(report, rows, content, table, span):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        check(archive.testzip() is None, f"{report.tab}: the archive is damaged")
        parameters, data = archive.infolist()
        check(parameters.filename == "parameters.json", f"the first file is {parameters.filename}")
        check(re.fullmatch(report.file_name("csv"), data.filename), f"the table is {data.filename}")
        now = datetime.now(UTC).replace(tzinfo=None)
        for file in (parameters, data):
            age = now - datetime(*file.date_time)
            check(timedelta(minutes=-1) < age < timedelta(hours=1), f"{file.filename} is of {file.date_time}")
        told = json.loads(archive.read(parameters))
        check(told == {"from": span[0], "to": span[1], "capabilities": []}, f"parameters are {told}")
        packed = archive.read(data)
    check(packed == table, f"{report.tab}: the table in the archive is another than the one alone")
    check_csv(report, rows, packed, f"{report.tab} in an archive")


def cell_of_workbook(cell, kind):
    found = cell.value
    if found is None:
        return None
    check(cell.data_type != "f", f"{found!r} is a formula")
    if kind == "time":
        check(cell.data_type == "d" and isinstance(found, datetime), f"{found!r} is no time")
        check(cell.number_format.endswith('.000" UTC"'), f"a time is shown as {cell.number_format}")
        return found.replace(tzinfo=UTC)
    if kind in ("int", "decimal"):
        check(cell.data_type == "n" and not isinstance(found, bool), f"{found!r} is no number")
        return int(found) if kind == "int" else Decimal(str(found))
    check(cell.data_type == "s" and cell.number_format == "@", f"{found!r} is {cell.data_type} as {cell.number_format}")
    text = unescape(found)
    return json.loads(text) if kind == "json" else text


def check_xlsx(report, rows, content):
    what = f"{report.tab} as a workbook"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        book = openpyxl.load_workbook(io.BytesIO(content))
    check(book.sheetnames == [report.sheet], f"{what} has the sheets {book.sheetnames}")
    sheet = book.active
    check(sheet.freeze_panes == "A2", f"{what}: the names scroll away")
    names = [cell.value for cell in sheet[1]]
    check(names == report.names(), f"{what} has the columns {names}")
    check(all(cell.font.b for cell in sheet[1]), f"{what}: names are as other cells")
    check(sheet.max_row == len(rows) + 1, f"{what} has {sheet.max_row} rows of {len(rows)} and the names")
    for row, cells in zip(rows, sheet.iter_rows(min_row=2, max_col=len(report.columns))):
        for (name, of, kind), cell in zip(report.columns, cells, strict=True):
            found, wanted = cell_of_workbook(cell, kind), value(row, of, kind)
            if kind == "time" and found is not None and wanted is not None:
                is_near = abs(found - wanted) <= timedelta(milliseconds=1)
                check(is_near, f"{what}: {name} is {found}, expected {wanted}")
            elif kind == "decimal" and found is not None and wanted is not None:
                check(abs(found - wanted) < Decimal("1e-9"), f"{what}: {name} is {found}, expected {wanted}")
            else:
                check(found == wanted, f"{what}: {name} is {found!r}, expected {wanted!r}")

    # Without `dtype` pandas makes numbers of texts that are digits: as it is told, cells are what they are.
    frame = pandas.read_excel(io.BytesIO(content), dtype=object, keep_default_na=False)
    check((list(frame.columns), len(frame)) == (report.names(), len(rows)), f"{what} is another to pandas")
    types = {"time": datetime, "int": int, "decimal": (int, float)}
    for name, _, kind in report.columns:
        fits = types.get(kind, str)
        odd = {type(found).__name__ for found in frame[name] if found != "" and not isinstance(found, fits)}
        check(not odd, f"{what}: pandas takes {name} for {odd}")


def check_parquet(report, rows, content):
    what = f"{report.tab} as Parquet"
    table = pyarrow.parquet.read_table(io.BytesIO(content))
    check(table.num_rows == len(rows), f"{what} has {table.num_rows} rows of {len(rows)}")
    names = table.column_names
    graphs = [name for name in names if name != "dynamicProperties"]
    for row in rows:
        check(graphs == list(row), f"{what} has the columns {names}, a row has {list(row)}")
    kinds = {
        "time": pyarrow.timestamp("us", tz="UTC"),
        "int": pyarrow.int32(),
        "decimal": pyarrow.decimal128(38, 10),
        "yes": pyarrow.bool_(),
    }
    told = {of: kinds[kind] for _, of, kind in report.columns if kind in kinds}
    for name in graphs:
        found = table.schema.field(name).type
        if name == "administrativeUnitInfos":
            check(pyarrow.types.is_list(found), f"{what}: {name} is {found}")
        else:
            wanted = told.get(name, pyarrow.string())
            check(found == wanted, f"{what}: {name} is {found}, expected {wanted}")
    for row, found in zip(rows, table.select(graphs).to_pylist()):
        for name, wanted in row.items():
            if isinstance(told.get(name), pyarrow.TimestampType) and wanted is not None:
                wanted = moment(wanted)
            check(found[name] == wanted, f"{what}: {name} is {found[name]!r}, expected {wanted!r}")
    frame = pandas.read_parquet(io.BytesIO(content))
    check(len(frame) == len(rows), f"{what} is another to pandas")


def check_ndjson(report, rows, content):
    frame = pandas.read_json(io.BytesIO(content), lines=True, dtype=False)
    check(len(frame) == len(rows), f"{report.tab} as NDJSON is another to pandas")
    check(list(frame.columns) == list(rows[0]), f"pandas sees the columns {list(frame.columns)}")
