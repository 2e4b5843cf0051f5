//===- own.td - the own dialect: values with one owner ------------------------------------------===//
//
// The specification is README.md in this folder; this file is its formal half. The Rust builders and
// the C++ classes are both generated from here.

#ifndef MLC_DIALECTS_OWN_TD
#define MLC_DIALECTS_OWN_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Own_Dialect : Dialect {
  let name = "own";
  let cppNamespace = "::mlc::own";
  let summary = "values with exactly one owner, and borrows of them";
  let useDefaultTypePrinterParser = 1;
}

//===--------------------------------------------------------------------------------------------===//
// Types
//===--------------------------------------------------------------------------------------------===//

class Own_Type<string cppName, string typeMnemonic> : TypeDef<Own_Dialect, cppName> {
  let mnemonic = typeMnemonic;
}

def Own_BoxType : Own_Type<"Box", "box"> {
  let summary = "the one owner of a cell that holds one payload";
  let parameters = (ins "::mlir::Type":$payload);
  let assemblyFormat = "`<` $payload `>`";
  let genVerifyDecl = 1;
}

def Own_RefType : Own_Type<"Ref", "ref"> {
  let summary = "a shared borrow of a payload, or of a part of one";
  let parameters = (ins "::mlir::Type":$payload);
  let assemblyFormat = "`<` $payload `>`";
  let genVerifyDecl = 1;
}

def Own_MutType : Own_Type<"Mut", "mut"> {
  let summary = "an exclusive borrow of a payload, or of a part of one";
  let parameters = (ins "::mlir::Type":$payload);
  let assemblyFormat = "`<` $payload `>`";
  let genVerifyDecl = 1;
}

def Own_ListType : Own_Type<"List", "list"> {
  let summary = "payload: a growable list; its elements are stored inline in one buffer";
  let parameters = (ins "::mlir::Type":$element);
  let assemblyFormat = "`<` $element `>`";
  let genVerifyDecl = 1;
}

def Own_StructType : Own_Type<"Struct", "struct"> {
  let summary = "payload: a named aggregate; its fields are stored inline";
  let description = [{
    With `destructor`, the symbol of a function that takes a box of the struct and returns nothing or a status: where a struct
    that is *armed* (`own.arm`) is destroyed, that function is called with it and destroys its fields.

    ```mlir
    !own.struct<"File", [i64], destructor "File.__del__">
    ```
  }];
  let parameters = (ins StringRefParameter<"name of the struct">:$name,
                        ArrayRefParameter<"::mlir::Type", "types of the fields">:$fields,
                        OptionalParameter<"::mlir::StringAttr", "symbol of what is called first">:$destructor);
  let assemblyFormat = "`<` $name `,` custom<Fields>($fields, $destructor) `>`";
  let genVerifyDecl = 1;
}

def Own_NodeType : TypeDef<Own_Dialect, "Node", [NativeTypeTrait<"IsMutable">]> {
  let mnemonic = "node";
  let summary = "payload: a struct that holds itself in lists; its fields are told once, by its name";
  let description = [{
    As a `struct`, whose fields may be lists of the node itself. The name tells it from all others; inside of its own fields the
    name alone stands for it.

    ```mlir
    !own.node<"Tree", [i64, !own.list<!own.node<"Tree">>]>
    ```
  }];
  let parameters = (ins StringRefParameter<"name of the struct">:$name);
  let genStorageClass = 0;
  let hasCustomAssemblyFormat = 1;
  let extraClassDeclaration = [{
    ::llvm::ArrayRef<::mlir::Type> getFields() const;
    ::mlir::StringAttr getDestructor() const;
    /// Whether the fields have been told.
    bool isComplete() const;
    /// Fails where other fields have been told before.
    ::llvm::LogicalResult setBody(::llvm::ArrayRef<::mlir::Type> fields, ::mlir::StringAttr destructor);
  }];
}

def Own_StrType : Own_Type<"Str", "str"> {
  let summary = "payload: an immutable text, shared and counted";
}

def Own_ObjectType : Own_Type<"Object", "object"> {
  let summary = "payload: an object of Python, shared and counted";
}

def Own_AnyBorrow : AnyTypeOf<[Own_RefType, Own_MutType], "shared or exclusive borrow">;
def Own_AnyOwned : AnyTypeOf<[Own_BoxType, Own_RefType, Own_MutType], "box or borrow">;

//===--------------------------------------------------------------------------------------------===//
// Operations
//===--------------------------------------------------------------------------------------------===//

class Own_Op<string opMnemonic, list<Trait> traits = []> : Op<Own_Dialect, opMnemonic, traits>;

// ---- creation

def Own_NewOp : Own_Op<"new", [MemoryEffects<[MemAlloc]>]> {
  let summary = "a new cell that holds the empty payload";
  let description = [{
    Scalars are zero, lists are empty, fields of structs are empty in turn.

    ```mlir
    %p = own.new : !own.box<!own.struct<"Point", [f64, f64]>>
    ```
  }];
  let results = (outs Own_BoxType:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}

def Own_NewListOp : Own_Op<"new_list", [MemoryEffects<[MemAlloc]>]> {
  let summary = "a new list of a given length, its elements empty (zero)";
  let description = [{
    The length is in elements and not negative. With `uninit` the elements hold anything, and the
    program writes each before it reads it; that is only legal where the elements are scalars.

    ```mlir
    %l = own.new_list %n : !own.box<!own.list<f32>>
    ```
  }];
  let arguments = (ins Index:$length, UnitAttr:$uninit);
  let results = (outs Own_BoxType:$result);
  let assemblyFormat = "$length (`uninit` $uninit^)? attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Own_NewArrayOp : Own_Op<"new_array", [MemoryEffects<[MemAlloc]>]> {
  let summary = "a new array of zeros";
  let description = [{
    One extent for each dynamic dimension of the payload, in elements and not negative. With
    `uninit` the elements hold anything.

    ```mlir
    %a = own.new_array(%n, %m) uninit : !own.box<memref<?x?xf32>>
    ```
  }];
  let arguments = (ins Variadic<Index>:$extents, UnitAttr:$uninit);
  let results = (outs Own_BoxType:$result);
  let assemblyFormat = "`(` $extents `)` (`uninit` $uninit^)? attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Own_CopyOp : Own_Op<"copy", [MemoryEffects<[MemRead, MemAlloc]>]> {
  let summary = "a deep copy in a cell of its own";
  let arguments = (ins Own_AnyBorrow:$source);
  let results = (outs Own_BoxType:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

// ---- ownership

def Own_MoveOp : Own_Op<"move", [SameOperandsAndResultType]> {
  let summary = "hands a box over under a new name";
  let description = [{
    The operand is consumed, as by every use of a box that is not a borrow. The op does nothing at
    run time; it gives the move a place in the source.
  }];
  let arguments = (ins Own_BoxType:$source);
  let results = (outs Own_BoxType:$result);
  let assemblyFormat = "$source attr-dict `:` type($source)";
}

def Own_ReuseOp : Own_Op<"reuse", [SameOperandsAndResultType,
                                     MemoryEffects<[MemRead, MemWrite, MemAlloc]>]> {
  let summary = "hands a box over to hold a new value of the same size";
  let description = [{
    The box is consumed; the result is the same cell, whose elements hold anything, or with `keep` what they held. Views
    of the elements that were made before stay readable. Memory of somebody else is not taken over: the
    cell gets its own then, and leaves the function with `MemoryError` where there is none. The elements are scalars.

    ```mlir
    %y = own.reuse %x : !own.box<!own.list<f32>>
    ```
  }];
  let arguments = (ins Own_BoxType:$source, UnitAttr:$keep);
  let results = (outs Own_BoxType:$result);
  let assemblyFormat = "$source (`keep` $keep^)? attr-dict `:` type($source)";
  let hasVerifier = 1;
}

def Own_DropOp : Own_Op<"drop", [MemoryEffects<[MemFree]>]> {
  let summary = "destroys the payload and frees the cell";
  let arguments = (ins Own_BoxType:$source);
  let assemblyFormat = "$source attr-dict `:` type($source)";
}

def Own_BorrowOp : Own_Op<"borrow", [Pure]> {
  let summary = "a shared borrow of a box, or of all that another borrow covers";
  let arguments = (ins Own_AnyOwned:$source);
  let results = (outs Own_RefType:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

def Own_BorrowMutOp : Own_Op<"borrow_mut", [Pure]> {
  let summary = "an exclusive borrow of a box, or of all that another exclusive borrow covers";
  let arguments = (ins AnyTypeOf<[Own_BoxType, Own_MutType]>:$source);
  let results = (outs Own_MutType:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

def Own_KeepOp : Own_Op<"keep", [AlwaysSpeculatable,
                                   DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "a use of a borrow that does nothing";
  let description = [{
    What the borrow leads to is neither moved nor replaced nor resized up to here: a loop that visits the
    elements of a list borrows the list at the start of each iteration and keeps it at its end.

    ```mlir
    own.keep %l : !own.ref<!own.list<f32>>
    ```

    With `alive` what is borrowed is not destroyed before, either: its destructor does what is seen. Without, the operation
    matters to `own-check` only, and goes with what nothing uses.
  }];
  let arguments = (ins Own_AnyBorrow:$source, UnitAttr:$alive);
  let assemblyFormat = "$source (`alive` $alive^)? attr-dict `:` type($source)";
}

class Own_ArmOp_<string mnemonic> : Own_Op<mnemonic, [MemoryEffects<[MemWrite]>]> {
  let arguments = (ins Own_MutType:$place);
  let assemblyFormat = "$place attr-dict `:` type($place)";
  let hasVerifier = 1;
}

def Own_ArmOp : Own_ArmOp_<"arm"> {
  let summary = "from here on, destroying the struct calls its destructor";
  let description = [{
    A new struct is not armed, nor is what `own.take` leaves behind. Whether it is armed moves with the payload.
  }];
}

def Own_DisarmOp : Own_ArmOp_<"disarm"> {
  let summary = "from here on, destroying the struct only destroys its fields";
  let description = [{
    The struct is being taken apart: its fields may be moved out of it, and it is not given away any more.
  }];
}

// ---- projections: a borrow of a part, as exclusive as the borrow it comes from

def Own_ElemOp : Own_Op<"elem", [MemoryEffects<[MemRead]>]> {
  let summary = "borrows one element of a list";
  let description = [{
    The index is in range: `own.check_index` stands before it where that is not proved.

    ```mlir
    %row = own.elem %m[%i] : !own.ref<!own.list<!own.list<f32>>> -> !own.ref<!own.list<f32>>
    ```
  }];
  let arguments = (ins Own_AnyBorrow:$source, Index:$index);
  let results = (outs Own_AnyBorrow:$result);
  let assemblyFormat = "$source `[` $index `]` attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

def Own_FieldOp : Own_Op<"field", [Pure]> {
  let summary = "borrows one field of a struct, by its position";
  let arguments = (ins Own_AnyBorrow:$source, ConfinedAttr<I64Attr, [IntNonNegative]>:$field);
  let results = (outs Own_AnyBorrow:$result);
  let assemblyFormat = "$source `[` $field `]` attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

def Own_ViewOp : Own_Op<"view", [MemoryEffects<[MemRead]>]> {
  let summary = "the elements of a list of scalars, or of an array, as a memref";
  let description = [{
    Reads the header once; the memref stays valid as long as the borrow, and until the list is
    resized.

    ```mlir
    %d = own.view %l : !own.ref<!own.list<f32>> -> memref<?xf32>
    ```
  }];
  let arguments = (ins Own_AnyBorrow:$source);
  let results = (outs AnyMemRef:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

def Own_SliceOp : Own_Op<"slice", [AttrSizedOperandSegments, MemoryEffects<[MemRead]>]> {
  let summary = "borrows elements that lie one after another, under a header of their own";
  let description = [{
    The elements at the fixed `indices` of the first dimensions and, of the next one, those from the first
    bound up to the second; all without bounds, none where the second is not above the first. `extents` are
    those of the result: one for each dimension of it that is not known, or the length of a list. Without
    indices and bounds the result covers all elements, in another shape. The header lies in the frame of the
    function, or of the iteration of a `par.for`; nobody frees through it.

    ```mlir
    %r = own.slice %m[%i] in (%a, %b) extents(%n) : !own.mut<memref<?x?xf32>> -> !own.mut<memref<?xf32>>
    ```
  }];
  let arguments = (ins Own_AnyBorrow:$source, Variadic<Index>:$indices, Variadic<Index>:$bounds,
                       Variadic<Index>:$extents);
  let results = (outs Own_AnyBorrow:$result);
  let assemblyFormat = [{
    $source (`[` $indices^ `]`)? (`in` `(` $bounds^ `)`)? `extents` `(` $extents `)` attr-dict
    `:` type($source) `->` type($result)
  }];
  let hasVerifier = 1;
}

def Own_HeaderOp : Own_Op<"header", [MemoryEffects<[MemRead]>]> {
  let summary = "a borrow of what a memref names, under a header of its own";
  let description = [{
    The counterpart of `own.view`, for a view that a function returned. The header lies where that of
    `own.slice` does. Who makes the memref answers for whether it may be written.

    ```mlir
    %r = own.header %d : memref<?xf32> -> !own.ref<memref<?xf32>>
    ```
  }];
  let arguments = (ins AnyMemRef:$source);
  let results = (outs Own_AnyBorrow:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

// ---- access

def Own_LenOp : Own_Op<"len", [MemoryEffects<[MemRead]>]> {
  let summary = "the number of elements of a list, or of rows of an array";
  let arguments = (ins Own_AnyBorrow:$source);
  let results = (outs Index:$result);
  let assemblyFormat = "$source attr-dict `:` type($source)";
  let hasVerifier = 1;
}

def Own_LoadOp : Own_Op<"load", [MemoryEffects<[MemRead]>]> {
  let summary = "reads a scalar through a borrow of its place";
  let arguments = (ins Own_AnyBorrow:$source);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

def Own_StoreOp : Own_Op<"store", [MemoryEffects<[MemWrite]>]> {
  let summary = "writes a scalar through an exclusive borrow of its place";
  let arguments = (ins AnyType:$value, Own_MutType:$place);
  let assemblyFormat = "$value `,` $place attr-dict `:` type($value) `,` type($place)";
  let hasVerifier = 1;
}

def Own_PutOp : Own_Op<"put", [MemoryEffects<[MemRead, MemWrite, MemFree]>]> {
  let summary = "destroys the payload of a place and moves another one in";
  let description = [{
    The box is consumed: its payload moves into the place and its cell is freed.
  }];
  let arguments = (ins Own_BoxType:$value, Own_MutType:$place);
  let assemblyFormat = "$value `,` $place attr-dict `:` type($value) `,` type($place)";
  let hasVerifier = 1;
}

def Own_TakeOp : Own_Op<"take", [MemoryEffects<[MemRead, MemWrite, MemAlloc]>]> {
  let summary = "moves the payload of a place into a new box and leaves the empty payload";
  let arguments = (ins Own_MutType:$place);
  let results = (outs Own_BoxType:$result);
  let assemblyFormat = "$place attr-dict `:` type($place) `->` type($result)";
  let hasVerifier = 1;
}

def Own_SwapOp : Own_Op<"swap", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "exchanges the payloads of two places";
  let arguments = (ins Own_MutType:$first, Own_MutType:$second);
  let assemblyFormat = "$first `,` $second attr-dict `:` type($first) `,` type($second)";
  let hasVerifier = 1;
}

// ---- lists that grow and shrink

def Own_AppendOp : Own_Op<"append", [MemoryEffects<[MemRead, MemWrite, MemAlloc, MemFree]>]> {
  let summary = "appends a scalar, or moves a box's payload, to the end of a list";
  let description = [{
    A box is consumed. Leaves the function with `MemoryError` where memory runs out; `unwind` are
    the boxes that are live here.

    ```mlir
    own.append %v to %l : f32, !own.mut<!own.list<f32>>
    ```
  }];
  let arguments = (ins AnyType:$value, Own_MutType:$list, Variadic<Own_BoxType>:$unwind);
  let assemblyFormat = [{
    $value `to` $list (`unwind` `(` $unwind^ `:` type($unwind) `)`)? attr-dict
    `:` type($value) `,` type($list)
  }];
  let hasVerifier = 1;
}

def Own_ResizeOp : Own_Op<"resize", [MemoryEffects<[MemRead, MemWrite, MemAlloc, MemFree]>]> {
  let summary = "sets the length of a list";
  let description = [{
    Elements past the new length are destroyed; new elements are empty (zero). Leaves the function
    with `MemoryError` where memory runs out.
  }];
  let arguments = (ins Own_MutType:$list, Index:$length, Variadic<Own_BoxType>:$unwind);
  let assemblyFormat = [{
    $list `to` $length (`unwind` `(` $unwind^ `:` type($unwind) `)`)? attr-dict `:` type($list)
  }];
  let hasVerifier = 1;
}

// ---- errors: operations that may leave the function

def Own_CheckOp : Own_Op<"check", [MemoryEffects<[MemWrite]>]> {
  let summary = "leaves the function with an error where the condition does not hold";
  let description = [{
    May stand in any region; the function it is in returns `i32` first, the status. `kind` is the
    name of one of Python's exceptions. `unwind` are the boxes that are live here: they are
    destroyed on the way out (`own-insert-drops` fills them in). The place in the source is the
    op's location.

    ```mlir
    own.check %ok, "ValueError", "negative exponent"
    ```
  }];
  let arguments = (ins I1:$condition, StrAttr:$kind, StrAttr:$message,
                       Variadic<Own_BoxType>:$unwind);
  let assemblyFormat = [{
    $condition `,` $kind `,` $message (`unwind` `(` $unwind^ `:` type($unwind) `)`)? attr-dict
  }];
  let hasVerifier = 1;
}

def Own_CheckIndexOp : Own_Op<"check_index", [MemoryEffects<[MemWrite]>]> {
  let summary = "leaves the function with IndexError unless 0 <= index < length";
  let description = [{
    `given` is the index as the program wrote it, before negative ones were wrapped; it is what
    the message shows.
  }];
  let arguments = (ins Index:$index, Index:$length, Index:$given, Variadic<Own_BoxType>:$unwind);
  let assemblyFormat = [{
    $index `<` $length `given` $given (`unwind` `(` $unwind^ `:` type($unwind) `)`)? attr-dict
  }];
  let hasVerifier = 1;
}

def Own_PropagateOp : Own_Op<"propagate", [MemoryEffects<[MemWrite]>]> {
  let summary = "leaves the function with the same error where a status is not zero";
  let description = [{
    With `raised_here` the error comes from a function of the runtime, which knows no places in the
    source: an error that has none gets the place of this operation. With `always` the status is never
    zero: nothing behind this operation runs.
  }];
  let arguments = (ins I32:$status, UnitAttr:$raised_here, UnitAttr:$always, Variadic<Own_BoxType>:$unwind);
  let assemblyFormat = [{
    $status (`raised_here` $raised_here^)? (`always` $always^)? (`unwind` `(` $unwind^ `:` type($unwind) `)`)? attr-dict
  }];
  let hasVerifier = 1;
}

#endif // MLC_DIALECTS_OWN_TD
