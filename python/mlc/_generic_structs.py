"""Structs that leave types open: Python types of them, whose methods are compiled when somebody uses them."""

import re
import types

from mlc._generic import Generic, places_of, signature
from mlc._types_of import NUMBERS, SCALARS

NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*")


def add_struct(home, construct, has_init, parameters, methods, names):
    """Gives a module a struct that leaves types open; to another struct, its generic methods."""
    members = [Member(kind, is_typed, *function) for kind, is_typed, function in methods]
    if parameters:
        setattr(home.shared[1], construct[0], GenericStruct(home, construct, has_init, parameters, members, names))
    elif (kind := getattr(home.shared[1], construct[0], None)) is not None and hasattr(kind, "_members"):
        add_members(home, kind, members, {}, names)


class Member:
    """A method as its struct has it."""

    def __init__(self, kind, is_typed, name, doc, parameters):
        self.kind = kind
        self.name = name
        self.doc = doc
        self.parameters = parameters
        # With types for all, and a fixed number, it is compiled before it is called.
        self.is_whole = is_typed and all(kind not in ("VarPositional", "VarKeyword") for _, kind, _, _ in parameters)

    def expression(self, owner, receiver, given, keywords):
        """Its call; of a static method `receiver` is none of the arguments."""
        if self.kind == "property":
            return f"{receiver}.{self.name}"
        return f"{owner if self.kind == 'static' else receiver}.{self.name}({', '.join(given + keywords)})"


class GenericStruct(Generic):
    """A struct that leaves types open: `Box[int]` is a type, and `Box(3)` makes one of the types of the arguments."""

    def __init__(self, home, construct, has_init, parameters, members, names):
        super().__init__(home, *construct)
        is_typed = all(annotation is not None for _, _, annotation, _ in construct[2])
        self._construct = Member("static", is_typed, *construct) if has_init else None
        self._parameters = parameters
        self._members = members
        self._names = names
        # Its types, by the names that the compiler gives them, and by what was asked for.
        self._known = {}
        self._asked = {}
        for member in members:
            if member.kind == "static":
                setattr(self, member.name, MethodByTypes(home, self.__name__, member))

    def __repr__(self):
        return f"<generic struct {self.__name__} of {self.__module__}>"

    def __reduce__(self):
        return self.__name__

    def __getitem__(self, items):
        imports = {}
        texts = tuple(self._spelled(item, imports) for item in (items if isinstance(items, tuple) else (items,)))
        if len(texts) != len(self._parameters):
            expected = ", ".join(self._parameters)
            raise TypeError(f"{self.__name__}: expected types for {expected}, found {len(texts)}")
        return self._type_of(texts, tuple(imports))

    def _type_of(self, texts, imports):
        key = texts, imports
        if key not in self._asked:
            text = self._home.imports([self.__name__], places=imports)
            text += f"\ndef type_of(value: {self.__name__}[{', '.join(texts)}]):\n    pass\n"
            with self._lock:
                if key not in self._asked:
                    self._asked[key] = self._home.compiled(text, self.__name__)[2]
        return self._asked[key]

    def _spelled(self, item, imports):
        """A type as the language writes it; `imports` gets the modules and names of the structs in it."""
        if found := NUMBERS.get(type(None) if item is None else item) if isinstance(item, type | None) else None:
            return found
        if isinstance(item, types.GenericAlias) and item.__origin__ in (list, tuple):
            inner = ", ".join(self._spelled(each, imports) for each in item.__args__)
            return f"[{inner}]" if item.__origin__ is list else f"tuple[{inner}]"
        if isinstance(item, type) and hasattr(item, "_of_fields"):
            imports.update(dict.fromkeys(places_of(item)))
            return getattr(item, "_spelling", item.__name__)
        if isinstance(item, str):
            imports.update({(self.__module__, name): None for name in NAME.findall(item) if is_struct(self._home.shared[1], name)})
            return item
        if type(item) in (int, bool):
            return repr(item)
        scalar = SCALARS.get(getattr(item, "name" if hasattr(item, "itemsize") and not isinstance(item, type) else "__name__", None))
        if scalar is None:
            raise TypeError(f"{self.__name__}: expected a type, found {item!r}")
        return scalar

    def _adopt(self, name, kind, maker):
        """Makes a type of this struct one of the module's; the module `maker` had it compiled."""
        if name in self._known:
            return
        inside = name.partition("[")[2][:-1]
        places = {(self.__module__, each): None for each in self._names if each in NAME.findall(inside)}
        places |= {
            place: None
            for each in NAME.findall(inside)
            if is_struct(maker, each)
            for place in places_of(getattr(maker, each))
        }
        kind.__module__ = self.__module__
        texts = tuple(map(in_brackets, split(inside)))
        kind._spelling = f"{self.__name__}[{', '.join(texts)}]"
        kind._arguments = tuple(places)
        kind.__reduce__ = lambda value: (restore, (self, texts, kind._arguments, value._plain()))
        bound = dict(zip(self._parameters, texts))
        if self._construct and ("__init__", "static") not in kind._members:
            if self._construct.is_whole:
                construct = Pending(self._home, kind, self._construct, bound, self._names)
            else:
                construct = ConstructorByTypes(self._home, kind, self._construct)
            kind.__new__ = staticmethod(lambda cls, *args, **kwargs: construct(*args, **kwargs))
            kind.__signature__ = kind._constructor(construct)
        add_members(self._home, kind, self._members, bound, self._names)
        self._known.setdefault(name, kind)


def is_struct(module, name):
    found = getattr(module, name, None)
    return hasattr(found, "_of_fields") or isinstance(found, GenericStruct)


def restore(struct, texts, imports, values):
    """Makes an unpickled value, whose fields are known."""
    return struct._type_of(texts, imports)._of_fields(*values)


def split(text):
    """The parts between commas that stand in no brackets."""
    parts, depth = [""], 0
    for char in text:
        depth += (char in "[(") - (char in "])")
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts]


def in_brackets(text):
    """A type among those of a struct, where the parts of a tuple would be types by themselves."""
    return f"tuple[{text[1:-1].rstrip(',')}]" if text.startswith("(") else text


def add_members(home, kind, members, bound, names):
    """Gives a type the methods of its struct that were not compiled with it."""
    for member in members:
        if (member.name, member.kind) in kind._members:
            continue
        if member.is_whole:
            made = Pending(home, kind, member, bound, names)
        else:
            made = MethodByTypes(home, kind.__name__.partition("[")[0], member)
        before = kind.__dict__.get(member.name)
        if member.kind == "static":
            made = staticmethod(made)
        elif member.kind == "property":
            made = property(made, getattr(before, "fset", None), doc=member.doc)
        elif member.kind == "setter":
            made = (before if isinstance(before, property) else property()).setter(made)
        setattr(kind, member.name, made)


class Pending:
    """A method of a type whose types are all known, which is compiled when it is first called."""

    def __init__(self, home, kind, member, bound, names):
        self._home, self._kind, self._member, self._bound, self._names = home, kind, member, bound, names
        self._function = None
        self.__name__, self.__doc__, self.__module__ = member.name, member.doc, home.name
        self.__signature__ = signature(member.parameters)

    def __repr__(self):
        return f"<method {self.__name__} of {self._kind.__name__}>"

    def __get__(self, value, owner=None):
        return self if value is None else types.MethodType(self, value)

    def __call__(self, *args, **kwargs):
        function = self._function
        if function is None:
            with self._home.lock:
                function = self._function = self._function or self._compiled()
                if self._member.kind == "method":
                    setattr(self._kind, self.__name__, function)
        return function(*args, **kwargs)

    def _compiled(self):
        member, kind = self._member, self._kind
        spelling = getattr(kind, "_spelling", kind.__name__)
        struct = kind.__name__.partition("[")[0]
        taken, given, keywords, before = [], [], [], None
        for position, (name, how, annotation, default) in enumerate(member.parameters):
            if how != "PositionalOnly" and before == "PositionalOnly":
                taken.append("/")
            if how == "KeywordOnly" != before:
                taken.append("*")
            before = how
            receives = member.kind != "static" and position == 0
            type_text = spelling if receives else NAME.sub(lambda found: self._bound.get(found[0], found[0]), annotation)
            taken.append(f"{name}: {type_text}" + ("" if default is None else f" = {default}"))
            if not receives:
                (keywords if how == "KeywordOnly" else given).append(f"{name}={name}" if how == "KeywordOnly" else name)
        if before == "PositionalOnly":
            taken.append("/")
        receiver = member.parameters[0][0] if member.kind != "static" else None
        # What begins with an underscore is private to its source.
        name = member.name.lstrip("_")
        if name == struct:
            name = "make"
            body = f"return {spelling}({', '.join(given + keywords)})"
        elif member.kind == "setter":
            body = f"{receiver}.{member.name} = {given[0]}"
        else:
            body = f"return {member.expression(struct, receiver, given, keywords)}"
        home = self._home
        text = home.imports(self._names, [kind])
        text += f"\ndef {name}({', '.join(taken)}):\n    {body}\n"
        made = getattr(home.compiled(text, f"{kind.__name__}.{member.name}")[0], name)
        if member.kind != "method":
            return made
        method = kind._method(member.name, made)
        method.__name__, method.__doc__ = member.name, member.doc
        return method


class MethodByTypes(Generic):
    """A method some of whose parameters have no types: compiled for those of the arguments."""

    def __init__(self, home, struct, member):
        super().__init__(home, member.name.strip("_"), member.doc, member.parameters)
        self._struct = self._imported = struct
        self._member = member

    def __get__(self, value, owner=None):
        return self if value is None else types.MethodType(self, value)

    def __repr__(self):
        return f"<generic method {self._struct}.{self._member.name} of {self.__module__}>"

    def _expression(self, given, keywords):
        if self._member.kind == "static":
            return self._member.expression(self._struct, None, given, keywords)
        return self._member.expression(self._struct, given[0], given[1:], keywords)


class ConstructorByTypes(Generic):
    """What makes values of one type of a struct whose `__init__` has parameters without types."""

    def __init__(self, home, kind, member):
        super().__init__(home, member.name, member.doc, member.parameters)
        self._kind = kind

    def _call_of(self, plain, named, structs):
        return super()._call_of(plain, named, [*structs, self._kind])

    def _expression(self, given, keywords):
        return f"{self._kind._spelling}({', '.join(given + keywords)})"
