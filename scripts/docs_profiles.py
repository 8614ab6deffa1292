"""The page on conformance profiles, made from their requirements."""

from __future__ import annotations

from docs_tables import table

from harmoniqc.crosswalk.store import requirements_by_id
from harmoniqc.schema.profiles import Clause, Profile, ProfileRule, profile_rules, profiles

_PAGE = """# Conformance profiles

A document may have the right shape and still say too little. Three profiles say what it should hold, in steps that a
laboratory can adopt one after the other. Each includes the ones before it.

| Profile | What it is for | Requirements |
| --- | --- | --- |
{steps}

`harmoniqc validate` holds a document against the profile that is asked for (`core`, if none is), and says which one it
reaches and what the next would ask for. See [validating in CI](../how-to/validate-in-ci.md).

- What is lacking for the profile asked for is an error, [`below-profile`](../errors/validation.md#below-profile). A
  requirement that many results miss is one finding with a count; it shows the first of them.
- A document that stands alone is asked only what concerns its kind: a single result need not name a specification, and
  a product reaches a profile that has nothing more to ask of a product.
- A document of which something has not the right shape reaches no profile.
- A profile is about what is said, not about what is true: whether units, limits and dates are right is checked whatever
  the profile.

The requirements are data, `schemas/profiles.toml`, free for any use (CC0). In Python:

```python
from harmoniqc.schema.profiles import profile_names, profile_rules

print(*profile_names())
for rule in profile_rules("core")[-2:]:
    print(rule)
```

```text
core extended advanced
core-result-outcome: every result needs value, value_low, value_high, text or code
core-result-unit: every result with value, value_low or value_high needs unit
```

*Asked by* names texts that ask for the same or for more, as rows of the [crosswalk](crosswalks.md), with how well each
text was seen. Where nothing stands, the requirement comes from experience. To ask for something in a profile is our
choice; the texts do not know these profiles.

{tables}

## What no document can hold yet

The profile `advanced` is meant to ask for more than version 0.1 of the standard has a place for. These requirements are
part of it, and no package can meet them yet; none reaches `advanced` therefore. They are stated, so that the profile
does not promise what it does not check.

{impossible}
"""


def profiles_page() -> str:
    """Return the page."""
    rules = profile_rules(profiles()[-1].id)
    own = {profile: [rule for rule in rules if rule.profile == profile.id] for profile in profiles()}
    steps = [f"| `{profile.id}` | {profile.definition} | {len(found)} |" for profile, found in own.items()]
    tables = [_section(profile, [rule for rule in found if rule.possible]) for profile, found in own.items()]
    impossible = [
        (f"`{rule.id}`", rule.message.partition(";")[0], _sources(rule)) for rule in rules if not rule.possible
    ]
    return _PAGE.format(
        steps="\n".join(steps),
        tables="\n\n".join(tables),
        impossible=table(("Requirement", "If it is not met", "Asked by"), impossible),
    )


def _section(profile: Profile, rules: list[ProfileRule]) -> str:
    rows = [(f"`{rule.id}`", _asked_of(rule), _clause(rule.needs), rule.message, _sources(rule)) for rule in rules]
    header = ("Requirement", "Asked of", "Needs", "If it is not met", "Asked by")
    return f"## {profile.name}\n\n{profile.definition}\n\n{table(header, rows)}"


def _asked_of(rule: ProfileRule) -> str:
    amount = "every" if rule.every else "at least one"
    where = f" with {' and '.join(map(_clause, rule.when))}" if rule.when else ""
    return f"{amount} {rule.part}{where}"


def _clause(clause: Clause | None) -> str:
    return "" if clause is None else str(clause)


def _sources(rule: ProfileRule) -> str:
    rows = [requirements_by_id()[id] for id in rule.sources]
    return "; ".join(
        f"{row.id} ({row.reference}, {'draft, ' if row.document.status == 'draft' else ''}{row.evidence})"
        for row in rows
    )
