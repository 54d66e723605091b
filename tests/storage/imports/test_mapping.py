"""The mapping: what it can say, and the one clear line when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from storage.imports import MappingError, mapping
from storage.schema import record, source, source_tool, subscription, tool
from tests.storage.imports.conftest import EXAMPLES, Desk

WRONG = [
    ("sorce = 'x'", 1, "sorce is not known; is source meant?"),
    ("form = 'stream'", 1, "form: input should be 'events' or 'snapshot'"),
    ("\ncovers = 'some'", 2, "covers: input should be 'listed' or 'all'"),
    ("currency = 'euro'", 1, "currency: string should match pattern"),
    ("dates = ['%d/%m']", 1, "dates.1: a date format names year, month and day"),
    ("dates = []", 1, "dates: list should have at least 1 item"),
    ("[properties]\nage = 'integer'", 2, "properties.age: input should be 'text', 'number', 'date' or 'user'"),
    ("[[files]]\nobject = 'clients'", 1, "files.1.names is missing"),
    ("[[files]]\nobject = 'people'\nnames = ['x']", 2, "files.1.object: input should be"),
    ("[[files]]\nobject = 'clients'\nnames = ['x']\ncolumn = {}", 4, "files.1.column is not known; is columns meant?"),
    (
        "[[files]]\nobject = 'clients'\nnames = ['x']\ncolumns = { nam = 'y' }",
        1,
        "clients have no column nam; is name meant?",
    ),
    ("[[files]]\nobject = 'clients'\nnames = ['x']\n[files.wide]\ntools = {}", 1, "only usage can be wide"),
    ("every = 'hour'", 1, "every: input should be 'day', 'week' or 'month'"),
    ("[[files]]\nobject = 'usage'\nnames = ['x']\nevery = 'year'", 4, "files.1.every: input should be 'day', 'week'"),
    (
        "[[files]]\nobject = 'clients'\nnames = ['x']\nevery = 'day'",
        1,
        "only usage has a rhythm (every): it is what grows late",
    ),
    ("source = ", 1, "Invalid value"),
    ("\n\nsource = 'a'\nsource = 'b'", 4, "Cannot overwrite a value"),
]


@pytest.mark.parametrize(("text", "line", "problem"), WRONG)
def test_a_wrong_mapping_is_one_clear_line(text: str, line: int, problem: str) -> None:
    with pytest.raises(MappingError) as caught:
        mapping.parse(text, "mapping.toml")
    message = str(caught.value)
    assert message.startswith(f"mapping.toml, line {line}: ")
    assert problem in message
    assert "\n" not in message


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*/mapping.toml")), ids=lambda path: path.parent.name)
def test_the_examples_are_right(path: Path) -> None:
    assert mapping.load(path).files


def test_a_mapping_beside_the_data_is_found(one_desk: Desk) -> None:
    one_desk.write("mapping.toml", "source = 'CRM'")
    one_desk.run([one_desk.write("clients.csv", "id,name\nA,Acme\n")])
    assert one_desk.rows(select(source.c.name)) == [("CRM",)]


def test_a_mapping_names_files_renames_columns_and_fills_in(desk: Desk) -> None:
    desk.load(
        {
            "Export-2026.csv": "No;Company;Since\n1;Acme;31/12/2024\n",
            "plans.csv": "No;Plan;From;Price\n1;Pro;05.02.2026;1234,50\n1;;01.03.2026;\n",
            "clicks.tsv": "No\tFeature\tDay\n1\tOldForms\t2026-11-01\n1\tads\t2026-11-01\n",
        },
        """
        source = "Billing"
        record = "contact"
        currency = "NOK"
        decimal = ","
        dates = ["iso", "%d.%m.%Y"]
        rename_tools = { oldforms = "forms" }
        tools = ["ctas"]

        [[files]]
        object = "clients"
        names = ["export-*.csv"]
        columns = { id = "No", name = "Company" }
        dates = ["%d/%m/%Y"]

        [[files]]
        object = "subscriptions"
        names = ["nothing.csv", "plans.csv"]
        columns = { client_id = "No", edition = "Plan", started_on = "From", mrr = "Price" }
        constants = { product = "Marketing Hub" }
        defaults = { edition = "Starter" }

        [[files]]
        object = "usage"
        names = ["clicks.tsv"]
        columns = { client_id = "No", tool = "Feature", used_on = "Day" }
        constants = { count = "1" }
        """,
    )
    assert desk.rows(select(record.c.object, record.c.properties)) == [("contact", {"Since": "2024-12-31"})]
    bought = select(subscription.c.edition, subscription.c.mrr, subscription.c.currency).order_by(subscription.c.id)
    assert desk.rows(bought) == [("Pro", 1234.5, "NOK"), ("Starter", None, None)]
    assert desk.uses() == {("1", "forms", "2026-11-01"): 1, ("1", "ads", "2026-11-01"): 1}
    measured = select(tool.c.name).join(source_tool, source_tool.c.tool_id == tool.c.id).order_by(tool.c.name)
    assert desk.rows(measured) == [("ads",), ("ctas",), ("forms",)]


WIDE = """
    form = "snapshot"
    [[files]]
    object = "clients"
    names = ["wide.csv"]
    id = "line"
    constants = { name = "Client {line}" }
    [[files]]
    object = "usage"
    names = ["wide.csv"]
    id = "line"
    [files.wide]
    yes = ["Active"]
    no = ["No", "Trial", ""]
    tools = { product_forms = "forms", product_emails = "marketing_email" }
"""


def test_a_yes_in_a_wide_file_counts_as_the_tools_least_uses_on_its_day(desk: Desk) -> None:
    least = desk.catalog.tools[desk.catalog.tool_names["marketingemail"]].at_least
    text = "product_forms,product_emails,size\nActive,active,1-10\nTrial,,10-50\nMaybe,Active,1-10\n"
    report = desk.load({"wide.csv": text}, WIDE, as_of=None)
    assert [(one.object, one.refused) for one in report.files] == [("clients", 0), ("usage", 1)]
    forms = desk.catalog.tools[desk.catalog.tool_names["forms"]].at_least
    assert desk.uses() == {
        ("2", "forms", "2026-11-20"): forms,
        ("2", "marketingemail", "2026-11-20"): least,
        ("3", "forms", "2026-11-20"): 0,
        ("3", "marketingemail", "2026-11-20"): 0,
    }
    assert desk.names() == ["Client 2", "Client 3", "Client 4"]


def test_the_line_of_a_mended_row_is_the_one_it_first_stood_on(one_desk: Desk) -> None:
    report = one_desk.load({"wide.csv": "product_forms,product_emails\nActive,No\nMaybe,No\n"}, WIDE)
    path = report.files[1].rejects
    assert path is not None
    path.write_text(path.read_text(encoding="utf-8").replace("Maybe", "Active"), encoding="utf-8")
    events = WIDE.replace("snapshot", "events")
    one_desk.run([path], mapping=one_desk.write("mapping.toml", events))
    assert ("3", "forms", "2026-11-20") in one_desk.uses()
    assert one_desk.names() == ["Client 2", "Client 3"]
