"""Everything that is looked at in the results of a document; the columns are read once for all of it."""

from __future__ import annotations

from collections.abc import Iterator

from harmoniqc.errors import Finding
from harmoniqc.schema.checks.references import carried_in
from harmoniqc.schema.contents import Contents


def results(contents: Contents) -> Iterator[Finding]:
    """Yield what is wrong with the results: references, terms, units, values, dates, status, duplicates.

    Rows with the same fault share one finding, at the first of them.
    """
    if contents.results is None or contents.results.table.num_rows == 0:
        return
    from harmoniqc.schema.checks.columns import ResultColumns
    from harmoniqc.schema.checks.row_dates import results_before_manufacture
    from harmoniqc.schema.checks.row_duplicates import results_given_twice
    from harmoniqc.schema.checks.row_quantities import terms_of_rows, units_of_rows, values_that_cannot_exist
    from harmoniqc.schema.checks.row_status import status_of_rows
    from harmoniqc.schema.checks.row_tests import RowTests, products_of_rows, references_of_rows
    from harmoniqc.schema.checks.row_values import intervals_that_hold_nothing, numbers_and_words

    carried = carried_in(contents)
    columns = ResultColumns(contents, contents.results)
    tests = RowTests(columns, carried)
    yield from references_of_rows(columns, tests, carried)
    yield from products_of_rows(columns)
    yield from terms_of_rows(columns)
    yield from units_of_rows(columns, tests)
    yield from values_that_cannot_exist(columns, tests)
    yield from intervals_that_hold_nothing(columns)
    yield from numbers_and_words(columns)
    yield from status_of_rows(columns)
    yield from results_given_twice(columns, tests)
    yield from results_before_manufacture(columns, tests)
