"""Parse tree to domain tree: functions, their arguments, what may follow what (QL-7, QL-8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NoReturn

from engage_desktop.domain.condition import (
    And,
    Compare,
    CompareOp,
    Condition,
    Context,
    Duration,
    Expression,
    InAudience,
    JourneyValue,
    Literal,
    Not,
    Or,
    Property,
    Reduce,
    Scalar,
    Stream,
    Trait,
    Window,
)
from engage_desktop.language import functions
from engage_desktop.language.errors import QueryError
from engage_desktop.language.numbers import number_text, read_number
from engage_desktop.language.printer import split_path
from engage_desktop.language.syntax import not_yet
from engage_desktop.language.tokens import Token, unquote

if TYPE_CHECKING:
    from lark import Tree

CONDITIONS = (Compare, InAudience, Not, And, Or)
_SHORT_UNITS = {"s": "seconds", "m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LONGEST_US = 10_000 * 366 * 86_400_000_000

Built = Expression | Stream


@dataclass
class Builder:
    """Builds one text's tree; `places` maps `id(node)` to the token where it begins."""

    tokens: Sequence[Token]
    places: dict[int, Token] = field(default_factory=dict)
    _alive: list[Built] = field(default_factory=list)  # an id may not be given again while we build

    def first(self, tree: Any) -> Token:
        """Return the leftmost token under `tree`, itself when it is a leaf."""
        while hasattr(tree, "children"):
            tree = tree.children[0]
        number: int = tree.start_pos
        return self.tokens[number]

    def build(self, tree: Tree[Any]) -> Built:
        built: Built = getattr(self, f"_{tree.data.strip('_')}")(tree)
        self._alive.append(built)
        self.places.setdefault(id(built), self.first(tree))
        return built

    # junctions

    def condition(self, tree: Tree[Any]) -> Condition:
        """Build something true or false; say what is missing when it is a bare value."""
        built = self.build(tree)
        if isinstance(built, CONDITIONS):
            return built
        raise self.value_alone(tree, built)

    def value_alone(self, tree: Tree[Any], built: Built) -> QueryError:
        """Say what turns a value into a condition."""
        place = self.first(tree)
        if isinstance(built, Stream):
            return place.error("The events must be counted and compared: end with .count() >= 1.")
        if isinstance(built, Literal):
            return place.error("A constant alone is no condition; compare it with something.")
        if isinstance(built, Reduce):
            return place.error("This value must be compared: end with a comparison such as >= 1.")
        return place.error("This value must be compared: end with a comparison such as = 'x' or .exists().")

    def _or(self, tree: Tree[Any]) -> Condition:
        items: list[Condition] = []
        for item in map(self.condition, tree.children):
            items += item.items if isinstance(item, Or) else (item,)
        return Or(tuple(items))

    def _and(self, tree: Tree[Any]) -> Condition:
        items: list[Condition] = []
        for item in map(self.condition, tree.children):
            items += item.items if isinstance(item, And) else (item,)
        return And(tuple(items))

    def _not(self, tree: Tree[Any]) -> Condition:
        return Not(self.condition(tree.children[1]))

    def _group(self, tree: Tree[Any]) -> Built:
        return self.build(tree.children[1])

    def _start(self, tree: Tree[Any]) -> Built:
        return self.build(tree.children[0])

    def _compare(self, tree: Tree[Any]) -> Condition:
        symbol = self.first(tree.children[1])
        op: CompareOp = "=" if symbol.text == "==" else symbol.text  # type: ignore[assignment]  # the lexer's symbols
        return Compare(self.scalar(tree.children[0]), op, (self.scalar(tree.children[2]),))

    # values

    def scalar(self, tree: Tree[Any]) -> Scalar:
        """Build something that has a value."""
        built = self.build(tree)
        place = self.first(tree)
        if isinstance(built, Stream):
            raise place.error("The events must be counted before they are compared: add .count().")
        if isinstance(built, CONDITIONS):
            raise place.error("A condition is no value to compare; join conditions with AND or OR.")
        if isinstance(built, Reduce) and built.kind == "unique":
            raise place.error("unique() gives a list, of which only the length can be compared: add .count().")
        return built

    def _string(self, tree: Tree[Any]) -> Literal:
        return Literal(unquote(self.first(tree)))

    def _number(self, tree: Tree[Any]) -> Literal:
        token = self.first(tree)
        value = read_number(token.text)
        if value is None:
            raise token.error("This number is too large.")
        return Literal(value)

    def _boolean(self, tree: Tree[Any]) -> Literal:
        return Literal(self.first(tree).text.lower() == "true")

    def _bare(self, tree: Tree[Any]) -> NoReturn:
        token = self.first(tree)
        raise token.error(
            f"{token.text} is no value; write '{token.text}' for the text, trait('{token.text}') for a trait, "
            f"property('{token.text}') for an event property."
        )

    def _cast(self, tree: Tree[Any]) -> NoReturn:
        raise self.first(tree.children[1]).error("as may only stand inside max(), min() and mode().")

    def _duration(self, tree: Tree[Any]) -> NoReturn:
        raise self.first(tree).error("A duration can only stand inside within() and between().")

    def _named(self, tree: Tree[Any]) -> NoReturn:
        token = self.first(tree)
        raise token.error(f"{token.text}: has no meaning here; only property() and within() know parent:.")

    # calls

    def _call(self, tree: Tree[Any]) -> Built:
        """Build a call at the head of a chain."""
        name, arguments = self._parts(tree)
        if name.text not in functions.EXTRACTORS:
            self._refuse_head(name)
        return getattr(self, f"_head_{name.text}")(name, arguments)  # type: ignore[no-any-return]  # by table

    def _parts(self, tree: Tree[Any]) -> tuple[Token, list[Any]]:
        """Return the name token and the argument trees of a call."""
        return self.first(tree), tree.children[2:-1]

    def _refuse_head(self, name: Token) -> NoReturn:
        if name.text in functions.AFTER_STREAM or name.text in functions.COMPARATORS:
            example = "event('...')" if name.text in functions.AFTER_STREAM else "trait('...')"
            raise name.error(f"{name.text}() follows something; write {example}.{functions.called(name.text)}.")
        meant = functions.closest(name.text, (*functions.EXTRACTORS, *functions.AFTER_STREAM, *functions.COMPARATORS))
        raise name.error(f"There is no function {name.text}(){f'; did you mean {meant}()?' if meant else '.'}")

    def _text(self, name: Token, arguments: list[Any], what: str) -> Token:
        """Return the STRING token that is the one argument of `name`."""
        if len(arguments) != 1:
            raise name.error(f"{name.text}() takes one {what} in quotes: {name.text}('...').")
        if getattr(arguments[0], "data", None) != "string":
            raise self.first(arguments[0]).error(f"{name.text}() takes the {what} in quotes: {name.text}('...').")
        token = self.first(arguments[0])
        if token.text[1:-1] == "":
            raise token.error(f"The {what} is empty.")
        return token

    def _path(self, name: Token, arguments: list[Any], what: str) -> tuple[str, ...]:
        token = self._text(name, arguments, what)
        path = split_path(unquote(token, name=True))
        if "" in path:
            raise token.error(
                "A point in a name separates nested names, and one of them is empty; write \\. for a real point."
            )
        return path

    def _head_event(self, name: Token, arguments: list[Any]) -> Stream:
        return Stream(unquote(self._text(name, arguments, "event name")))

    def _head_trait(self, name: Token, arguments: list[Any]) -> Trait:
        return Trait(self._path(name, arguments, "trait name"))

    def _head_context(self, name: Token, arguments: list[Any]) -> Context:
        return Context(self._path(name, arguments, "context path"))

    def _head_property(self, name: Token, arguments: list[Any]) -> Property:
        parent, arguments = self._parent(arguments)
        return Property(self._path(name, arguments, "property name"), parent)

    def _head_journey(self, name: Token, arguments: list[Any]) -> JourneyValue:
        return JourneyValue(unquote(self._text(name, arguments, "path in the journey context"), name=True))

    def _head_audience(self, name: Token, arguments: list[Any]) -> InAudience:
        return InAudience(unquote(self._text(name, arguments, "audience key")))

    def _head_literal(self, name: Token, arguments: list[Any]) -> Literal:
        if len(arguments) != 1 or not isinstance(built := self.build(arguments[0]), Literal):
            raise name.error("literal() takes one number, text in quotes, true or false.")
        return built

    def _parent(self, arguments: list[Any]) -> tuple[bool, list[Any]]:
        """Take `parent:` off the only argument."""
        if len(arguments) == 1 and arguments[0].data == "named":
            named = self.first(arguments[0])
            if named.text != "parent":
                raise named.error(f"There is no {named.text}: here; only parent: is known.")
            return True, [arguments[0].children[1]]
        return False, arguments

    # links

    def _link(self, tree: Tree[Any]) -> Built:
        """Build a chain one call longer."""
        left = self.build(tree.children[0])
        name, arguments = self._parts(tree.children[1])
        if isinstance(left, Stream):
            return self._after_stream(left, name, arguments)
        if isinstance(left, CONDITIONS):
            raise name.error(
                f"The comparison is finished; {name.text}() cannot follow it. Join conditions with AND or OR."
            )
        if isinstance(left, Reduce) and left.kind == "unique":
            if name.text != "count":
                raise name.error("Only count() can follow unique().")
            self._no_arguments(name, arguments)
            return replace(left, kind="unique_count")
        return self._after_scalar(left, name, arguments)

    def _after_stream(self, stream: Stream, name: Token, arguments: list[Any]) -> Built:
        match name.text:
            case "where":
                if len(arguments) != 1:
                    raise name.error("where() takes one condition; join several with AND or OR.")
                return self._where(stream, self.condition(arguments[0]))
            case "within" | "between":
                return replace(stream, windows=(*stream.windows, self._window(name, arguments)))
            case "count":
                self._no_arguments(name, arguments)
                return Reduce("count", stream)
            case reducer if reducer in functions.REDUCERS:
                return self._reduce(stream, name, arguments)
            case comparator if comparator in functions.COMPARATORS:
                raise name.error(
                    f"The events must be counted before they are compared: write .count().{functions.called(comparator)}."
                )
        meant = functions.closest(name.text, functions.AFTER_STREAM)
        raise name.error(
            f"There is no function {name.text}() after event(){f'; did you mean {meant}()?' if meant else '.'}"
        )

    def _where(self, stream: Stream, condition: Condition) -> Stream:
        """Several where() calls are one, joined by AND."""
        if stream.where is None:
            return replace(stream, where=condition)
        items: list[Condition] = []
        for item in (stream.where, condition):
            items += item.items if isinstance(item, And) else (item,)
        return replace(stream, where=And(tuple(items)))

    def _after_scalar(self, left: Scalar, name: Token, arguments: list[Any]) -> Condition:
        if name.text in functions.SYMBOL_FUNCTIONS:
            if len(arguments) != 1:
                raise name.error(f"{name.text}() takes one value.")
            return Compare(left, functions.SYMBOL_FUNCTIONS[name.text], (self.scalar(arguments[0]),))
        if name.text in functions.LITERAL_FUNCTIONS:
            op, takes = functions.LITERAL_FUNCTIONS[name.text]
            if takes == 0:
                self._no_arguments(name, arguments)
            elif (takes and len(arguments) != takes) or not arguments:
                raise name.error(f"{name.text}() takes {'one value' if takes else 'one or more values'}.")
            return Compare(left, op, tuple(self._constant(name, argument) for argument in arguments))
        if name.text in functions.AFTER_STREAM:
            self._refuse_reducing(left, name)
        meant = functions.closest(name.text, functions.COMPARATORS)
        raise name.error(f"There is no comparison {name.text}(){f'; did you mean {meant}()?' if meant else '.'}")

    def _refuse_reducing(self, left: Scalar, name: Token) -> NoReturn:
        if isinstance(left, Reduce):
            if name.text in functions.FILTERS:
                raise name.error(f"{name.text}() must stand before {left.kind}().")
            raise name.error(f"{name.text}() cannot follow {left.kind}(); compare its value.")
        kind = type(left).__name__.lower().replace("journeyvalue", "journey value")
        raise name.error(
            f"{name.text}() works on events, not on a {kind}; compare its value, or write event('...').{functions.called(name.text)}."
        )

    def _constant(self, name: Token, argument: Any) -> Literal:
        value = self.scalar(argument)
        if not isinstance(value, Literal):
            raise self.first(argument).error(
                f"{name.text}() takes constants only: numbers, texts in quotes, true or false."
            )
        return value

    def _no_arguments(self, name: Token, arguments: list[Any]) -> None:
        if arguments:
            raise self.first(arguments[0]).error(f"{name.text}() takes nothing between its parentheses.")

    def _reduce(self, stream: Stream, name: Token, arguments: list[Any]) -> Reduce:
        kind = functions.REDUCERS[name.text]
        example = f"{name.text}(property('...'))"
        if kind == "mode" and len(arguments) == 2:
            self._least_frequency(arguments.pop())
        if len(arguments) != 1:
            raise name.error(f"{name.text}() takes one property: {example}.")
        argument = arguments[0]
        if argument.data == "cast":
            cast = self.first(argument.children[2])
            if kind not in functions.DEFAULT_CAST or cast.text not in ("number", "string", "array"):
                raise cast.error(f"as {cast.text} has no meaning in {name.text}().")
            if cast.text != functions.DEFAULT_CAST[kind]:
                raise not_yet(cast, f"{name.text}() as {cast.text}")
            argument = argument.children[0]
        if argument.data != "call":
            raise self.first(argument).error(f"{name.text}() takes a property: {example}.")
        value = self.build(argument)
        if isinstance(value, Context):
            raise not_yet(self.first(argument), f"{name.text}() of a context field")
        if not isinstance(value, Property):
            raise self.first(argument).error(f"{name.text}() takes a property: {example}.")
        if value.parent:
            raise self.first(argument).error(f"{name.text}() takes a property of its own events, without parent:.")
        return Reduce(kind, stream, value.path)

    def _least_frequency(self, argument: Any) -> None:
        """Accept the default minimum of mode() (D-40: 2); any other is later work."""
        value = self.build(argument)
        if not isinstance(value, Literal) or type(value.value) is not int or value.value < 1:
            raise self.first(argument).error("The least frequency of mode() is a whole number from 1.")
        if value.value != 2:
            raise not_yet(self.first(argument), "A least frequency of mode() other than 2")

    # windows

    def _window(self, name: Token, arguments: list[Any]) -> Window:
        if name.text == "within":
            parent, arguments = self._parent(arguments)
            if len(arguments) != 1:
                raise name.error("within() takes one duration: within(30 days).")
            duration = self._read_duration(arguments[0], name)
            if duration.amount == 0:
                raise self.first(arguments[0]).error("within() needs a duration longer than nothing.")
            return Window(duration, parent=parent)
        if len(arguments) != 2:
            raise name.error("between() takes two durations, the shorter one first: between(30 days, 90 days).")
        a, b = (self._read_duration(argument, name) for argument in arguments)
        if a.us >= b.us:
            raise self.first(arguments[0]).error(
                "between() takes the shorter duration first: between(30 days, 90 days)."
            )
        return Window(a, b)

    def _read_duration(self, argument: Any, name: Token) -> Duration:
        place = self.first(argument)
        if argument.data == "named":
            raise place.error(f"{name.text}() does not know {place.text}: here.")
        if argument.data == "string":
            raise place.error(f"{name.text}() takes a duration without quotes, such as 30 days.")
        if argument.data == "number":
            raise place.error(
                f"The unit is missing; write {place.text} days, or another of seconds, minutes, hours, weeks."
            )
        if argument.data != "duration":
            raise place.error(f"{name.text}() takes a duration such as 30 days.")
        unit = self._unit(self.first(argument.children[1]), place)
        amount = read_number(place.text)
        if not isinstance(amount, int) or amount < 0:
            raise place.error("A duration is a whole number of seconds, minutes, hours, days or weeks.")
        duration = Duration(amount, unit)
        if duration.us > _LONGEST_US:
            raise place.error("This duration is longer than any log; write a shorter one.")
        return duration

    def _unit(self, token: Token, amount: Token) -> str:
        unit = token.text.lower().removesuffix("s")
        if unit in functions.UNITS:
            return unit
        if token.text.lower() in _SHORT_UNITS:
            number = read_number(amount.text)
            shown = amount.text if number is None else number_text(number)
            raise token.error(f"Write the unit out: {shown} {_SHORT_UNITS[token.text.lower()]}.")
        if unit in ("month", "year", "quarter"):
            days = {"month": 30, "quarter": 91, "year": 365}[unit]
            raise token.error(f"A {unit} has no fixed length; write days or weeks, such as {days} days.")
        near = get_close_matches(unit, functions.UNITS, n=1)
        if near:
            raise token.error(f"{token.text} is no unit; did you mean {near[0]}s?")
        raise token.error(f"{token.text} is no unit; write seconds, minutes, hours, days or weeks.")


def build(tree: Tree[Any], tokens: Sequence[Token]) -> tuple[Expression, dict[int, Token]]:
    """Return the expression and the token at which each of its nodes begins; raise QueryError."""
    builder = Builder(tokens)
    built = builder.build(tree)
    if isinstance(built, Stream):
        raise builder.value_alone(tree, built)
    return built, builder.places


def require_condition(expression: Expression, place: Token | None) -> Condition:
    """Return `expression` when it is true or false, else raise QueryError at `place`."""
    if isinstance(expression, CONDITIONS):
        return expression
    line, column = (place.line, place.column) if place else (1, 1)
    raise QueryError(
        "This is a value, not a condition; end with a comparison such as >= 1, = 'x' or .exists().", line, column
    )
