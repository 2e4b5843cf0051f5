use expect_test::expect;

use crate::{errors, hir};

#[test]
fn methods_constructors_properties() {
    hir(
        r#"
struct Particle:
    pos: [f32; 3]
    mass: f32 = 1.0

    fn kinetic(self, speed: f32) -> f32:
        return 0.5 * self.mass * speed * speed

    fn push(self, dv: [f32; 3]):
        for i in range(3):
            self.pos[i] += dv[i]

    @staticmethod
    fn unit() -> Particle:
        return Particle(pos=[0.0, 0.0, 0.0])

    @property
    fn x(self) -> f32:
        return self.pos[0]

fn use(p: Particle) -> f32:
    q = Particle.unit()
    q.push(p.pos)
    q.mass = 2
    return p.kinetic(2) + q.x
"#,
        expect![[r#"
            struct Particle:
                pos: [f32; 3]
                mass: f32

            fn use(borrowed p: Particle) raises -> f32:
                q: Particle = Particle.unit()
                Particle.push(&mut q, p.pos)
                store q.mass = 2.0:f32
                return (Particle.kinetic(&p, 2.0:f32) + Particle.x(&q))

            fn Particle.kinetic(borrowed self: Particle, speed: f32) -> f32:
                return (((0.5:f32 * self.mass) * speed) * speed)

            fn Particle.push(inout self: Particle, dv: [f32; 3]) raises:
                for i in range(0, 3):
                    update self.pos[i] += dv[i]

            fn Particle.unit() -> Particle:
                return Particle(pos=array[0.0:f32, 0.0:f32, 0.0:f32], mass=1.0:f32)

            fn Particle.x(borrowed self: Particle) -> f32:
                return self.pos[unchecked 0]
        "#]],
    );
}

#[test]
fn operators_are_methods() {
    hir(
        r#"
struct V:
    x: f64

    fn __add__(self, other: V) -> V:
        return V(self.x + other.x)

    fn __mul__(self, k: f64) -> V:
        return V(self.x * k)

    fn __rmul__(self, k: f64) -> V:
        return V(self.x * k)

    fn __lt__(self, other: V) -> Bool:
        return self.x < other.x

fn use(a: V, b: V) -> Bool:
    c = a + 2.0 * b
    return c < a and a == b
"#,
        expect![[r#"
            struct V:
                x: f64

            fn use(borrowed a: V, borrowed b: V) -> Bool:
                c: V = V.__add__(&a, &temporary(V.__rmul__(&b, 2.0)))
                return (V.__lt__(&c, &a) and (&a == &b))

            fn V.__add__(borrowed self: V, borrowed other: V) -> V:
                return V(x=(self.x + other.x))

            fn V.__mul__(borrowed self: V, k: f64) -> V:
                return V(x=(self.x * k))

            fn V.__rmul__(borrowed self: V, k: f64) -> V:
                return V(x=(self.x * k))

            fn V.__lt__(borrowed self: V, borrowed other: V) -> Bool:
                return (self.x < other.x)
        "#]],
    );
}

#[test]
fn wrong_fields() {
    errors(
        r#"
struct P:
    x: f64
    y: f64

fn f(p: P) -> f64:
    a = P(1)
    b = P(1, z=2)
    return p.z + p.nrom()

struct Loop:
    inner: Loop?
"#,
        expect![[r#"
            test.mlc:7:9: error[wrong-arguments]: missing field `y` of `P`
            test.mlc:8:14: error[wrong-arguments]: `P` has no field `z`
            test.mlc:9:14: error[unknown-attribute]: `P` has no field or method `z`
            test.mlc:9:20: error[unknown-attribute]: `P` has no field or method `nrom`
            test.mlc:12:12: error[recursive-struct]: `Loop` would contain itself and have no finite size
        "#]],
    );
}
