//! Source such as a person writes, of any length, with names of its own in every part and no error in it.

/// At least so many lines; parts of 60 lines hold a struct, functions of numbers, lists, arrays and strings, and calls.
pub fn source(lines: usize) -> String {
    let mut text = String::from("from math import sqrt\n\n");
    for index in 0..lines.div_ceil(60) {
        text += &PART.replace("{N}", &index.to_string());
    }
    text
}

const PART: &str = r#"struct Particle{N}:
    position: [f64; 3]
    velocity: [f64; 3]
    mass: f64 = 1.0

    fn energy(self) -> f64:
        total = 0.0
        for k in range(3):
            total += self.velocity[k] * self.velocity[k]
        return 0.5 * self.mass * total

    fn advance(inout self, dt: f64):
        """Moves it for a step of time."""
        for k in range(3):
            self.position[k] += dt * self.velocity[k]

fn scale_{N}(alpha: f32, x: [f32; _, _], inout y: [f32; _], limit: Int = 100) raises -> f32:
    """Scales the rows of `x` into `y`."""
    total: f32 = 0.0
    count_{N} = 0
    for i in range(len(y)):
        # rows are independent
        if i % 2 == 0 and y[i] < alpha * 3.5:
            y[i] += alpha * x[i, 0] - x[i, 1]
        elif y[i] > f32(limit) or not is_valid_{N}(i, y[i]):
            continue
        else:
            count_{N} += 1
            y[i] = max(y[i], x[i, -1] ** 2) / (1.0 + alpha)
    for value in y:
        total += value if value > 0.0 else -value
    if count_{N} > 10:
        print(f"step {count_{N}}: {total:.3f}", "of", limit)
        raise ValueError("too many rows")
    return total

fn is_valid_{N}(index: Int, value: f32) -> Bool:
    lower, upper = -1.0e3, 1.0e3
    return index >= 0 and lower < f64(value) <= upper

fn summary_{N}(words: [String], weights: [f64]) -> String:
    parts: [String] = []
    best = 0.0
    for i, word in enumerate(words):
        weight = weights[i] if i < len(weights) else 0.0
        best = max(best, weight)
        if word.startswith("x") or len(word) > 12:
            parts.append(word.strip() + "-" + str(i))
    squares = [w * w for w in weights if w > 0.25]
    while len(squares) > 3:
        best += sqrt(squares.pop())
    return ", ".join(parts) + f" ({best})"

fn run_{N}(steps: Int) -> f64:
    p = Particle{N}([0.0, 0.0, 0.0], [1.0, 0.5, -0.25], mass=2.0)
    for step in range(steps):
        p.advance(0.01)
    try:
        assert p.energy() > 0.0, "at rest"
    except AssertionError as error:
        print(error)
    return p.energy() + p.position[0] * 2.0

"#;
