"""System checks: every column is classified, every term of the vocabulary is kept by something."""

from typing import Any

from django.core.checks import CheckMessage, Error

from notices.declarations import KEPT_ELSEWHERE, columns_of, declared_columns, personal_models
from notices.terms import DataCategory


def check_declarations(**_kwargs: Any) -> list[CheckMessage]:
    """Each column of each personal-data model stands in its declaration, and nothing else does."""
    found: list[CheckMessage] = []
    for model in personal_models():
        columns, declared = set(columns_of(model)), set(model.declaration)  # type: ignore[attr-defined]
        found += [
            Error(
                f"column '{column}' has no category of personal data",
                hint=f'Add to {model.__name__}.declaration: "{column}": DataCategory.…',
                obj=model,
                id="notices.E001",
            )
            for column in sorted(columns - declared)
        ]
        found += [
            Error(
                f"the declaration names '{column}', which is no column",
                hint=f"Take '{column}' out of {model.__name__}.declaration.",
                obj=model,
                id="notices.E002",
            )
            for column in sorted(declared - columns)
        ]
    return found


def check_vocabulary(**_kwargs: Any) -> list[CheckMessage]:
    """Each data category is kept by a column, or is said to be kept elsewhere."""
    kept = {
        category for model in personal_models() for category in declared_columns(model).values()
    }
    return [
        Error(
            f"DataCategory.{category.name} is kept by no column",
            hint="Declare a column for it, or add it to notices.declarations.KEPT_ELSEWHERE.",
            obj=DataCategory,
            id="notices.E003",
        )
        for category in DataCategory
        if category not in kept | KEPT_ELSEWHERE
    ]
