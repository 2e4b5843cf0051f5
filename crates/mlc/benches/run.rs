//! Run times of compiled loops on arrays larger than the caches, as bytes per second over what they must move.
//!
//! `benches/peers` holds the same loops beside C in one run; here a change of the compiler is held against the last one.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mlc::{JitModule, Options, Session, Source};
use std::{ffi::c_void, hint::black_box, ptr::null_mut};

const SOURCE: &str = "
fn scale(x: [f32], inout y: [f32]):
    parallel for i in range(len(x)):
        y[i] = x[i] * 2

fn total(x: [f32]) -> f32:
    s: f32 = 0.0
    parallel for v in x:
        s += v
    return s

fn normalize(batch: [f32; _, _], inout out: [f32; _, _]):
    parallel for i in range(batch.shape[0]):
        t: f32 = 0.0
        for j in range(batch.shape[1]):
            t += batch[i, j]
        for j in range(batch.shape[1]):
            out[i, j] = batch[i, j] / t
";

/// Elements of the lists: 256 MiB of `f32`.
const ELEMENTS: usize = 64 << 20;
/// Rows, and columns, of the matrices.
const SIDE: usize = 4096;

/// The header of a list of somebody else's memory.
#[repr(C)]
struct List {
    data: *mut f32,
    length: i64,
    capacity: i64,
}

/// The header of a matrix of somebody else's memory.
#[repr(C)]
struct Matrix {
    allocated: *mut f32,
    data: *mut f32,
    offset: i64,
    extents: [i64; 2],
    strides: [i64; 2],
}

fn list(data: &mut [f32]) -> List {
    List {
        data: data.as_mut_ptr(),
        length: data.len() as i64,
        capacity: 0,
    }
}

fn matrix(data: &mut [f32]) -> Matrix {
    let side = SIDE as i64;
    Matrix {
        allocated: null_mut(),
        data: data.as_mut_ptr(),
        offset: 0,
        extents: [side, side],
        strides: [side, 1],
    }
}

fn function(module: &JitModule, name: &str) -> *const c_void {
    module.lookup(name).expect("the function is exported")
}

fn run(criterion: &mut Criterion) {
    let session = Session::new(Options::default()).expect("the default options are valid");
    let source = Source::mlc("loops.mlc", SOURCE);
    let module = session
        .compile(&source)
        .and_then(|compiled| compiled.jit())
        .expect("the source compiles");
    // SAFETY: these are the C signatures of the three functions, as the emitted header has them.
    let (scale, total, normalize) = unsafe {
        (
            std::mem::transmute::<*const c_void, extern "C" fn(*const List, *mut List) -> i32>(
                function(&module, "scale"),
            ),
            std::mem::transmute::<*const c_void, extern "C" fn(*const List) -> f32>(function(
                &module, "total",
            )),
            std::mem::transmute::<*const c_void, extern "C" fn(*const Matrix, *mut Matrix) -> i32>(
                function(&module, "normalize"),
            ),
        )
    };
    let mut x: Vec<f32> = (0..ELEMENTS).map(|i| (i % 1000) as f32 + 1.0).collect();
    let mut y = vec![0.0; ELEMENTS];

    let mut group = criterion.benchmark_group("run");
    group.sample_size(10);
    let bytes = |elements: usize| Throughput::Bytes((elements * size_of::<f32>()) as u64);
    group.throughput(bytes(2 * ELEMENTS));
    group.bench_function("scale 64 Mi f32", |bencher| {
        let (from, mut to) = (list(&mut x), list(&mut y));
        bencher.iter(|| assert_eq!(scale(&raw const from, &raw mut to), 0));
    });
    group.throughput(bytes(ELEMENTS));
    group.bench_function("sum 64 Mi f32", |bencher| {
        let from = list(&mut x);
        bencher.iter(|| black_box(total(&raw const from)));
    });
    group.throughput(bytes(2 * SIDE * SIDE));
    group.bench_function("normalize 4096 rows", |bencher| {
        let (from, mut to) = (matrix(&mut x[..SIDE * SIDE]), matrix(&mut y[..SIDE * SIDE]));
        bencher.iter(|| assert_eq!(normalize(&raw const from, &raw mut to), 0));
    });
    group.finish();
}

criterion_group!(benches, run);
criterion_main!(benches);
