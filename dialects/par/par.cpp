//===- par.cpp - assembly, interfaces and verifiers of the par dialect --------------------------===//

#include "par.h"

#include "own.h"
#include "mlir/CAPI/IR.h"
#include "mlir/Dialect/LLVMIR/LLVMTypes.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlc::par;

#include "par_dialect.cpp.inc"
#include "par_enums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "par_attributes.cpp.inc"

#define GET_OP_CLASSES
#include "par_ops.cpp.inc"

void ParDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "par_attributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "par_ops.cpp.inc"
      >();
}

//===--------------------------------------------------------------------------------------------===//
// par.for: assembly
//===--------------------------------------------------------------------------------------------===//

// par.for (%i, %j) in (%n, %m) reduce(add %z : f32, minf %w : f64) attributes {...} { ... }

void ForOp::print(OpAsmPrinter &printer) {
  printer << " (";
  llvm::interleaveComma(getBody().getArguments(), printer,
                        [&](BlockArgument iv) { printer.printRegionArgument(iv, {}, true); });
  printer << ") in (" << getBounds() << ")";
  if (!getInitVals().empty()) {
    printer << " reduce(";
    llvm::interleaveComma(llvm::zip(getReductions(), getInitVals()), printer, [&](auto pair) {
      auto [kind, init] = pair;
      printer << stringifyReduction(cast<ReductionAttr>(kind).getValue()) << " " << init << " : "
              << init.getType();
    });
    printer << ")";
  }
  if (getRaises())
    printer << " raises";
  printer.printOptionalAttrDictWithKeyword(
      (*this)->getAttrs(),
      {getOperandSegmentSizesAttrName(), getReductionsAttrName(), getRaisesAttrName()});
  printer << " ";
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false,
                      /*printBlockTerminators=*/!getInitVals().empty());
}

static ParseResult parseReduction(OpAsmParser &parser, OperationState &result,
                                  SmallVectorImpl<Attribute> &kinds,
                                  SmallVectorImpl<OpAsmParser::UnresolvedOperand> &inits,
                                  SmallVectorImpl<Type> &types) {
  StringRef keyword;
  SMLoc place = parser.getCurrentLocation();
  if (parser.parseKeyword(&keyword))
    return failure();
  auto kind = symbolizeReduction(keyword);
  if (!kind)
    return parser.emitError(place) << "unknown reduction '" << keyword << "'";
  kinds.push_back(ReductionAttr::get(parser.getContext(), *kind));
  return failure(parser.parseOperand(inits.emplace_back()) ||
                 parser.parseColonType(types.emplace_back()));
}

ParseResult ForOp::parse(OpAsmParser &parser, OperationState &result) {
  auto index = parser.getBuilder().getIndexType();
  SmallVector<OpAsmParser::Argument> ivs;
  SmallVector<OpAsmParser::UnresolvedOperand> bounds, inits;
  SmallVector<Attribute> kinds;
  SmallVector<Type> types;
  SMLoc place = parser.getCurrentLocation();

  if (parser.parseArgumentList(ivs, OpAsmParser::Delimiter::Paren) || parser.parseKeyword("in") ||
      parser.parseOperandList(bounds, OpAsmParser::Delimiter::Paren))
    return failure();
  if (succeeded(parser.parseOptionalKeyword("reduce")) &&
      parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Paren, [&] {
        return parseReduction(parser, result, kinds, inits, types);
      }))
    return failure();
  bool raises = succeeded(parser.parseOptionalKeyword("raises"));
  if (parser.parseOptionalAttrDictWithKeyword(result.attributes))
    return failure();

  for (auto &iv : ivs)
    iv.type = index;
  Region *body = result.addRegion();
  if (parser.parseRegion(*body, ivs) || parser.resolveOperands(bounds, index, result.operands) ||
      parser.resolveOperands(inits, types, place, result.operands))
    return failure();
  ForOp::ensureTerminator(*body, parser.getBuilder(), result.location);

  auto &properties = result.getOrAddProperties<ForOp::Properties>();
  properties.operandSegmentSizes = {static_cast<int32_t>(bounds.size()),
                                    static_cast<int32_t>(inits.size())};
  properties.reductions = parser.getBuilder().getArrayAttr(kinds);
  if (raises) {
    properties.raises = parser.getBuilder().getUnitAttr();
    result.addTypes(parser.getBuilder().getI32Type());
  }
  result.addTypes(types);
  return success();
}

//===--------------------------------------------------------------------------------------------===//
// par.for: interfaces
//===--------------------------------------------------------------------------------------------===//

SmallVector<Region *> ForOp::getLoopRegions() { return {&getBody()}; }

std::optional<SmallVector<Value>> ForOp::getLoopInductionVars() {
  return SmallVector<Value>(getBody().args_begin(), getBody().args_end());
}

std::optional<SmallVector<OpFoldResult>> ForOp::getLoopLowerBounds() {
  return SmallVector<OpFoldResult>(getBounds().size(), Builder(getContext()).getIndexAttr(0));
}

std::optional<SmallVector<OpFoldResult>> ForOp::getLoopUpperBounds() {
  SmallVector<OpFoldResult> bounds;
  for (Value bound : getBounds())
    bounds.push_back(bound);
  return bounds;
}

std::optional<SmallVector<OpFoldResult>> ForOp::getLoopSteps() {
  return SmallVector<OpFoldResult>(getBounds().size(), Builder(getContext()).getIndexAttr(1));
}

void ForOp::getSuccessorRegions(RegionBranchPoint, SmallVectorImpl<RegionSuccessor> &regions) {
  // The body may run any number of times, none included. No value flows into it or from one
  // iteration to the next, and the results are combined, not forwarded.
  regions.push_back(RegionSuccessor(&getBody()));
  regions.push_back(RegionSuccessor(getOperation(), getResults().drop_front(getResults().size())));
}

MutableOperandRange YieldOp::getMutableSuccessorOperands(RegionSuccessor) {
  return MutableOperandRange(getContributionsMutable()).slice(0, 0);
}

//===--------------------------------------------------------------------------------------------===//
// Verifiers
//===--------------------------------------------------------------------------------------------===//

/// Whether a reduction is defined on values of a type.
static bool isDefinedOn(Reduction kind, Type type) {
  auto integer = dyn_cast<IntegerType>(type);
  bool isInteger = (integer && integer.isSignless()) || isa<IndexType>(type);
  switch (kind) {
  case Reduction::Add:
  case Reduction::Mul:
    return isInteger || isa<FloatType, ComplexType>(type);
  case Reduction::MinF:
  case Reduction::MaxF:
    return isa<FloatType>(type);
  default:
    return isInteger;
  }
}

LogicalResult ForOp::verify() {
  if (getBounds().empty())
    return emitOpError("expected at least one bound");
  size_t reductions = getInitVals().size(), statuses = getRaises() ? 1 : 0;
  if (getReductions().size() != reductions || getResults().size() != reductions + statuses)
    return emitOpError() << "expected " << reductions << " reductions and "
                         << reductions + statuses << " results, found " << getReductions().size()
                         << " and " << getResults().size();
  if (getRaises() && !getResult(0).getType().isSignlessInteger(32))
    return emitOpError() << "expected a status (i32) as the first result, found "
                         << getResult(0).getType();
  for (auto [kind, init, result] :
       llvm::zip(getReductions(), getInitVals(), getResults().drop_front(statuses))) {
    auto reduction = cast<ReductionAttr>(kind).getValue();
    if (!isDefinedOn(reduction, init.getType()))
      return emitOpError() << "reduction '" << stringifyReduction(reduction)
                           << "' is not defined on " << init.getType();
    if (init.getType() != result.getType())
      return emitOpError() << "expected a result of type " << init.getType() << ", found "
                           << result.getType();
  }
  return success();
}

LogicalResult ForOp::verifyRegions() {
  Block &body = getBody().front();
  if (body.getNumArguments() != getBounds().size())
    return emitOpError() << "expected " << getBounds().size() << " induction variables, found "
                         << body.getNumArguments();
  for (BlockArgument iv : body.getArguments())
    if (!iv.getType().isIndex())
      return emitOpError() << "expected induction variables of type index, found " << iv.getType();
  if (body.getTerminator()->getOperandTypes() != getInitVals().getTypes())
    return body.getTerminator()->emitOpError()
           << "expected one contribution for each reduction, of the same type";
  return success();
}

LogicalResult ExitIfOp::verifyRegions() {
  if (isa<ExitOp>(getBody().front().getTerminator()))
    return success();
  return emitOpError("expected the region to end in 'par.exit'");
}

LogicalResult CollectOp::verify() {
  if (getList().getParentRegion() == (*this)->getParentRegion())
    return emitOpError("expected a list that is borrowed outside of the loop");
  // Where memory is explicit, the list and a value that is not a scalar are pointers.
  if (isa<LLVM::LLVMPointerType>(getList().getType()))
    return success();
  auto borrow = dyn_cast<own::MutType>(getList().getType());
  auto list = borrow ? dyn_cast<own::ListType>(borrow.getPayload()) : own::ListType();
  if (!list)
    return emitOpError() << "expected an exclusive borrow of a list, found "
                         << getList().getType();
  Type element = list.getElement();
  Type expected = own::isScalar(element) ? element : own::BoxType::get(getContext(), element);
  if (getValue().getType() != expected)
    return emitOpError() << "expected " << expected << ", found " << getValue().getType();
  return success();
}

//===--------------------------------------------------------------------------------------------===//
// What the Rust half calls (par.rs)
//===--------------------------------------------------------------------------------------------===//

extern "C" {

void mlcParRegister(DialectRegistry *registry) { registry->insert<ParDialect>(); }

MlirAttribute mlcParReductionAttrGet(MlirContext context, uint32_t kind) {
  return wrap(ReductionAttr::get(unwrap(context), static_cast<Reduction>(kind)));
}

/// The kind of a reduction; -1 for any other attribute.
int64_t mlcParReductionAttrGetKind(MlirAttribute attribute) {
  auto reduction = dyn_cast<ReductionAttr>(unwrap(attribute));
  return reduction ? static_cast<int64_t>(reduction.getValue()) : -1;
}

} // extern "C"
