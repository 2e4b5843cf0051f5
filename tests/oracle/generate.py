"""Random programs in the subset that mlc shares with Python.

A program is one function `program_N` that takes nothing and prints what it computes; helpers that it calls stand
before it. Every program ends, and its integers stay below 2**62, so that 64-bit arithmetic and Python's agree. The
same seed and number give the same program on every machine.
"""

import random

INT, FLOAT, BOOL, STR, INTS, FLOATS, STRS = "int", "float", "bool", "str", "list[int]", "list[float]", "list[str]"
SCALARS = [INT, FLOAT, BOOL, STR]
LISTS = {INTS: INT, FLOATS: FLOAT, STRS: STR}
EXCEPTIONS = ["IndexError", "ZeroDivisionError", "ValueError"]


class Scope:
    """The variables in reach, by type. `fixed` ones are read only: loop variables, and lists being iterated over."""

    def __init__(self):
        self.variables = {}
        self.fixed = set()

    def of(self, ty, writable=False):
        return [n for n, t in self.variables.items() if t == ty and not (writable and n in self.fixed)]


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.names = 0
        self.helpers = []
        self.loops = 0

    def name(self, prefix="v"):
        self.names += 1
        return f"{prefix}{self.names}"

    def pick(self, options):
        return self.random.choice(options)

    def chance(self, probability):
        return self.random.random() < probability

    # ---- expressions

    def expression(self, ty, scope, depth):
        variables = scope.of(ty)
        if ty not in LISTS and (depth <= 0 or self.chance(0.25)):
            return self.pick(variables) if variables and self.chance(0.7) else self.literal(ty)
        makers = {
            INT: self.int_expression,
            FLOAT: self.float_expression,
            BOOL: self.bool_expression,
            STR: self.str_expression,
        }
        if ty in LISTS:
            return self.list_expression(ty, scope, depth)
        return makers[ty](scope, depth)

    def literal(self, ty):
        if ty == INT:
            return self.pick(["0", "1", "2", "3", "7", "-1", "-5", "10", "63", "100", "-1000", "0x1f", "0b101", "1_000"])
        if ty == FLOAT:
            return self.pick(["0.0", "1.0", "-1.5", "0.1", "3.25", "1e-3", "2.5e4", "-0.0", "7.0", "0.3333"])
        if ty == BOOL:
            return self.pick(["True", "False"])
        return self.pick(["''", "'a'", "'xyz'", "'hello world'", "'0'", "'Ab, c'", "'tab\\t'", '"quote\'s"'])

    def small(self, scope, depth):
        """An integer expression of less than 2**20."""
        return f"({self.expression(INT, scope, depth)}) % {self.pick([2, 3, 10, 97, 1000, 65536])}"

    def int_expression(self, scope, depth):
        d = depth - 1
        e = lambda: self.expression(INT, scope, d)
        kind = self.random.randrange(17)
        if kind <= 1:
            return f"({e()} + {e()}) % 1000003"
        if kind == 2:
            return f"({e()} - {e()})"
        if kind == 3:
            return f"({self.small(scope, d)}) * ({self.small(scope, d)})"
        if kind == 4:
            return f"({e()} // {e()})"
        if kind == 5:
            return f"({e()} % {e()})"
        if kind == 6:
            return f"({e()} {self.pick(['&', '|', '^'])} {e()})"
        if kind == 7:
            return f"({self.small(scope, d)} << {self.random.randrange(20)})"
        if kind == 8:
            return f"({e()} >> {self.random.randrange(70)})"
        if kind == 9:
            return f"(-{e()})" if self.chance(0.5) else f"(~{e()})"
        if kind == 10:
            return f"abs({e()})"
        if kind == 11:
            return f"{self.pick(['min', 'max'])}({e()}, {e()})"
        if kind == 12:
            return f"({e()} if {self.expression(BOOL, scope, d)} else {e()})"
        if kind == 13:
            return f"int({self.expression(BOOL, scope, d)})"
        if kind == 14:
            lists = scope.of(INTS)
            if lists:
                chosen = self.pick(lists)
                return self.pick([f"{chosen}[{e()}]", f"{chosen}[{self.small(scope, d)} % (len({chosen}) + 1)]",
                                  f"sum({chosen}) % 1000003", f"len({chosen})", f"max({chosen})", f"min({chosen})"])
            return e()
        if kind == 15:
            texts = scope.of(STR)
            if texts:
                return self.pick([f"len({self.pick(texts)})", f"{self.pick(texts)}.find('a')"])
            return f"len({self.expression(STR, scope, d)})"
        return self.call(INT, scope, d) or f"({self.small(scope, d)}) ** {self.random.randrange(4)}"

    def float_expression(self, scope, depth):
        d = depth - 1
        e = lambda: self.expression(FLOAT, scope, d)
        kind = self.random.randrange(12)
        if kind <= 3:
            return f"({e()} {self.pick(['+', '-', '*'])} {e()})"
        if kind == 4:
            return f"({e()} / (abs({e()}) + 1.0))"
        if kind == 5:
            return f"(-{e()})"
        if kind == 6:
            return f"{self.pick(['min', 'max'])}({e()}, {e()})"
        if kind == 7:
            return f"({e()} if {self.expression(BOOL, scope, d)} else {e()})"
        if kind == 8:
            return f"float({self.expression(INT, scope, d)})"
        if kind == 9:
            return f"({self.expression(INT, scope, d)} / {self.expression(INT, scope, d)})"
        if kind == 10:
            lists = scope.of(FLOATS)
            if lists:
                chosen = self.pick(lists)
                return self.pick([f"{chosen}[{self.expression(INT, scope, d)}]",
                                  f"{chosen}[{self.small(scope, d)} % (len({chosen}) + 1)]"])
        return self.call(FLOAT, scope, d) or f"abs({e()})"

    def bool_expression(self, scope, depth):
        d = depth - 1
        kind = self.random.randrange(9)
        if kind <= 3:
            ty = self.pick([INT, INT, FLOAT, STR])
            e = lambda: self.expression(ty, scope, d)
            if self.chance(0.2):
                return f"({e()} {self.pick(['<', '<='])} {e()} {self.pick(['<', '<=', '!='])} {e()})"
            return f"({e()} {self.pick(['<', '<=', '>', '>=', '==', '!='])} {e()})"
        if kind <= 5:
            e = lambda: self.expression(BOOL, scope, d)
            return f"({e()} {self.pick(['and', 'or'])} {e()})"
        if kind == 6:
            return f"(not {self.expression(BOOL, scope, d)})"
        if kind == 7:
            return f"({self.expression(STR, scope, d)} in {self.expression(STR, scope, d)})"
        lists = scope.of(INTS)
        return f"({self.expression(INT, scope, d)} in {self.pick(lists)})" if lists else "True"

    def str_expression(self, scope, depth):
        d = depth - 1
        e = lambda: self.expression(STR, scope, d)
        i = lambda: f"{self.expression(INT, scope, d)}"
        kind = self.random.randrange(12)
        if kind <= 1:
            return f"({e()} + {e()})[:40]"
        if kind == 2:
            return f"({e()} * {self.random.randrange(-1, 4)})[:40]"
        if kind == 3:
            return f"({e()})[{self.small(scope, d)} % 3:]"
        if kind == 4:
            return f"({e()})[{i()}:{i()}]"
        if kind == 5:
            return f"({e()})[::{self.pick([-1, 2, -2, 1])}]"
        if kind == 6:
            return f"str({self.expression(self.pick([INT, FLOAT, BOOL]), scope, d)})"
        if kind == 7:
            return f"({e()}).replace('a', {e()})[:40]"
        if kind == 8:
            return f"({e()}).strip()"
        if kind == 9:
            inner = self.expression(self.pick([INT, BOOL, STR]), scope, 0).replace("'", '"').replace("\\", "")
            return f"f'<{{{inner}}}>'" if "'" not in inner and '"' not in inner else e()
        if kind == 10:
            lists = scope.of(STRS)
            return f"{self.pick(['``', '`, `']).replace('`', chr(39))}.join({self.pick(lists)})[:40]" if lists else e()
        return f"({e()})[{self.small(scope, d)} % 2]"

    def list_expression(self, ty, scope, depth):
        element = LISTS[ty]
        d = depth - 1
        kind = self.random.randrange(6)
        e = lambda: self.expression(element, scope, d)
        if kind <= 1 or depth <= 0:
            return "[" + ", ".join(e() for _ in range(self.random.randrange(1, 5))) + "]"
        if kind == 2:
            return f"[{e()}] * {self.random.randrange(0, 6)}"
        variables = scope.of(ty)
        if kind == 3 and variables:
            i = lambda: self.pick(["", self.expression(INT, scope, 0)])
            step = self.pick(["", "", ":2", ":-1"])
            return f"{self.pick(variables)}[{i()}:{i()}{step}]"
        name = self.name("c")
        inner = Scope()
        inner.variables = dict(scope.variables)
        if kind == 4 and variables:
            inner.variables[name] = element
            condition = f" if {self.expression(BOOL, inner, 1)}" if self.chance(0.5) else ""
            return f"[{self.expression(element, inner, d)} for {name} in {self.pick(variables)}{condition}]"
        inner.variables[name] = INT
        condition = f" if {self.expression(BOOL, inner, 1)}" if self.chance(0.4) else ""
        return f"[{self.expression(element, inner, d)} for {name} in range({self.random.randrange(8)}){condition}]"

    def call(self, ty, scope, depth):
        helpers = [h for h in self.helpers if h[2] == ty]
        if not helpers or self.loops > 1:
            return None
        name, parameters, _ = self.pick(helpers)
        arguments = []
        for parameter in parameters:
            if parameter in LISTS:
                lists = scope.of(parameter)
                if not lists:
                    return None
                arguments.append(self.pick(lists))
            else:
                arguments.append(self.expression(parameter, scope, depth - 1))
        return f"{name}({', '.join(arguments)})"

    # ---- statements

    def bounded(self, ty, text):
        """Keeps what is stored from growing without end."""
        if ty == INT:
            return f"({text}) % 1000003" if self.chance(0.8) else f"max(-1000003, min({text}, 1000003))"
        if ty == FLOAT:
            return f"max(-1e9, min({text}, 1e9))" if self.chance(0.5) else text
        if ty == STR:
            return f"({text})[:60]"
        return text

    def block(self, scope, depth, indent):
        inner = Scope()
        inner.variables = dict(scope.variables)
        inner.fixed = set(scope.fixed)
        lines = []
        for _ in range(self.random.randrange(1, 4)):
            lines += self.statement(inner, depth, indent)
        return lines

    def statement(self, scope, depth, indent):
        pad = "    " * indent
        kind = self.random.randrange(16)
        if kind <= 3 or depth <= 0:
            ty = self.pick(SCALARS)
            names = scope.of(ty, writable=True)
            if names:
                return [f"{pad}{self.pick(names)} = {self.bounded(ty, self.expression(ty, scope, 3))}"]
        if kind == 4:
            names = scope.of(INT, writable=True)
            if names:
                target = self.pick(names)
                operator = self.pick(["+=", "-=", "^=", "|=", "&=", "//=", "%="])
                return [f"{pad}{target} {operator} {self.small(scope, 2)}", f"{pad}{target} %= 1000003"]
        if kind == 5:
            lists = [n for t in LISTS for n in scope.of(t, writable=True)]
            if lists:
                chosen = self.pick(lists)
                element = LISTS[scope.variables[chosen]]
                value = self.bounded(element, self.expression(element, scope, 2))
                index = self.expression(INT, scope, 1)
                return [self.pick([
                    f"{pad}{chosen}.append({value})",
                    f"{pad}{chosen}[{index}] = {value}",
                    f"{pad}if len({chosen}) > 0:\n{pad}    {chosen}[{self.small(scope, 1)} % len({chosen})] = {value}",
                    f"{pad}if len({chosen}) > 0:\n{pad}    {chosen}.pop()",
                    f"{pad}{chosen}.insert({index}, {value})",
                    f"{pad}{chosen}.reverse()",
                ])]
        if kind == 6:
            ty = self.pick(SCALARS + list(LISTS))
            names = scope.of(ty)
            if names:
                return [f"{pad}print({self.pick(names)})"]
            return [f"{pad}print({self.expression(INT, scope, 2)})"]
        if kind <= 8:
            lines = [f"{pad}if {self.expression(BOOL, scope, 2)}:"] + self.block(scope, depth - 1, indent + 1)
            if self.chance(0.3):
                lines += [f"{pad}elif {self.expression(BOOL, scope, 2)}:"] + self.block(scope, depth - 1, indent + 1)
            if self.chance(0.5):
                lines += [f"{pad}else:"] + self.block(scope, depth - 1, indent + 1)
            return lines
        if kind <= 11 and self.loops < 2:
            return self.loop(scope, depth, indent)
        if kind == 12:
            lines = [f"{pad}try:"] + self.block(scope, depth - 1, indent + 1)
            if self.chance(0.4):
                exception = self.pick(EXCEPTIONS)
                lines += [f"{pad}    if {self.expression(BOOL, scope, 1)}:", f"{pad}        raise {exception}('raised')"]
            for exception in self.random.sample(EXCEPTIONS, self.random.randrange(1, 3)):
                lines += [f"{pad}except {exception}:"] + self.block(scope, depth - 1, indent + 1)
            if self.chance(0.3):
                lines += [f"{pad}else:"] + self.block(scope, depth - 1, indent + 1)
            if self.chance(0.4):
                lines += [f"{pad}finally:"] + [f"{pad}    print('finally')"]
            return lines
        if kind == 13:
            pair = scope.of(INT, writable=True)
            if len(pair) >= 2:
                a, b = self.random.sample(pair, 2)
                return [f"{pad}{a}, {b} = {b}, {self.bounded(INT, self.expression(INT, scope, 1))}"]
        if kind == 14:
            ty = self.pick(list(LISTS))
            names = scope.of(ty, writable=True)
            if names:
                return [f"{pad}{self.pick(names)} = {self.list_expression(ty, scope, 2)}"]
        return [f"{pad}print({self.expression(self.pick(SCALARS), scope, 2)})"]

    def loop(self, scope, depth, indent):
        pad = "    " * indent
        inner = Scope()
        inner.variables = dict(scope.variables)
        inner.fixed = set(scope.fixed)
        self.loops += 1
        name = self.name("i")
        lists = [n for t in LISTS for n in scope.of(t)]
        kind = self.random.randrange(5)
        if kind == 0:
            head = [f"{pad}{name} = 0", f"{pad}while {name} < {self.random.randrange(1, 7)}:", f"{pad}    {name} += 1"]
            inner.variables[name] = INT
        elif kind == 1 and lists:
            chosen = self.pick(lists)
            inner.variables[name] = LISTS[scope.variables[chosen]]
            inner.fixed.add(chosen)
            head = [f"{pad}for {name} in {chosen}:"]
        elif kind == 2 and lists:
            chosen = self.pick(lists)
            item = self.name("i")
            inner.variables[name] = INT
            inner.variables[item] = LISTS[scope.variables[chosen]]
            inner.fixed |= {chosen, item}
            head = [f"{pad}for {name}, {item} in enumerate({chosen}):"]
        else:
            inner.variables[name] = INT
            start, stop, step = self.random.randrange(-3, 4), self.random.randrange(-3, 8), self.pick([1, 1, 2, -1, 3])
            head = [f"{pad}for {name} in range({start}, {stop}, {step}):"]
        inner.fixed.add(name)
        lines = head + self.block(inner, depth - 1, indent + 1)
        if self.chance(0.3):
            lines += [f"{pad}    if {self.expression(BOOL, inner, 1)}:", f"{pad}        {self.pick(['break', 'continue'])}"]
            lines += self.block(inner, depth - 2, indent + 1)
        if self.chance(0.15):
            lines += [f"{pad}else:"] + self.block(scope, depth - 2, indent + 1)
        self.loops -= 1
        return lines

    # ---- functions

    def helper(self):
        name = self.name("helper")
        parameters = [self.pick(SCALARS + list(LISTS)) for _ in range(self.random.randrange(1, 4))]
        result = self.pick([INT, FLOAT, BOOL, STR])
        scope = Scope()
        header = []
        for ty in parameters:
            parameter = self.name("p")
            scope.variables[parameter] = ty
            header.append(f"{parameter}: {ty}")
            if ty in LISTS:
                # A list that a caller still uses is not written here, so that it stays with the caller.
                scope.fixed.add(parameter)
        lines = [f"def {name}({', '.join(header)}) -> {result}:"]
        lines += self.declarations(scope, 1)
        for _ in range(self.random.randrange(1, 4)):
            lines += self.statement(scope, 2, 1)
        if self.chance(0.3):
            lines += [f"    if {self.expression(BOOL, scope, 2)}:",
                      f"        return {self.bounded(result, self.expression(result, scope, 2))}"]
        lines += [f"    return {self.bounded(result, self.expression(result, scope, 3))}", "", ""]
        self.helpers.append((name, parameters, result))
        return lines

    def declarations(self, scope, indent):
        pad = "    " * indent
        lines = []
        for ty in SCALARS:
            variable = self.name()
            lines.append(f"{pad}{variable} = {self.literal(ty)}")
            scope.variables[variable] = ty
        return lines

    def program(self, number):
        lines = []
        for _ in range(self.random.randrange(0, 3)):
            lines += self.helper()
        scope = Scope()
        lines += [f"def program_{number}():"] + self.declarations(scope, 1) + self.declarations(scope, 1)
        for ty in LISTS:
            variable = self.name("l")
            items = ", ".join(self.literal(LISTS[ty]) for _ in range(self.random.randrange(1, 6)))
            lines.append(f"    {variable} = [{items}]")
            scope.variables[variable] = ty
        for _ in range(self.random.randrange(3, 9)):
            lines += self.statement(scope, 3, 1)
        for variable, _ in scope.variables.items():
            lines.append(f"    print({variable})")
        return lines + ["", ""]


def program(seed, number):
    """The source of program `number`: its helpers, its function, and a call that prints how it ends."""
    generator = Generator(f"{seed}-{number}")
    generator.names = number * 1000
    lines = generator.program(number)
    lines += [
        "try:",
        f"    program_{number}()",
        "    print('end')",
        "except IndexError:",
        "    print('IndexError')",
        "except ZeroDivisionError:",
        "    print('ZeroDivisionError')",
        "except ValueError:",
        "    print('ValueError')",
        "except OverflowError:",
        "    print('OverflowError')",
    ]
    return "\n".join(lines) + "\n"
