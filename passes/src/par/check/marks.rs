//! The quick way to see that no two writes of a loop meet: a bit for each place, set in code that needs no call.
//!
//! ```mlir
//! %marks = call @mlc_rt_race_marks(%places)
//! … call @mlc.race.mark(%marks, %place)
//! %apart = call @mlc_rt_race_marks_apart(%marks)
//! ```

use crate::emit;
use mlc_mlir::rewrite::{Blk, Cursor, Val, ops, parse_module_into, results, string_attribute};
use std::collections::HashSet;

/// What is called for each place; LLVM takes it into the loop.
const MARK: &str = "mlc.race.mark";

/// Two words, the number of places and whether one was marked twice, and a bit for each place. Of 4096 places, each 64 that follow each
/// other have their bits in 64 words: were they in one, marks of places in order would each wait for the one before. What is
/// no place is no business of the marks: the loop itself raises.
const MARK_TEXT: &str = "
func.func private @mlc.race.mark(%marks: !llvm.ptr, %place: i64) {
  %limit = llvm.load %marks : !llvm.ptr -> i64
  %is_place = arith.cmpi ult, %place, %limit : i64
  scf.if %is_place {
    %zero = arith.constant 0 : i64
    %one = arith.constant 1 : i64
    %six = arith.constant 6 : i64
    %low = arith.constant 63 : i64
    %high = arith.constant -64 : i64
    %bits = llvm.getelementptr %marks[2] : (!llvm.ptr) -> !llvm.ptr, i64
    %row = arith.shrui %place, %six : i64
    %block = arith.andi %row, %high : i64
    %column = arith.andi %place, %low : i64
    %number = arith.ori %block, %column : i64
    %word = llvm.getelementptr %bits[%number] : (!llvm.ptr, i64) -> !llvm.ptr, i64
    %before = llvm.load %word : !llvm.ptr -> i64
    %in_word = arith.andi %row, %low : i64
    %bit = arith.shli %one, %in_word : i64
    %after = arith.ori %before, %bit : i64
    llvm.store %after, %word : i64, !llvm.ptr
    %known = arith.andi %before, %bit : i64
    %is_twice = arith.cmpi ne, %known, %zero : i64
    scf.if %is_twice {
      %twice = llvm.getelementptr %marks[1] : (!llvm.ptr) -> !llvm.ptr, i64
      llvm.store %one, %twice : i64, !llvm.ptr
    }
  }
  return
}
";

/// Marks for so many places, none of which is set.
pub fn begin<'c: 'a, 'a>(
    at: &Cursor<'c, 'a>,
    module: Blk<'c, 'a>,
    places: Val<'c, 'a>,
) -> Val<'c, 'a> {
    let is_mark = |op| string_attribute(op, "sym_name") == Some(MARK);
    if !ops(module).into_iter().any(is_mark) {
        let is_valid = parse_module_into(at.context, module, MARK_TEXT, &HashSet::new());
        debug_assert!(is_valid, "the text is a function");
    }
    let (pointer, word) = (emit::pointer_type(at), emit::int_type(at, 64));
    emit::declare(at.context, module, "mlc_rt_race_marks", &[word], &[pointer]);
    results(emit::call(at, "mlc_rt_race_marks", &[places], &[pointer]))[0]
}

/// Marks a place.
pub fn mark<'c: 'a, 'a>(at: &Cursor<'c, 'a>, marks: Val<'c, 'a>, place: Val<'c, 'a>) {
    emit::call(at, MARK, &[marks, place], &[]);
}

/// Whether no place was marked twice. The marks end.
pub fn apart<'c: 'a, 'a>(
    at: &Cursor<'c, 'a>,
    module: Blk<'c, 'a>,
    marks: Val<'c, 'a>,
) -> Val<'c, 'a> {
    let (pointer, bit) = (emit::pointer_type(at), emit::int_type(at, 1));
    let name = "mlc_rt_race_marks_apart";
    emit::declare(at.context, module, name, &[pointer], &[bit]);
    results(emit::call(at, name, &[marks], &[bit]))[0]
}
