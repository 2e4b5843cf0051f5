//! What the exact check in front of `a[p[i]] = x[i]` costs: the parallel loop, which proves when it runs that no place of `p` comes
//! twice, beside the serial loop, for places in order and for a permutation that leaves no two neighbors together.
//!
//! The check reads `p` and sets one bit for each place; the loop reads `p` and `x` and writes `a`.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use mlc::{JitModule, Options, Session, Source};
use std::ffi::c_void;

const SOURCE: &str = "
fn checked(inout a: [f64], p: [Int], x: [f64]):
    parallel for i in range(len(p)):
        a[p[i]] = x[i]

fn serial(inout a: [f64], p: [Int], x: [f64]):
    for i in range(len(p)):
        a[p[i]] = x[i]
";

/// 80 MB for each of the three lists.
const ELEMENTS: usize = 10_000_000;
/// Odd, not a multiple of 5: what a multiplication by it gives modulo [`ELEMENTS`] is a permutation.
const STRIDE: usize = 7_368_787;

/// The header of a list of somebody else's memory.
#[repr(C)]
struct List<T> {
    data: *mut T,
    length: i64,
    capacity: i64,
}

fn list<T>(data: &mut [T]) -> List<T> {
    List {
        data: data.as_mut_ptr(),
        length: data.len() as i64,
        capacity: 0,
    }
}

type Scatter = extern "C" fn(*mut List<f64>, *const List<i64>, *const List<f64>) -> i32;

fn function(module: &JitModule, name: &str) -> Scatter {
    let address = module.lookup(name).expect("the function is exported");
    // SAFETY: this is the C signature of both functions, as the emitted header has it.
    unsafe { std::mem::transmute::<*const c_void, Scatter>(address) }
}

fn scatter(criterion: &mut Criterion) {
    let session = Session::new(Options::default()).expect("the default options are valid");
    let module = session
        .compile(&Source::mlc("scatter.mlc", SOURCE))
        .and_then(|compiled| compiled.jit())
        .expect("the source compiles");
    let mut a = vec![0.0; ELEMENTS];
    let mut x: Vec<f64> = (0..ELEMENTS).map(|i| i as f64).collect();
    let orders: [(&str, Vec<i64>); 2] = [
        ("in order", (0..ELEMENTS as i64).collect()),
        (
            "permuted",
            (0..ELEMENTS)
                .map(|i| (i * STRIDE % ELEMENTS) as i64)
                .collect(),
        ),
    ];

    let mut group = criterion.benchmark_group("scatter 10^7 f64");
    group.sample_size(10);
    group.throughput(Throughput::Elements(ELEMENTS as u64));
    for (order, mut places) in orders {
        for name in ["serial", "checked"] {
            let function = function(&module, name);
            let (mut a, p, x) = (list(&mut a), list(&mut places), list(&mut x));
            group.bench_function(BenchmarkId::new(name, order), |bencher| {
                bencher.iter(|| {
                    let status = function(&raw mut a, &raw const p, &raw const x);
                    assert_eq!(status, 0);
                });
            });
        }
        let (first, last) = (places[1] as usize, places[ELEMENTS - 1] as usize);
        assert_eq!((a[first], a[last]), (1.0, (ELEMENTS - 1) as f64));
    }
    group.finish();
}

criterion_group!(benches, scatter);
criterion_main!(benches);
