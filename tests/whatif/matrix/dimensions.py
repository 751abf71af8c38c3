"""What a case of the matrix is made of: a kind of field, of name, of data, a feature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

TEXTS = ["7", "007", "A", "a", "Ünï ☃", "x" * 40]
ODD_TEXTS = ["", " ", "NULL", "1e3", "'; --", "\x00\x01", "a\nb\r", "1.0", "-0", "\ufeff"]
NUMBERS = [7, 0, -1, 2, 3]
ODD_NUMBERS = [2**63 - 1, -(2**63), 2**53 + 1, "x", "", 1.5, "007", b"\x00"]


@dataclass(frozen=True)
class Field:
    """A kind of field.

    Attributes:
        source: its class with what it takes; ``{}`` is where more of it goes.
        values: as they are stored, ordinary ones.
        odd: what a database of SQLite's holds, although no form would let it in.
        become: what it may be altered to, each with what that takes; the first changes its type.
        default: as a migration writes it.
        stored: whether the field has a column of its own, in which values are put.
        large: a value that is unusually large.
    """

    source: str
    values: tuple[Any, ...]
    odd: tuple[Any, ...]
    become: tuple[str, ...] = ()
    default: str = ""
    stored: bool = True
    large: Any = None

    def made(self, *more: str) -> str:
        """As a migration writes it, with these arguments more."""
        given = [each for each in more if each]
        before = "" if "({}" in self.source or not given else ", "
        return self.source.format(before + ", ".join(given))


def _text(source: str, *become: str) -> Field:
    return Field(
        source, (*TEXTS,), (*ODD_TEXTS, 7, 1.5, b"\xff"), become, "'d'", large="ß" * 200_000
    )


def _number(name: str, *become: str) -> Field:
    source = f"models.{name}({{}})"
    # The database takes no other: what refers to a row that is left out would refer to nothing.
    values = [each for each in NUMBERS if each >= 0 or not name.startswith("Positive")]
    return Field(source, (*values,), (*ODD_NUMBERS,), become, "5", large=2**53 + 1)


_CHAR = "models.CharField(max_length=99{})"
_INTEGER = "models.IntegerField({})"
_BIG = "models.BigIntegerField({})"
_FLOAT = "models.FloatField({})"
_LONG = "models.TextField({})"


def _time(source: str, values: tuple[Any, ...], default: str) -> Field:
    odd = ("0000-00-00", "", "2024-02-30", 7, "24:00:00")
    return Field(source, values, odd, (_CHAR, _LONG), default, large="9999-12-31 23:59:59.999999")


_TO_OTHER = "'{label}.Other', models.CASCADE, related_name='+'"

#: Every class of field that Django has, and every kind of relation.
FIELDS: dict[str, Field] = {
    "AutoField": Field(
        "models.AutoField(primary_key=True{})", (), (), ("models.BigAutoField(primary_key=True{})",)
    ),
    "BigAutoField": Field(
        "models.BigAutoField(primary_key=True{})",
        (),
        (),
        ("models.IntegerField(primary_key=True{})",),
    ),
    "SmallAutoField": Field(
        "models.SmallAutoField(primary_key=True{})",
        (),
        (),
        ("models.CharField(max_length=20, primary_key=True{})",),
    ),
    "BigIntegerField": _number("BigIntegerField", _INTEGER, _CHAR),
    "BinaryField": Field(
        "models.BinaryField({})",
        (b"", b"\x00\xff", b"7"),
        ("text", 7, 1.5),
        ("models.BinaryField(editable=True{})",),
        "b'd'",
        large=b"\x00\xff" * 100_000,
    ),
    "BooleanField": Field(
        "models.BooleanField({})", (0, 1), (2, "true", ""), (_INTEGER, _CHAR), "True"
    ),
    "CharField": _text(_CHAR, _LONG, _INTEGER, "models.CharField(max_length=200{})"),
    "CommaSeparatedIntegerField": _text(
        "models.CommaSeparatedIntegerField(max_length=99{})", _CHAR
    ),
    "CompositePrimaryKey": Field(
        "models.CompositePrimaryKey('left', 'right')", (), (), stored=False
    ),
    "DateField": _time(
        "models.DateField({})", ("2024-02-29", "1999-01-01"), "datetime.date(2020, 1, 1)"
    ),
    "DateTimeField": _time(
        "models.DateTimeField({})",
        ("2024-02-29 12:00:00", "1999-01-01 00:00:00.000001"),
        "datetime.datetime(2020, 1, 1)",
    ),
    "DecimalField": Field(
        "models.DecimalField(max_digits=9, decimal_places=2{})",
        (1, 1.5, 0.1),
        ("x", "", 1e300, "1.10"),
        (_FLOAT, _CHAR, "models.DecimalField(max_digits=12, decimal_places=4{})"),
        "'1.50'",
        large=9999999.99,
    ),
    "DurationField": Field(
        "models.DurationField({})",
        (0, 1_000_000),
        (-1, "x"),
        (_BIG,),
        "datetime.timedelta(1)",
        large=2**62,
    ),
    "EmailField": _text("models.EmailField({})", _CHAR),
    "FileField": _text("models.FileField({})", _CHAR),
    "FilePathField": _text("models.FilePathField({})", _LONG),
    "FloatField": Field(
        _FLOAT,
        (1.0, 0.1, -0.5),
        (1e300, float("inf"), "x", "", 2.0**53),
        (_INTEGER, _CHAR),
        "2.0",
        large=1.7976931348623157e308,
    ),
    "GenericIPAddressField": Field(
        "models.GenericIPAddressField({})", ("::1", "127.0.0.1"), ("", "x"), (_CHAR,), "'::1'"
    ),
    "IPAddressField": _text("models.IPAddressField({})", _CHAR),
    "ImageField": _text("models.ImageField({})", _CHAR),
    "IntegerField": _number("IntegerField", _CHAR, _BIG, _FLOAT),
    "JSONField": Field(
        "models.JSONField({})",
        ('{"a": 1}', "null", "[]"),
        ('"x"', "1", '{"a":1,"a":2}'),
        (_LONG,),
        "dict",
        large='["' + "j" * 200_000 + '"]',
    ),
    "PositiveBigIntegerField": _number("PositiveBigIntegerField", _BIG),
    "PositiveIntegerField": _number("PositiveIntegerField", _INTEGER),
    "PositiveSmallIntegerField": _number("PositiveSmallIntegerField", _INTEGER),
    "SlugField": _text("models.SlugField({})", _CHAR),
    "SmallIntegerField": _number("SmallIntegerField", _INTEGER, _CHAR),
    "TextField": _text(_LONG, _CHAR, _INTEGER),
    "TimeField": _time("models.TimeField({})", ("12:00:00", "00:00:00"), "datetime.time(1)"),
    "URLField": _text("models.URLField({})", _CHAR),
    "UUIDField": Field(
        "models.UUIDField({})", ("0" * 32, "f" * 32), ("", "x", 7), (_CHAR,), "uuid.UUID(int=7)"
    ),
    "GeneratedField": Field(
        "models.GeneratedField(expression=models.F('keep') * 2, "
        "output_field=models.IntegerField(), db_persist={persist}{})",
        (),
        (),
        (),
        stored=False,
    ),
    "ForeignKey": Field(
        f"models.ForeignKey({_TO_OTHER}{{}})", (), (), ("models.IntegerField({})",)
    ),
    "OneToOneField": Field(
        f"models.OneToOneField({_TO_OTHER}{{}})", (), (), (f"models.ForeignKey({_TO_OTHER}{{}})",)
    ),
    "ManyToManyField": Field(
        "models.ManyToManyField('{label}.Other', related_name='+'{})", (), (), (), stored=False
    ),
}

AUTO = ("AutoField", "BigAutoField", "SmallAutoField")
RELATIONS = ("ForeignKey", "OneToOneField")

_KEYWORDS = [
    "select",
    "order",
    "group",
    "table",
    "index",
    "values",
    "from",
    "where",
    "join",
    "union",
    "check",
    "default",
]


@dataclass(frozen=True)
class Name:
    """How tables, columns and indexes are called: what ``{}`` is, the case's own name, is drawn
    into it. Without them Django gives the names."""

    table: Callable[[str], str] | None
    column: str | None
    field: str = "value"
    model: str = "Thing"
    renamed: str = "Gadget"
    index: str = "{}_ix"


def _keyword(label: str) -> str:
    """A keyword alone where the case's number leaves one; a keyword first elsewhere."""
    number = label.removeprefix("c")
    few = number.isdigit() and int(number) < len(_KEYWORDS)
    return _KEYWORDS[int(number)] if few else f"select {label}"


NAMES: dict[str, Name] = {
    "plain": Name(None, None),
    "another case": Name(
        "{}_THing".format, "vaLUE", model="THing", renamed="GADget", index="{}_IX"
    ),
    "brackets": Name("{} [thing](x)".format, "va[l]ue(1)", index="{}[i](x)"),
    "quotes": Name("{} 'thing' `x`".format, "va'l`ue", index="{}'i`x"),
    "dots": Name("{}.thing.x".format, "va.lue", index="{}.i.x"),
    "spaces": Name(" {}  thing ".format, " va lue ", index="{} i x"),
    "keywords": Name(_keyword, "select", index="{}_index"),
    "unicode": Name("{}_Ünï☃".format, "wért", "wért", "Ðing", "Œuvre", "{}_ïx"),
}

#: What lies in the tables: nothing, ordinary values, NULLs, odd values, rows that others refer to,
#: many rows with large values.
DATA = ("none", "rows", "NULLs", "odd", "referenced", "large")

#: What engines offer beside columns: fields and options that the model has more.
FEATURES: dict[str, tuple[tuple[str, ...], str]] = {
    "none": ((), ""),
    "collation": (
        ("('note', models.CharField(max_length=20, default='n', db_collation='NOCASE'))",),
        "",
    ),
    "check": (
        (),
        "'constraints': [models.CheckConstraint(condition=models.Q(keep__gte=-5), "
        "name='{label}_ck')]",
    ),
    "partial index": (
        (),
        "'indexes': [models.Index(fields=['keep'], condition=models.Q(keep__gt=1), "
        "name='{label}_px')]",
    ),
    "expression index": ((), "'indexes': [models.Index(models.F('keep') + 1, name='{label}_ex')]"),
    "generated column": (
        (
            "('twice', models.GeneratedField(expression=models.F('keep') * 3, "
            "output_field=models.IntegerField(), db_persist=False))",
        ),
        "",
    ),
    "db_default": (("('since', models.IntegerField(db_default=7))",), ""),
    "db_comment": (
        ("('said', models.IntegerField(default=1, db_comment='what was said'))",),
        "'db_table_comment': 'things'",
    ),
    "deferrable unique": (
        (),
        "'constraints': [models.UniqueConstraint(fields=['keep', 'id'], name='{label}_du', "
        "deferrable=models.Deferrable.DEFERRED)]",
    ),
    "partial unique": (
        (),
        "'constraints': [models.UniqueConstraint(fields=['keep'], name='{label}_pu', "
        "condition=models.Q(keep__lt=-2))]",
    ),
}

DIRECTIONS = ("there", "back")
