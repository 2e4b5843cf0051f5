//===- par.td - the par dialect: loops whose iterations are independent -------------------------===//
//
// The specification is README.md in this folder; this file is its formal half. The Rust builders and
// the C++ classes are both generated from here.

#ifndef MLC_DIALECTS_PAR_TD
#define MLC_DIALECTS_PAR_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/LoopLikeInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Par_Dialect : Dialect {
  let name = "par";
  let cppNamespace = "::mlc::par";
  let summary = "loops whose iterations may run in any order and at once";
  let useDefaultAttributePrinterParser = 1;
}

def Par_Reduction : I32EnumAttr<"Reduction", "how the contributions of the iterations combine", [
    I32EnumAttrCase<"Add", 0, "add">, I32EnumAttrCase<"Mul", 1, "mul">,
    I32EnumAttrCase<"MinS", 2, "mins">, I32EnumAttrCase<"MaxS", 3, "maxs">,
    I32EnumAttrCase<"MinU", 4, "minu">, I32EnumAttrCase<"MaxU", 5, "maxu">,
    I32EnumAttrCase<"MinF", 6, "minf">, I32EnumAttrCase<"MaxF", 7, "maxf">,
    I32EnumAttrCase<"And", 8, "and">, I32EnumAttrCase<"Or", 9, "or">,
    I32EnumAttrCase<"Xor", 10, "xor">]> {
  let cppNamespace = "::mlc::par";
  let genSpecializedAttr = 0;
}
def Par_ReductionAttr : EnumAttr<Par_Dialect, Par_Reduction, "reduction"> {
  let assemblyFormat = "`<` $value `>`";
}
def Par_ReductionArrayAttr : TypedArrayAttrBase<Par_ReductionAttr, "array of reductions">;

class Par_Op<string opMnemonic, list<Trait> traits = []> : Op<Par_Dialect, opMnemonic, traits>;

def Par_ForOp : Par_Op<"for", [
    AttrSizedOperandSegments, AutomaticAllocationScope, RecursiveMemoryEffects,
    SingleBlockImplicitTerminator<"YieldOp">,
    DeclareOpInterfaceMethods<LoopLikeOpInterface, ["getLoopInductionVars", "getLoopLowerBounds",
                                                    "getLoopUpperBounds", "getLoopSteps"]>,
    DeclareOpInterfaceMethods<RegionBranchOpInterface>]> {
  let summary = "an n-dimensional loop of independent iterations";
  let description = [{
    Runs the body once for each point of the box `[0, bounds)`, in any order and at once. The
    bounds are numbers of iterations (a bound of zero or less means none); an affine start and
    step are applied to the induction variables in the body. The last dimension varies fastest
    wherever an order can be observed (`par.collect`, the lowest failing iteration).

    Each reduction has an initial value, and the body yields one contribution to it; the result is
    the initial value combined with all contributions. Floating-point contributions combine in a
    tree that depends on the bounds and on the target alone.

    A loop whose body may leave an iteration with an error is marked `raises`, and its first result
    is a status (`i32`): zero, or that of the lowest failing iteration. The results of its
    reductions, and what the loop wrote, are then unspecified.

    ```mlir
    %sum = par.for (%i) in (%n) reduce(add %zero : f32) {
      %x = memref.load %data[%i] : memref<?xf32>
      par.yield %x : f32
    }
    ```
  }];
  let arguments = (ins Variadic<Index>:$bounds, Variadic<AnyType>:$init_vals,
                       Par_ReductionArrayAttr:$reductions, UnitAttr:$raises);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

def Par_YieldOp : Par_Op<"yield", [
    Pure, Terminator, HasParent<"ForOp">,
    DeclareOpInterfaceMethods<RegionBranchTerminatorOpInterface>]> {
  let summary = "ends an iteration and hands over its contributions to the reductions";
  let arguments = (ins Variadic<AnyType>:$contributions);
  let assemblyFormat = "attr-dict ($contributions^ `:` type($contributions))?";
  let builders = [OpBuilder<(ins), [{ build($_builder, $_state, ::mlir::ValueRange()); }]>];
}

def Par_ExitIfOp : Par_Op<"exit_if", [
    SingleBlock, RecursiveMemoryEffects, MemoryEffects<[MemWrite]>, NoRegionArguments]> {
  let summary = "leaves the function, or the iteration of a parallel loop, with an error status";
  let description = [{
    Where the condition holds, the region runs (it destroys what is live and records the error) and
    the innermost `par.for` iteration or function around the op ends with the status that
    `par.exit` names. That function returns a status (`i32`) first; its other results are
    unspecified then. May stand in any region.

    ```mlir
    par.exit_if %failed {
      %status = func.call @mlc.raise() : () -> i32
      par.exit %status
    }
    ```
  }];
  let arguments = (ins I1:$condition);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$condition $body attr-dict";
  let hasRegionVerifier = 1;
}

def Par_ExitOp : Par_Op<"exit", [Pure, Terminator, HasParent<"ExitIfOp">]> {
  let summary = "ends the region of a par.exit_if; the status is not zero";
  let arguments = (ins I32:$status);
  let assemblyFormat = "$status attr-dict";
}

def Par_CollectOp : Par_Op<"collect", [MemoryEffects<[MemRead, MemWrite]>, HasParent<"ForOp">]> {
  let summary = "appends one value per iteration to a list, in the order of the iterations";
  let description = [{
    Stands directly in the body of the outermost `par.for`, so that it runs once in each
    iteration. The list is defined outside of the loop and is not used otherwise in it. When the
    loop ends, the list is what running the iterations in order would have made of it.

    ```mlir
    par.for (%i) in (%n) {
      %x = memref.load %data[%i] : memref<?xf32>
      par.collect %x into %out : f32, !own.mut<!own.list<f32>>
    }
    ```
  }];
  let arguments = (ins AnyType:$value, AnyType:$list);
  let assemblyFormat = "$value `into` $list attr-dict `:` type($value) `,` type($list)";
  let hasVerifier = 1;
}

#endif // MLC_DIALECTS_PAR_TD
