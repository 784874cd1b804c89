"""What a package looks like: the names of its files, and the JSON Schema of its data."""

import re
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from notices.terms import Language, ProhibitedUse, ProhibitionScope, SourceKind
from register.extract import columns_given
from register.models import Customer, Paper
from register.models.customers import CROCKFORD
from register.ownership import paths

FORMAT, VERSION = "seloste-package", 1
DATA, SCHEMA, PAGE, STYLE = "package.json", "schema.json", "index.html", "style.css"
#: The list of what the person has forbidden, beside one list for each model.
PROHIBITIONS = "prohibition"

DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
DECIMAL = r"^-?[0-9]{1,12}(\.[0-9]{1,4})?$"


class Outside(models.TextChoices):
    """Why a value stands in the package although art. 20 does not cover it (O01, O05; A4)."""

    NOT_A_PERSON = "not_a_person", _("the right is a person’s, and this is an organisation")
    BY_LAW = "by_law", _("kept because the law demands it")
    DERIVED = "derived", _("made by us from other data")
    NOT_PROVIDED = "not_provided", _("did not come from the person")
    OTHER_BASIS = "other_basis", _("used on another basis than consent or a contract")


#: The right covers what is processed by automated means, and a paper lies in one firm's cabinet
#: (art. 20(1)(b); O01). The copy of the data tells of it.
NOT_CARRIED = frozenset({Paper})


def list_name(model: type[models.Model]) -> str:
    """The name of the list of a model's rows."""
    return str(model._meta.model_name)


def lists() -> dict[str, type[models.Model]]:
    """The lists of a package with the models of their rows: what others belong or lead to comes
    before them."""
    return {list_name(model): model for model in paths() if model not in NOT_CARRIED}


def leads_to_row(field: Any) -> bool:
    """Whether a value of `field` is another row of the package."""
    return isinstance(field, models.ForeignKey) and field.related_model is not Customer


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the data, made from the declarations."""
    head = {
        "format": {"const": FORMAT},
        "version": {"const": VERSION},
        "made_at": {"type": "string", "maxLength": 40},
        "language": {"enum": list(Language.values)},
        "controller": {"type": "string", "maxLength": 200},
        "controller_email": _text_or_null(254),
        "register_name": {"type": "string", "maxLength": 200},
        "notice_version": {"type": "integer"},
        "reference": {"type": "string", "pattern": f"^[{CROCKFORD}]{{9}}$"},
    }
    bodies = {name: _array(f"#/$defs/{name}") for name in (*lists(), PROHIBITIONS)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:seloste:package:{VERSION}",
        "title": "One person's data, as Seloste gives them out (art. 20 of the GDPR)",
        **_object(head | bodies),
        "$defs": {
            **{name: _row_schema(model) for name, model in lists().items()},
            PROHIBITIONS: _object(
                {
                    "scope": {"enum": list(ProhibitionScope.values)},
                    "use": {"enum": list(ProhibitedUse.values)},
                    "made_on": {"$ref": "#/$defs/date"},
                }
            ),
            "id": {"type": "string", "pattern": "^[a-z]{1,30}-[0-9a-f]{16}$"},
            "date": {"type": "string", "pattern": DATE},
            "decimal": {"type": "string", "pattern": DECIMAL},
        },
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    """All of `properties` and nothing else: absent values are null, never missing."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _array(reference: str) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": reference}}


def _text_or_null(longest: int) -> dict[str, Any]:
    return {"type": ["string", "null"], "maxLength": longest}


def _row_schema(model: Any) -> dict[str, Any]:
    columns = columns_given(model)
    values = {column: _value_schema(model._meta.get_field(column)) for column in columns}
    row: dict[str, Any] = {
        "id": {"$ref": "#/$defs/id"},
        "of": {"type": "null"} if model is Customer else {"$ref": "#/$defs/id"},
        # a column without a value is left out
        "values": {**_object(values), "required": []},
        "sources": {
            "type": "array",
            "items": _object(
                {
                    "columns": {"type": "array", "items": {"enum": columns}},
                    "kind": {"enum": list(SourceKind.values)},
                    "name": _text_or_null(200),
                    "collected_on": {"$ref": "#/$defs/date"},
                }
            ),
        },
        "outside": {
            **_object({column: {"enum": list(Outside.values)} for column in columns}),
            "required": [],
        },
    }
    if hasattr(model, "private_file"):
        row["file"] = {
            "type": ["string", "null"],
            "pattern": r"^attachments/[a-z]{1,30}-[0-9a-f]{16}\.pdf$",
        }
    return _object(row)


def _value_schema(field: Any) -> dict[str, Any]:
    if leads_to_row(field):
        return {"$ref": "#/$defs/id"}
    if isinstance(field, models.DateField):
        return {"$ref": "#/$defs/date"}
    if isinstance(field, models.DecimalField):
        return {"$ref": "#/$defs/decimal"}
    # an organisation is told by its name
    longest = 200 if isinstance(field, models.ForeignKey) else field.max_length
    return {"type": "string", "minLength": 1, "maxLength": longest}


def meets(value: Any, rule: dict[str, Any], definitions: dict[str, Any]) -> bool:
    """Whether `value` is as `rule` of `schema()` says; knows the words that it uses."""
    if reference := rule.get("$ref"):
        return meets(value, definitions[reference.rsplit("/", 1)[-1]], definitions)
    if "const" in rule and (type(value), value) != (type(rule["const"]), rule["const"]):
        return False
    if "enum" in rule and not (isinstance(value, str) and value in rule["enum"]):
        return False
    if "type" in rule:
        kinds = rule["type"] if isinstance(rule["type"], list) else [rule["type"]]
        # type() and not isinstance(): true is no integer
        if type(value) not in {_TYPES[kind] for kind in kinds}:
            return False
    if isinstance(value, str):
        return (
            rule.get("minLength", 0) <= len(value) <= rule.get("maxLength", len(value))
            and re.fullmatch(rule.get("pattern", "(?s:.*)").strip("^$"), value) is not None
        )
    if isinstance(value, list):
        return all(meets(item, rule["items"], definitions) for item in value)
    if isinstance(value, dict):
        known = rule["properties"]
        return known.keys() >= value.keys() >= set(rule["required"]) and all(
            meets(one, known[name], definitions) for name, one in value.items()
        )
    return True


_TYPES = {"string": str, "null": type(None), "integer": int, "array": list, "object": dict}
