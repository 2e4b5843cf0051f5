//===- own.h - C++ classes of the own dialect, generated from own.td ----------------------------===//

#pragma once

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "own_dialect.h.inc"

namespace mlc::own::detail {
struct NodeTypeStorage;
} // namespace mlc::own::detail

#define GET_TYPEDEF_CLASSES
#include "own_types.h.inc"

#define GET_OP_CLASSES
#include "own_ops.h.inc"

namespace mlc::own {

/// Whether `type` may stand in memory as itself: an integer, an index, a float or a complex number.
bool isScalar(mlir::Type type);

/// Whether a cell or a container may hold `type`: a scalar, an array (memref), a list or a struct.
bool isStorable(mlir::Type type);

/// The payload of a box or of a borrow; null for any other type.
mlir::Type getPayload(mlir::Type type);

} // namespace mlc::own
