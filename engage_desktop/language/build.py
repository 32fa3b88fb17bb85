"""Parse tree to domain tree: functions, their arguments, what may follow what (QL-7, QL-8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from engage_desktop.domain.condition import (
    LEAST_FREQUENCY,
    And,
    Cast,
    Compare,
    CompareDate,
    CompareOp,
    Condition,
    Context,
    Duration,
    Expression,
    InAudience,
    Instant,
    JourneyValue,
    Literal,
    Not,
    Or,
    Property,
    Quantified,
    Reduce,
    Scalar,
    Stream,
    Trait,
    Window,
)
from engage_desktop.language import functions
from engage_desktop.language.errors import VALUE_ALONE, QueryError
from engage_desktop.language.numbers import read_number
from engage_desktop.language.printer import split_path
from engage_desktop.language.reading import Reader
from engage_desktop.language.tokens import Token, unquote

if TYPE_CHECKING:
    from lark import Tree

CONDITIONS = (Compare, CompareDate, InAudience, Not, Quantified, And, Or)
Built = Expression | Stream


class Builder(Reader):
    """Builds one text's tree. `places` maps `id(node)` to the token where it begins, `operators`
    that of a comparison to its symbol or function name."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        super().__init__(tokens)
        self.places: dict[int, Token] = {}
        self.operators: dict[int, Token] = {}
        self._alive: list[Built] = []  # an id may not be given again while we build

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
        if isinstance(built, Literal | Instant):
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

    def _quantified(self, tree: Tree[Any]) -> Condition:
        return Quantified("any" if self.first(tree).text.lower() == "any" else "all", self.condition(tree.children[1]))

    def _group(self, tree: Tree[Any]) -> Built:
        return self.build(tree.children[1])

    def _start(self, tree: Tree[Any]) -> Built:
        return self.build(tree.children[0])

    def _compare(self, tree: Tree[Any]) -> Condition:
        symbol = self.first(tree.children[1])
        op: CompareOp = "=" if symbol.text == "==" else symbol.text  # type: ignore[assignment]  # the lexer's symbols
        left, right = self.scalar(tree.children[0], symbol), self.scalar(tree.children[2])
        return self.compared(Compare(left, op, (right,)), symbol)

    def compared(self, item: Compare | CompareDate, operator: Token) -> Condition:
        """Note where the operator stands."""
        self._alive.append(item)
        self.operators[id(item)] = operator
        return item

    # values

    def scalar(self, tree: Tree[Any], after: Token | None = None) -> Scalar:
        """Build something that has a value; what its end lacks is missing before `after`."""
        built = self.build(tree)
        place = self.first(tree)
        if isinstance(built, Stream):
            raise (after or place).error("The events must be counted before they are compared: add .count().")
        if isinstance(built, CONDITIONS):
            raise place.error("A condition is no value to compare; join conditions with AND or OR.")
        if isinstance(built, Reduce) and built.kind == "unique":
            message = "unique() gives a list, of which only the length can be compared: add .count()."
            raise (after or place).error(message)
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

    def _date(self, tree: Tree[Any]) -> Instant:
        token = self.first(tree)
        return self.instant(token, token.text)

    def _bare(self, tree: Tree[Any]) -> NoReturn:
        token = self.first(tree)
        if token.text.lower() in ("null", "none", "nil", "undefined"):
            raise token.error(f"{token.text} is no value; test for it with .absent() or .exists().")
        raise token.error(
            f"{token.text} is no value; write '{token.text}' for the text, trait('{token.text}') for a trait, "
            f"property('{token.text}') for an event property."
        )

    def _cast(self, tree: Tree[Any]) -> NoReturn:
        raise self.first(tree.children[1]).error("as may only stand inside max(), min() and mode().")

    def _duration(self, tree: Tree[Any]) -> NoReturn:
        raise self.first(tree).error("A duration only stands inside a function such as within() or within_last().")

    def _named(self, tree: Tree[Any]) -> NoReturn:
        token = self.first(tree)
        raise token.error(f"{token.text}: has no meaning here; only property(), within() and between() know parent:.")

    def _options(self, tree: Tree[Any]) -> NoReturn:
        raise self.first(tree).error(
            "Braces only stand in sources({exclude: ['...']}); texts and names go in single quotes."
        )

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
        among = (*functions.EXTRACTORS, *functions.AFTER_STREAM, *functions.COMPARATORS)
        raise self._unknown(name, "function", among, "begin with event('...'), trait('...') or audience('...')")

    def _head_event(self, name: Token, arguments: list[Any]) -> Stream:
        return Stream(unquote(self.text(name, arguments)))

    def _head_trait(self, name: Token, arguments: list[Any]) -> Trait:
        return Trait(self.path(name, arguments))

    def _head_context(self, name: Token, arguments: list[Any]) -> Context:
        return Context(self.path(name, arguments))

    def _head_property(self, name: Token, arguments: list[Any]) -> Property:
        parent, arguments = self.parent(arguments)
        return Property(self.path(name, arguments), parent)

    def _head_journey(self, name: Token, arguments: list[Any]) -> JourneyValue:
        token = self.text(name, arguments)
        text = unquote(token, name=True)
        if "$" in split_path(text):
            raise token.error("journey() reads one value, and $ stands for many; name one value.")
        return JourneyValue(text)

    def _head_audience(self, name: Token, arguments: list[Any]) -> InAudience:
        return InAudience(unquote(self.text(name, arguments)))

    def _head_literal(self, name: Token, arguments: list[Any]) -> Literal | Instant:
        if len(arguments) != 1 or not isinstance(built := self.build(arguments[0]), Literal | Instant):
            raise name.error("literal() takes one number, text in quotes, date, true or false.")
        return built

    def _unknown(self, name: Token, kind: str, among: tuple[str, ...], mend: str, where: str = "") -> QueryError:
        meant = functions.closest(name.text, among)
        return name.error(
            f"There is no {kind} {name.text}(){where}; {f'did you mean {meant}()?' if meant else mend + '.'}"
        )

    # links

    def _link(self, tree: Tree[Any]) -> Built:
        """Build a chain one call longer."""
        left = self.build(tree.children[0])
        name, arguments = self._parts(tree.children[1])
        if isinstance(left, Stream):
            return self._after_stream(left, name, arguments)
        if isinstance(left, CONDITIONS):
            raise name.error(
                f"The comparison is finished, so {name.text}() cannot follow it; join conditions with AND or OR."
            )
        if isinstance(left, Reduce) and left.kind == "unique":
            if name.text != "count":
                raise name.error("Only count() can follow unique(); write .count().")
            self.no_arguments(name, arguments)
            return replace(left, kind="unique_count")
        return self._after_scalar(left, name, arguments)

    def _after_stream(self, stream: Stream, name: Token, arguments: list[Any]) -> Built:
        match name.text:
            case "where":
                if len(arguments) != 1:
                    raise name.error("where() takes one condition; join several with AND or OR.")
                return self._where(stream, self.condition(arguments[0]))
            case "within" | "between":
                window = self._window(name, arguments)
                self.places[id(window)] = name
                return replace(stream, windows=(*stream.windows, window))
            case "sources":
                found = (*stream.exclude, *self.sources(name, arguments))
                return replace(stream, exclude=tuple(dict.fromkeys(found)))
            case "expires_after":
                return replace(stream, session=self._session(stream, name, arguments))
            case "count":
                self.no_arguments(name, arguments)
                return Reduce("count", stream)
            case reducer if reducer in functions.REDUCERS:
                return self._reduce(stream, name, arguments)
            case comparator if comparator in functions.DATE_FUNCTIONS:
                raise name.error(
                    f"{name.text}() compares a date, and events are none; for recent events write within(...)."
                )
            case comparator if comparator in functions.COMPARATORS:
                raise name.error(
                    f"The events must be counted before they are compared: write .count().{functions.called(comparator)}."
                )
        raise self._unknown(
            name, "function", functions.AFTER_STREAM, "write .count(), .where(...) or .within(...)", " after event()"
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
            return self.compared(
                Compare(left, functions.SYMBOL_FUNCTIONS[name.text], (self.scalar(arguments[0]),)), name
            )
        if name.text in functions.LITERAL_FUNCTIONS:
            op, takes = functions.LITERAL_FUNCTIONS[name.text]
            if takes == 0:
                self.no_arguments(name, arguments)
            elif (takes and len(arguments) != takes) or not arguments:
                raise name.error(f"{name.text}() takes {'one value' if takes else 'one or more values'}.")
            values = tuple(self._constant(name, argument) for argument in arguments)
            return self.compared(Compare(left, op, values), name)
        if name.text in functions.DATE_FUNCTIONS:
            return self.compared(self._date_compared(left, name, arguments), name)
        if name.text in functions.AFTER_STREAM:
            self._refuse_reducing(left, name)
        raise self._unknown(name, "comparison", functions.COMPARATORS, "write = 'x', .one_of(...) or .exists()")

    def _refuse_reducing(self, left: Scalar, name: Token) -> NoReturn:
        if isinstance(left, Reduce):
            if name.text in functions.FILTERS:
                raise name.error(f"{name.text}() must stand before {left.kind}().")
            raise name.error(f"{name.text}() cannot follow {left.kind}(); compare its value.")
        if name.text == "within" and not isinstance(left, Literal):
            raise name.error("within() works on events; for a date write within_last(...) or within_next(...).")
        kind = "constant" if isinstance(left, Literal | Instant) else type(left).__name__.lower()
        kind = kind.replace("journeyvalue", "journey value")
        raise name.error(
            f"{name.text}() works on events, not on a {kind}; compare its value, or write event('...').{functions.called(name.text)}."
        )

    def _date_compared(self, left: Scalar, name: Token, arguments: list[Any]) -> CompareDate:
        op, takes = functions.DATE_FUNCTIONS[name.text]
        if len(arguments) != 1:
            example = f"{name.text}({'2020-01-31' if takes == 'date' else '30 days'})"
            raise name.error(f"{name.text}() takes one {takes}: {example}.")
        if takes == "date":
            return CompareDate(left, op, self.date(arguments[0], name))
        # Within nothing of now is an instant that no date hits; beyond nothing is before or after now.
        read = self.some_duration if op in ("within_last", "within_next") else self.duration
        return CompareDate(left, op, read(arguments[0], name))

    def _constant(self, name: Token, argument: Any) -> Literal | Instant:
        value = self.scalar(argument)
        if not isinstance(value, Literal | Instant):
            raise self.first(argument).error(
                f"{name.text}() takes constants only: numbers, texts in quotes, dates, true or false."
            )
        return value

    def _reduce(self, stream: Stream, name: Token, arguments: list[Any]) -> Reduce:
        kind = functions.REDUCERS[name.text]
        example = f"{name.text}(property('...'))"
        least = self._least_frequency(arguments.pop()) if kind == "mode" and len(arguments) == 2 else LEAST_FREQUENCY
        if len(arguments) != 1:
            raise name.error(f"{name.text}() takes one property: {example}.")
        argument, cast = arguments[0], None
        if argument.data == "cast":
            cast = self._read_as(name, self.first(argument.children[2]))
            argument = argument.children[0]
        if argument.data != "call":
            raise self.first(argument).error(f"{name.text}() takes a property: {example}.")
        value = self.build(argument)
        if isinstance(value, Context):
            return Reduce(kind, stream, value.path, True, cast, least)
        if not isinstance(value, Property):
            raise self.first(argument).error(f"{name.text}() takes a property: {example}.")
        if value.parent:
            raise self.first(argument).error(f"{name.text}() takes a property of its own events, without parent:.")
        return Reduce(kind, stream, value.path, False, cast, least)

    def _read_as(self, name: Token, cast: Token) -> Cast | None:
        """Return what `as` says, None for what is meant anyway."""
        known = functions.CASTS.get(name.text)
        if known is None:
            raise cast.error(f"as {cast.text} has no meaning in {name.text}(); take it away.")
        for one in known:
            if one == cast.text:
                return None if one == known[0] else one
        words = ", ".join(f"as {one}" for one in known[:-1])
        raise cast.error(f"There is no as {cast.text} in {name.text}(); it knows {words} and as {known[-1]}.")

    def _least_frequency(self, argument: Any) -> int:
        value = self.build(argument)
        if not isinstance(value, Literal) or type(value.value) is not int or value.value < 1:
            raise self.first(argument).error("The least frequency of mode() is a whole number from 1.")
        return value.value

    def _session(self, stream: Stream, name: Token, arguments: list[Any]) -> Duration:
        if stream.session is not None:
            raise name.error("A chain has one session; take one of the two expires_after() away.")
        if len(arguments) != 1:
            raise name.error("expires_after() takes one duration: expires_after(30 minutes).")
        gap = self.some_duration(arguments[0], name)
        self.places[id(gap)] = name
        return gap

    # windows

    def _window(self, name: Token, arguments: list[Any]) -> Window:
        if name.text == "within":
            parent, arguments = self.parent(arguments)
            if len(arguments) != 1:
                raise name.error("within() takes one duration: within(30 days).")
            return Window(self.some_duration(arguments[0], name), parent=parent)
        parent, arguments = self.parent(arguments)
        if len(arguments) != 2:
            raise name.error("between() takes two durations, the shorter one first: between(30 days, 90 days).")
        a, b = (self.duration(argument, name) for argument in arguments)
        if a.us >= b.us:
            raise self.first(arguments[0]).error(
                "between() takes the shorter duration first: between(30 days, 90 days)."
            )
        return Window(a, b, parent)


class Parsed(NamedTuple):
    """A tree, by `id(node)` the token at which a node begins, and that of a comparison's operator."""

    expression: Expression
    places: dict[int, Token]
    operators: dict[int, Token]


def build(tree: Tree[Any], tokens: Sequence[Token]) -> Parsed:
    """Return the expression and its places; raise QueryError."""
    builder = Builder(tokens)
    built = builder.build(tree)
    if isinstance(built, Stream):
        raise builder.value_alone(tree, built)
    return Parsed(built, builder.places, builder.operators)


def require_condition(expression: Expression, place: Token | None) -> Condition:
    """Return `expression` when it is true or false, else raise QueryError at `place`."""
    if isinstance(expression, CONDITIONS):
        return expression
    line, column = (place.line, place.column) if place else (1, 1)
    raise QueryError(VALUE_ALONE, line, column)
