//===- par.h - C++ classes of the par dialect, generated from par.td ----------------------------===//

#pragma once

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "par_dialect.h.inc"
#include "par_enums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "par_attributes.h.inc"

#define GET_OP_CLASSES
#include "par_ops.h.inc"
