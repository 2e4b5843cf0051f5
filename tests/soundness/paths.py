"""Ways through a function: `finally` and `else`, functions inside of it, choices between values, parallel loops."""


class Paths:
    """What `Maker` does on them."""

    def ensure(self, depth: int, frozen: set[str]) -> list[str]:
        """`try` with `finally`, and with `except` and `else`. What the body made is there behind it."""
        self.moved_in_tries.append(set())
        body, after = self.inside(depth, frozen)
        moved = self.moved_in_tries.pop()
        body.append("    " + self.step())
        self.live = {name: kind for name, kind in self.live.items() if name not in moved}
        self.moved_in_tries.append(set())
        finally_lines, _ = self.inside(depth + 1, frozen)
        moved = self.moved_in_tries.pop()
        self.live = {name: kind for name, kind in after.items() if name not in moved}
        return ["try:", *body, "finally:", *finally_lines]

    def otherwise(self, depth: int, frozen: set[str]) -> list[str]:
        """A loop with an `else`, which may be left."""
        index = self.fresh()
        outer = frozen | set(self.live)
        body, _ = self.inside(depth, outer)
        body.append(f"    if {self.number()} > {self.rng.randint(3, 6)}:")
        body.append("        break")
        orelse, after = self.inside(depth, frozen)
        self.live = {name: kind for name, kind in self.live.items() if name in after}
        return [f"for {index} in range(2):", *body, "else:", *orelse]

    def captured(self, depth: int, frozen: set[str]) -> list[str]:
        """Functions that change what they capture, and that are passed."""
        row, rows = self.any("[Int]"), self.any("[[Int]]")
        name, number = self.fresh(), self.number()
        options = [[f"acc += applied(lambda v: v * 2 + n, {number})"]]
        if row:
            options.append(
                [
                    f"fn {name}(v: Int):", "    nonlocal acc", f"    acc += v + len({row})", f"    {row}.append(v)",
                    f"{name}({number})", f"{name}(2)",
                ]
            )
            options.append([f"acc += applied(lambda v: v + len({row}), {number})"])
        if rows:
            options.append([f"fn {name}() -> [Int]:", f"    return [len(r) for r in {rows}]", f"acc += total({name}())"])
        return self.rng.choice(options)

    def choose(self, depth: int, frozen: set[str]) -> list[str]:
        """One of two values goes on."""
        one = self.part("[Int]", frozen, 0)
        other = self.part("[Int]", frozen, 0)
        name = self.fresh()
        lines = [f"{name} = {one} if {self.number()} > {self.number()} else {other}"]
        self.live[name] = "[Int]"
        return lines

    def leave_out(self, depth: int, frozen: set[str]) -> list[str]:
        """A value ends early."""
        name = self.pick(self.rng.choice(["[Int]", "[[Int]]", "P", "Cell"]), frozen)
        if not name:
            return self.new(depth, frozen)
        self.move(name)
        return [f"del {name}"]

    def methods(self, depth: int, frozen: set[str]) -> list[str]:
        """Methods of lists, and an element that leaves its list."""
        row, rows = self.any("[Int]"), self.any("[[Int]]")
        name, number = self.fresh(), self.number()
        options = [[f"if ({name} := {number}) > 2:", f"    acc += {name}"]]
        if row:
            options += [
                [f"{row}.sort()", f"{row}.insert(0, {number})", f"acc += {row}.pop()"],
                [f"{row}.extend([{number}, 2])", f"{row}.reverse()", f"del {row}[0]"],
            ]
        if rows:
            options += [
                [f"if len({rows}) > 1:", f"    {name} = {rows}.pop()", f"    {name}.append(3)", f"    acc += total({name})"],
                [f"if len({rows}) > 1:", f"    {name} = {rows}.pop(0)", f"    {rows}.append({name})"],
                [f"{rows}.insert(0, [{number}])", f"acc += len({rows}[-1])"],
            ]
        return self.rng.choice(options)

    def named(self, depth: int, frozen: set[str]) -> list[str]:
        """A name for a part that a `try` binds, used behind it."""
        name = self.fresh()
        return [
            "try:", f"    {name} = rows[{self.rng.randint(0, 5)}]", "    acc += 1", "except IndexError:",
            self.rng.choice([f"    {name} = rows[0]", "    return acc"]), f"{name}.append({self.number()})", f"acc += len({name})",
        ]

    def parallel(self, depth: int, frozen: set[str]) -> list[str]:
        """A parallel loop over values that are owned here; an error in it leaves the function."""
        rows, index, out = self.any("[[Int]]"), self.fresh(), self.fresh()
        self.steps += 1
        step = f"step(stop, {self.steps - 1} + {index})"
        options = [[f"{out}: [[Int]] = []", f"parallel for {index} in range(3):", f"    {step}", f"    {out}.append(made({index}, n))"]]
        if rows:
            options += [
                [f"parallel for {index} in {rows}:", f"    fill({index}, n)", f"    acc += total({index})"],
                [f"parallel for {index} in range(len({rows})):", f"    {step}", f"    {rows}[{index}].append({index})"],
            ]
        lines = self.rng.choice(options)
        if lines[0].startswith(out):
            self.live[out] = "[[Int]]"
        return lines
