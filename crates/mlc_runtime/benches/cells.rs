//! What it costs to make and free the cell of a small value, alone and with others alive.

use criterion::{Criterion, criterion_group, criterion_main};
use mlc_runtime::boxes::{mlc_rt_box_free, mlc_rt_box_new};

fn cells(criterion: &mut Criterion) {
    for bytes in [24, 200, 1000] {
        criterion.bench_function(&format!("a cell of {bytes} bytes"), |bencher| {
            bencher.iter(|| {
                let cell = std::hint::black_box(mlc_rt_box_new(bytes));
                // SAFETY: the cell was just made.
                unsafe { mlc_rt_box_free(cell) };
            });
        });
    }
    criterion.bench_function("16 cells of 24 bytes", |bencher| {
        bencher.iter(|| {
            let cells = std::hint::black_box([(); 16].map(|()| mlc_rt_box_new(24)));
            for cell in cells {
                // SAFETY: each cell was just made and is freed once.
                unsafe { mlc_rt_box_free(cell) };
            }
        });
    });
}

criterion_group!(benches, cells);
criterion_main!(benches);
