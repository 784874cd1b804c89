"""Collects the texts to translate and compiles the translations, without gettext's own tools.

`python -m tests.texts` brings locale/*/LC_MESSAGES/django.po and .mo up to date with the program;
`python -m tests.texts --check` changes nothing, lists what is wrong and exits 1 if anything is.
"""

import ast
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import django
import polib

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.template import Template, engines  # noqa: E402
from django.template.base import FilterExpression, Node  # noqa: E402
from django.templatetags.i18n import BlockTranslateNode, TranslateNode  # noqa: E402
from django.utils.functional import Promise  # noqa: E402

ROOT = Path(settings.BASE_DIR)
LOCALE = ROOT / "locale"
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
#: What the arguments of each function are; `_lazy` and `_noop` twins take the same.
ARGUMENTS = {
    "gettext": ["text"],
    "ngettext": ["text", "plural"],
    "pgettext": ["context", "text"],
    "npgettext": ["context", "text", "plural"],
}
PLACEHOLDER = re.compile(r"%\(\w+\)s|%[sd]|\{\w*\}")


class ComputedText(Exception):
    """A text is put together before it is looked up, so that no translation can be found."""


class Text(NamedTuple):
    text: str
    plural: str = ""
    context: str = ""


# --- collecting


def collect() -> dict[Text, list[str]]:
    """Every text of the program, with the files that say it."""
    found: dict[Text, set[str]] = {}
    for path, texts in said_by_file():
        for text in texts:
            found.setdefault(text, set()).add(path.relative_to(ROOT).as_posix())
    # one entry serves a text that is used both with and without its plural
    plurals = {(text.context, text.text): text for text in found if text.plural}
    for text in [text for text in found if not text.plural]:
        if whole := plurals.get((text.context, text.text)):
            found[whole] |= found.pop(text)
    return {text: sorted(found[text]) for text in sorted(found)}


def said_by_file() -> Iterator[tuple[Path, list[Text]]]:
    apps = [path.parent for path in ROOT.glob("*/__init__.py") if path.parent.name != "tests"]
    for path in [path for app in apps for path in app.rglob("*.py")]:
        yield path, list(texts_of_python(path.read_text()))
    folders = [ROOT / "templates", *(app / "templates" for app in apps)]
    for path in [path for folder in folders for path in folder.rglob("*.*")]:
        yield path, list(texts_of_template(path.read_text()))


def texts_of_python(source: str) -> Iterator[Text]:
    tree = ast.parse(source)
    names = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=name):
                    function = names.get(name, "")
                case ast.Attribute(value=ast.Name(id="translation"), attr=name):
                    function = name
                case _:
                    continue
            keys = ARGUMENTS.get(function.removesuffix("_lazy").removesuffix("_noop"), [])
            values = [literal(argument) for argument in node.args[: len(keys)]]
            if keys and None not in values:
                yield Text(**dict(zip(keys, values, strict=True)))


def literal(node: ast.expr) -> str | None:
    """The text that `node` spells out; None for a variable, whose text is spelt elsewhere."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr() | ast.BinOp() | ast.Call():
            raise ComputedText(ast.unparse(node))
    return None


def texts_of_template(source: str) -> Iterator[Text]:
    template = Template(source, engine=engines["django"].engine)
    for part in parts(template.nodelist):
        match part:
            case TranslateNode():
                text = part.filter_expression.var.literal
                if isinstance(text, str):
                    yield Text(text.replace("%", "%%"), context=context_of(part))
            case BlockTranslateNode():
                plural = part.render_token_list(part.plural)[0] if part.plural else ""
                singular, _variables = part.render_token_list(part.singular)
                yield Text(singular, plural, context_of(part))
            case Promise():  # what a template makes of _("text")
                yield Text(*part._args)


def context_of(node: TranslateNode | BlockTranslateNode) -> str:
    return node.message_context.var if node.message_context else ""


def parts(thing: Any) -> Iterator[Any]:
    """Everything that a compiled template is made of, however its tags nest it."""
    yield thing
    inner: Any = ()
    match thing:
        case list() | tuple():
            inner = thing
        case dict():
            inner = thing.values()
        case FilterExpression():
            inner = (thing.var, thing.filters)
        case Node():
            inner = vars(thing).values()
    for part in inner:
        yield from parts(part)


# --- writing


def path_of(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def catalogue(language: str) -> polib.POFile:
    path = path_of(language)
    return polib.pofile(str(path)) if path.exists() else polib.POFile()


def key(entry: polib.POEntry) -> Text:
    return Text(entry.msgid, entry.msgid_plural or "", entry.msgctxt or "")


def updated(old: polib.POFile, language: str, texts: dict[Text, list[str]]) -> polib.POFile:
    """The catalogue with the texts of today and the translations that it had."""
    known = {key(entry): entry for entry in old if not entry.obsolete}
    new = polib.POFile(wrapwidth=98)
    new.metadata = {
        "Project-Id-Version": "Seloste",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    for text, files in texts.items():
        entry = known.get(text) or polib.POEntry(
            msgid=text.text,
            msgid_plural=text.plural,
            msgctxt=text.context or None,
            msgstr_plural={0: "", 1: ""} if text.plural else {},
        )
        entry.occurrences = [(file, "") for file in files]
        new.append(entry)
    return new


def update() -> None:
    texts = collect()
    for language in LANGUAGES:
        path = path_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        new = updated(catalogue(language), language, texts)
        new.save(str(path))
        path.with_suffix(".mo").write_bytes(new.to_binary())
        left = sum(1 for entry in new if not entry.translated())
        print(f"{language}: {len(new)} texts, {left} to translate")


# --- checking


def findings() -> list[str]:
    """What is wrong with the catalogues, one line each."""
    texts = collect()
    return [
        f"{language}: {fault}"
        for language in LANGUAGES
        for fault in faults(catalogue(language), compiled(language), texts)
    ]


def compiled(language: str) -> bytes:
    path = path_of(language).with_suffix(".mo")
    return path.read_bytes() if path.exists() else b""


def faults(po: polib.POFile, mo: bytes, texts: dict[Text, list[str]]) -> Iterator[str]:
    entries = {key(entry): entry for entry in po if not entry.obsolete}
    yield from (
        f"missing: {text.text!r} ({texts[text][0]})" for text in texts if text not in entries
    )
    yield from (f"stale: {text.text!r}" for text in entries if text not in texts)
    yield from (f"stale: {entry.msgid!r}" for entry in po.obsolete_entries())
    for entry in entries.values():
        forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        if entry.fuzzy:
            yield f"fuzzy: {entry.msgid!r}"
        if not all(forms):
            yield f"empty: {entry.msgid!r}"
        elif not placeholders_agree(entry, forms):
            yield f"placeholders differ: {entry.msgid!r} -> {forms[-1]!r}"
    if po.to_binary() != mo:
        yield "django.mo is not what django.po compiles to: run make texts"


def placeholders_agree(entry: polib.POEntry, forms: list[str]) -> bool:
    """A singular may spell its number out; every other form says all that the original says."""
    *singular, last = (sorted(PLACEHOLDER.findall(form)) for form in forms)
    said = sorted(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    return last == said and all(set(form) <= set(said) for form in singular)


if __name__ == "__main__":
    try:
        if "--check" in sys.argv[1:]:
            found = findings()
            sys.exit("\n".join(found) or 0)
        update()
    except ComputedText as text:
        sys.exit(f"a text must be spelt out to be translated: {text}")
