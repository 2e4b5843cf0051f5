//! New cells, and payloads that move between cells and places.

use super::{
    Conversion,
    access::{CAPACITY, LENGTH},
    payload,
};
use crate::convert::{
    emit::{Compare, Emit},
    layout::{extents, memref_element},
};
use crate::own::stack_promote::ELEMENTS;
use crate::par::materialize_collects::UNINIT;
use melior::ir::{Type, ValueLike, operation::OperationLike};
use mlc_dialects::own;
use mlc_exceptions::ErrorKind;
use mlc_mlir::{
    PassResult,
    rewrite::{Op, Val, constant_integer, operand, results, value_key},
};

impl<'c, 'a> Conversion<'c, 'a> {
    pub(super) fn new_cell(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>) {
        let cell = self.allocate_cell(emit, op);
        self.exit_without_cell(emit, op, cell);
        self.replace_typed(op, cell);
    }

    /// A cell of zeros for the box that an operation makes: in the frame of the function where the
    /// operation is marked `stack`, or else on the heap, and then null where memory runs out.
    fn allocate_cell(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>) -> Val<'c, 'a> {
        let ty = results(op)[0].r#type();
        let layout = self.layout(payload(results(op)[0]));
        let size = emit.i64(layout.size);
        if !op.has_attribute("stack") {
            let call = emit.call_runtime(&mut self.runtime, "mlc_rt_box_new", &[size], &[ty]);
            return results(call)[0];
        }
        let cell = Emit(emit.at_frame()).slot(layout.ty, ty);
        self.on_stack.insert(value_key(cell));
        emit.clear_bytes(cell, size);
        cell
    }

    fn exit_without_cell(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>, cell: Val<'c, 'a>) {
        if !self.on_stack.contains(&value_key(cell)) {
            let failed = emit.is_null(cell);
            self.exit_without_memory(emit, op, failed, &[]);
        }
    }

    fn allocate(&mut self, emit: Emit<'c, 'a>, bytes: Val<'c, 'a>) -> Val<'c, 'a> {
        let results_of = [emit.pointer_type()];
        let call = emit.call_runtime(&mut self.runtime, "mlc_rt_alloc", &[bytes], &results_of);
        results(call)[0]
    }

    /// Memory for `count` elements in the frame of the function.
    fn elements_in_frame(
        &mut self,
        emit: Emit<'c, 'a>,
        op: Op<'c, 'a>,
        count: i64,
        element: Option<Type<'c>>,
    ) -> Val<'c, 'a> {
        let layout = element.map(|element| self.layout(element));
        let bytes = layout.as_ref().map_or(0, |layout| layout.size) * count;
        let element = layout.map_or(emit.integer_type(8), |layout| layout.ty);
        let data = Emit(emit.at_frame()).slots(element, count);
        if !op.has_attribute("uninit") {
            emit.clear_bytes(data, emit.i64(bytes));
        }
        data
    }

    pub(super) fn new_list(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>) {
        let length = operand(op, 0);
        if constant_integer(length) == Some(0) {
            return self.new_cell(emit, op);
        }
        let element = own::list_element(payload(results(op)[0]));
        let size = element.map_or(0, |element| self.layout(element).size);
        let cell = self.allocate_cell(emit, op);
        let count = constant_integer(length);
        let length = emit.index_to_i64(length);
        if let (Some(count), true) = (count, op.has_attribute(ELEMENTS)) {
            let data = self.elements_in_frame(emit, op, count, element);
            emit.store(data, cell);
            emit.store(length, self.header_field(emit, cell, LENGTH));
            emit.store(emit.i64(0), self.header_field(emit, cell, CAPACITY));
            return self.replace_typed(op, cell);
        }
        // Capacity 0 would say that the buffer is somebody else's.
        let one = emit.i64(1);
        let capacity = emit.arith("arith.maxsi", length, one);
        let bytes = emit.product(capacity, emit.i64(size));
        let data = self.allocate(emit, bytes);
        self.exit_without_both(emit, op, cell, data);
        if !op.has_attribute("uninit") {
            emit.clear_bytes(data, bytes);
        }
        emit.store(data, cell);
        emit.store(length, self.header_field(emit, cell, LENGTH));
        emit.store(capacity, self.header_field(emit, cell, CAPACITY));
        self.replace_typed(op, cell);
    }

    pub(super) fn new_array(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>) {
        let array = payload(results(op)[0]);
        let element = memref_element(array);
        let mut dynamic = op.operands();
        let sizes: Vec<Val> = extents(array)
            .into_iter()
            .map(|extent| match extent {
                Some(extent) => emit.i64(extent),
                None => emit.index_to_i64(dynamic.next().expect("one extent each, as verified")),
            })
            .collect();
        let cell = self.allocate_cell(emit, op);
        let (owned, data) = match op.has_attribute(ELEMENTS) {
            true => {
                let count = extents(array).into_iter().flatten().product();
                let data = self.elements_in_frame(emit, op, count, element);
                (emit.null(), data)
            }
            false => {
                let data = self.elements_on_heap(emit, op, cell, &sizes, element);
                (data, data)
            }
        };
        let descriptor = self.layout(array).ty;
        let mut value = emit.value("llvm.mlir.poison", &[], descriptor, &[]);
        value = emit.insert_part(value, owned, "0");
        value = emit.insert_part(value, data, "1");
        value = emit.insert_part(value, emit.i64(0), "2");
        value = emit.insert_row_major(value, &sizes);
        emit.store(value, cell);
        self.replace_typed(op, cell);
    }

    /// Memory for the elements of an array; leaves the function where there is none.
    fn elements_on_heap(
        &mut self,
        emit: Emit<'c, 'a>,
        op: Op<'c, 'a>,
        cell: Val<'c, 'a>,
        sizes: &[Val<'c, 'a>],
        element: Option<Type<'c>>,
    ) -> Val<'c, 'a> {
        let count = (sizes.iter().copied()).reduce(|left, right| emit.product(left, right));
        let size = emit.i64(element.map_or(0, |element| self.layout(element).size));
        let bytes = count.map_or(size, |count| emit.product(count, size));
        let data = self.allocate(emit, bytes);
        self.exit_without_both(emit, op, cell, data);
        if !op.has_attribute("uninit") {
            emit.clear_bytes(data, bytes);
        }
        data
    }

    /// The cell stays; a buffer of somebody else's is replaced.
    pub(super) fn reuse(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>) {
        let cell = operand(op, 0);
        let keep = emit.integer(32, i64::from(op.has_attribute("keep")));
        let i32 = [emit.integer_type(32)];
        let payload = payload(cell);
        let call = match own::list_element(payload) {
            Some(element) => {
                let size = emit.i64(self.layout(element).size);
                let operands = [cell, size, keep];
                emit.call_runtime(&mut self.runtime, "mlc_rt_list_renew", &operands, &i32)
            }
            None => {
                let size = memref_element(payload).map_or(0, |element| self.layout(element).size);
                let rank = emit.i64(extents(payload).len() as i64);
                let operands = [cell, rank, emit.i64(size), keep];
                emit.call_runtime(&mut self.runtime, "mlc_rt_array_renew", &operands, &i32)
            }
        };
        let failed = emit.compare(Compare::Ne, results(call)[0], emit.integer(32, 0));
        let heap = !self.on_stack.contains(&value_key(cell));
        let frees = [("mlc_rt_box_free", cell)];
        self.exit_without_memory(emit, op, failed, if heap { &frees } else { &[] });
        self.replace_typed(op, cell);
    }

    pub(super) fn copy(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>) -> PassResult {
        let source = operand(op, 0);
        let cell = self.allocate_cell(emit, op);
        self.exit_without_cell(emit, op, cell);
        let copy = (self.glue).copy_function(self.context, &mut self.runtime, payload(source))?;
        match copy {
            None => self.copy_payload(emit, cell, source),
            Some(copy) => {
                let i32 = emit.integer_type(32);
                let status = results(emit.call(&copy, &[cell, source], &[i32]))[0];
                let failed = emit.compare(Compare::Ne, status, emit.integer(32, 0));
                let heap = !self.on_stack.contains(&value_key(cell));
                let frees = [("mlc_rt_box_free", cell)];
                self.exit_without_memory(emit, op, failed, if heap { &frees } else { &[] });
            }
        }
        self.replace_typed(op, cell);
        Ok(())
    }

    /// Copies the bytes of a payload; the type of `to` tells how many.
    fn copy_payload(&self, emit: Emit<'c, 'a>, to: Val<'c, 'a>, from: Val<'c, 'a>) {
        let size = emit.i64(self.layout(payload(from)).size);
        emit.copy_bytes(to, from, size);
    }

    pub(super) fn put(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>) {
        let (value, place) = (operand(op, 0), operand(op, 1));
        self.drop_payload(emit, place, payload(place));
        self.copy_payload(emit, place, value);
        self.free_cell(emit, value);
    }

    pub(super) fn take(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>) {
        let place = operand(op, 0);
        let cell = self.allocate_cell(emit, op);
        self.exit_without_cell(emit, op, cell);
        self.copy_payload(emit, cell, place);
        let size = emit.i64(self.layout(payload(place)).size);
        emit.clear_bytes(place, size);
        self.replace_typed(op, cell);
    }

    pub(super) fn swap(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>) {
        let (first, second) = (operand(op, 0), operand(op, 1));
        let ty = self.layout(payload(first)).ty;
        let (old_first, old_second) = (emit.load(first, ty), emit.load(second, ty));
        emit.store(old_second, first);
        emit.store(old_first, second);
    }

    /// Appends in place where the list has room, and makes room where it has not.
    pub(super) fn append(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>) {
        let (value, list) = (operand(op, 0), operand(op, 1));
        let element = own::list_element(payload(list)).map(|element| self.layout(element));
        let element = element.expect("a list, as verified");
        let length = self.load_header(emit, list, LENGTH);
        let capacity = self.load_header(emit, list, CAPACITY);
        let wanted = emit.arith("arith.addi", length, emit.i64(1));
        let full = emit.compare(Compare::Sge, length, capacity);
        self.reserve(emit, op, full, wanted, element.size);
        let data = emit.load(list, emit.pointer_type());
        let place = emit.element(data, length, element.ty, emit.pointer_type());
        if own::is_box(value.r#type()) {
            self.copy_payload(emit, place, value);
            self.free_cell(emit, value);
        } else {
            emit.store(self.as_memory(emit, value), place);
        }
        emit.store(wanted, self.header_field(emit, list, LENGTH));
    }

    /// Where `short` holds, makes room for `wanted` elements or leaves; a box that `op` consumes is
    /// dropped on the way out.
    fn reserve(
        &mut self,
        emit: Emit<'c, 'a>,
        op: Op<'c, 'a>,
        short: Val<'c, 'a>,
        wanted: Val<'c, 'a>,
        element_size: i64,
    ) {
        let list = operand(
            op,
            if super::op_name(op) == "own.append" {
                1
            } else {
                0
            },
        );
        let moved = (operand(op, 0) != list && own::is_box(operand(op, 0).r#type()))
            .then(|| operand(op, 0));
        emit.when(short, |emit| {
            let operands = [list, wanted, emit.i64(element_size)];
            let i32 = [emit.integer_type(32)];
            let call = emit.call_runtime(&mut self.runtime, "mlc_rt_list_reserve", &operands, &i32);
            let status = results(call)[0];
            let failed = emit.compare(Compare::Ne, status, emit.integer(32, 0));
            emit.exit_if(failed, |emit| {
                if let Some(moved) = moved {
                    self.drop_box(emit, moved);
                }
                self.unwind(emit, op);
                status
            });
        });
    }

    pub(super) fn resize(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>) {
        let (list, new) = (operand(op, 0), emit.index_to_i64(operand(op, 1)));
        let element_type = own::list_element(payload(list)).expect("a list, as verified");
        let element = self.layout(element_type);
        let old = self.load_header(emit, list, LENGTH);
        if element.owns {
            self.drop_tail(emit, list, element_type, new, old);
        }
        let grows = emit.compare(Compare::Sgt, new, old);
        emit.when(grows, |emit| {
            let capacity = self.load_header(emit, list, CAPACITY);
            let short = emit.compare(Compare::Sgt, new, capacity);
            self.reserve(emit, op, short, new, element.size);
            // Each new element is written before it is read.
            if op.has_attribute(UNINIT) {
                return;
            }
            let data = emit.load(list, emit.pointer_type());
            let place = emit.element(data, old, element.ty, emit.pointer_type());
            let added = emit.arith("arith.subi", new, old);
            let bytes = emit.arith("arith.muli", added, emit.i64(element.size));
            emit.clear_bytes(place, bytes);
        });
        emit.store(new, self.header_field(emit, list, LENGTH));
    }

    /// Destroys the elements `[new, old)` of a list whose buffer is its own.
    fn drop_tail(
        &mut self,
        emit: Emit<'c, 'a>,
        list: Val<'c, 'a>,
        element: Type<'c>,
        new: Val<'c, 'a>,
        old: Val<'c, 'a>,
    ) {
        let capacity = self.load_header(emit, list, CAPACITY);
        let owned = emit.compare(Compare::Ne, capacity, emit.i64(0));
        emit.when(owned, |emit| {
            let data = emit.load(list, emit.pointer_type());
            let ty = self.layout(element).ty;
            let last = emit.arith("arith.subi", old, emit.i64(1));
            let ends = emit.arith("arith.addi", new, last);
            emit.for_range(new, old, |emit, i| {
                // The last one first, as CPython's lists lose their items.
                let from_the_end = emit.arith("arith.subi", ends, i);
                let place = emit.element(data, from_the_end, ty, emit.pointer_type());
                self.drop_payload(emit, place, element);
            });
        });
    }

    fn exit_without_both(
        &mut self,
        emit: Emit<'c, 'a>,
        op: Op<'c, 'a>,
        cell: Val<'c, 'a>,
        data: Val<'c, 'a>,
    ) {
        let mut failed = emit.is_null(data);
        let mut frees = vec![("mlc_rt_free", data)];
        if !self.on_stack.contains(&value_key(cell)) {
            failed = emit.arith("arith.ori", emit.is_null(cell), failed);
            frees.push(("mlc_rt_box_free", cell));
        }
        self.exit_without_memory(emit, op, failed, &frees);
    }

    /// Leaves with the pending `MemoryError` where `failed` holds. A function that cannot raise ends
    /// the process instead.
    fn exit_without_memory(
        &mut self,
        emit: Emit<'c, 'a>,
        op: Op<'c, 'a>,
        failed: Val<'c, 'a>,
        frees: &[(&'static str, Val<'c, 'a>)],
    ) {
        if !self.can_exit(op) {
            emit.when(failed, |emit| {
                let i32 = [emit.integer_type(32)];
                emit.call_runtime(&mut self.runtime, "mlc_rt_report_uncaught", &[], &i32);
                emit.op("llvm.intr.trap", &[], &[], &[]);
            });
            return;
        }
        let live = self.live_at(op);
        emit.exit_if(failed, |emit| {
            for (function, pointer) in frees {
                emit.call_runtime(&mut self.runtime, function, &[*pointer], &[]);
            }
            for cell in live {
                self.drop_box(emit, cell);
            }
            emit.integer(32, ErrorKind::MemoryError.code().into())
        });
    }
}
