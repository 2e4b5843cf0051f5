//===- own.cpp - verifiers of the own dialect ---------------------------------------------------===//

#include "own.h"

#include "mlir/CAPI/IR.h"
#include "mlir/CAPI/Support.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlc::own;

#include "own_dialect.cpp.inc"

/// The fields of a struct in brackets, of which there may be none; behind them `, destructor "symbol"` where it has one.
static ParseResult parseFields(AsmParser &parser, SmallVector<Type> &fields,
                               StringAttr &destructor) {
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square,
                                     [&] { return parser.parseType(fields.emplace_back()); }))
    return failure();
  if (failed(parser.parseOptionalComma()))
    return success();
  return failure(parser.parseKeyword("destructor") || parser.parseAttribute(destructor));
}
static void printFields(AsmPrinter &printer, ArrayRef<Type> fields, StringAttr destructor) {
  printer << "[";
  llvm::interleaveComma(fields, printer);
  printer << "]";
  if (destructor)
    printer << ", destructor " << destructor;
}

namespace mlc::own::detail {
/// What is kept of a node: the name is the key, the body is told later, once.
struct NodeTypeStorage : public TypeStorage {
  using KeyTy = StringRef;
  explicit NodeTypeStorage(StringRef name) : name(name) {}
  bool operator==(const KeyTy &key) const { return key == name; }
  static NodeTypeStorage *construct(TypeStorageAllocator &allocator, const KeyTy &key) {
    return new (allocator.allocate<NodeTypeStorage>()) NodeTypeStorage(allocator.copyInto(key));
  }
  LogicalResult mutate(TypeStorageAllocator &allocator, ArrayRef<Type> newFields,
                       StringAttr newDestructor) {
    if (complete)
      return success(fields == newFields && destructor == newDestructor);
    fields = allocator.copyInto(newFields);
    destructor = newDestructor;
    complete = true;
    return success();
  }

  StringRef name;
  ArrayRef<Type> fields;
  StringAttr destructor;
  bool complete = false;
};
} // namespace mlc::own::detail

#define GET_TYPEDEF_CLASSES
#include "own_types.cpp.inc"

StringRef NodeType::getName() const { return getImpl()->name; }
ArrayRef<Type> NodeType::getFields() const { return getImpl()->fields; }
StringAttr NodeType::getDestructor() const { return getImpl()->destructor; }
bool NodeType::isComplete() const { return getImpl()->complete; }
LogicalResult NodeType::setBody(ArrayRef<Type> fields, StringAttr destructor) {
  return Base::mutate(fields, destructor);
}

Type NodeType::parse(AsmParser &parser) {
  std::string name;
  if (parser.parseLess() || parser.parseString(&name))
    return {};
  auto node = NodeType::get(parser.getContext(), name);
  if (succeeded(parser.parseOptionalGreater()))
    return node;
  auto cyclic = parser.tryStartCyclicParse(node);
  SmallVector<Type> fields;
  StringAttr destructor;
  if (failed(cyclic)) {
    parser.emitError(parser.getNameLoc(), "inside of its own fields, a node is its name alone");
    return {};
  }
  if (parser.parseComma() || parseFields(parser, fields, destructor) || parser.parseGreater())
    return {};
  if (failed(node.setBody(fields, destructor))) {
    parser.emitError(parser.getNameLoc(), "this node has other fields already");
    return {};
  }
  return node;
}

void NodeType::print(AsmPrinter &printer) const {
  printer << "<";
  printer.printString(getName());
  auto cyclic = printer.tryStartCyclicPrint(*this);
  if (succeeded(cyclic) && isComplete()) {
    printer << ", ";
    printFields(printer, getFields(), getDestructor());
  }
  printer << ">";
}

/// The fields of a struct or of a node, and the symbol of its destructor.
struct Aggregate {
  ArrayRef<Type> fields;
  StringAttr destructor;
  StringRef name;
};
static std::optional<Aggregate> getAggregate(Type type) {
  if (auto plain = dyn_cast_or_null<StructType>(type))
    return Aggregate{plain.getFields(), plain.getDestructor(), plain.getName()};
  if (auto node = dyn_cast_or_null<NodeType>(type))
    return Aggregate{node.getFields(), node.getDestructor(), node.getName()};
  return std::nullopt;
}

#define GET_OP_CLASSES
#include "own_ops.cpp.inc"

void OwnDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "own_types.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "own_ops.cpp.inc"
      >();
}

//===--------------------------------------------------------------------------------------------===//
// Types
//===--------------------------------------------------------------------------------------------===//

bool mlc::own::isScalar(Type type) {
  if (auto complex = dyn_cast<ComplexType>(type))
    return isa<FloatType>(complex.getElementType());
  auto integer = dyn_cast<IntegerType>(type);
  return (integer && integer.isSignless()) || isa<IndexType, FloatType>(type);
}

bool mlc::own::isStorable(Type type) {
  if (auto array = dyn_cast<MemRefType>(type))
    return isScalar(array.getElementType());
  return isScalar(type) || isa<ListType, NodeType, ObjectType, StrType, StructType>(type);
}

Type mlc::own::getPayload(Type type) {
  return TypeSwitch<Type, Type>(type)
      .Case<BoxType, RefType, MutType>([](auto owned) { return owned.getPayload(); })
      .Default(Type());
}

static LogicalResult verifyStorable(function_ref<InFlightDiagnostic()> emitError, Type type) {
  if (isStorable(type))
    return success();
  return emitError() << "expected a scalar, a memref of scalars, a list, a struct, a str or an object, found " << type;
}

LogicalResult BoxType::verify(function_ref<InFlightDiagnostic()> emitError, Type payload) {
  return verifyStorable(emitError, payload);
}
LogicalResult RefType::verify(function_ref<InFlightDiagnostic()> emitError, Type payload) {
  return verifyStorable(emitError, payload);
}
LogicalResult MutType::verify(function_ref<InFlightDiagnostic()> emitError, Type payload) {
  return verifyStorable(emitError, payload);
}
LogicalResult ListType::verify(function_ref<InFlightDiagnostic()> emitError, Type element) {
  return verifyStorable(emitError, element);
}
LogicalResult StructType::verify(function_ref<InFlightDiagnostic()> emitError, StringRef name,
                                 ArrayRef<Type> fields, StringAttr destructor) {
  if (name.empty())
    return emitError() << "expected a struct with a name";
  for (Type field : fields)
    if (failed(verifyStorable(emitError, field)))
      return failure();
  return success();
}

//===--------------------------------------------------------------------------------------------===//
// What several operations verify
//===--------------------------------------------------------------------------------------------===//

/// Both types own or borrow the same payload.
static LogicalResult verifySamePayload(Operation *op, Type first, Type second) {
  if (getPayload(first) == getPayload(second))
    return success();
  return op->emitOpError() << "expected both payloads to be the same, found " << getPayload(first)
                           << " and " << getPayload(second);
}

/// A part of a value is borrowed as its source is: shared or exclusive.
static LogicalResult verifyProjection(Operation *op, Type source, Type result, Type part) {
  if (isa<MutType>(result) && !isa<MutType>(source))
    return op->emitOpError("cannot make an exclusive borrow from a shared one");
  if (getPayload(result) != part)
    return op->emitOpError() << "expected a borrow of " << part << ", found " << result;
  return success();
}

static FailureOr<ListType> expectList(Operation *op, Type borrow) {
  if (auto list = dyn_cast<ListType>(getPayload(borrow)))
    return list;
  return op->emitOpError() << "expected a borrow of a list, found " << borrow;
}

/// `value` may become an element or a field of type `part`: a scalar as itself, all else in a box.
static LogicalResult verifyStored(Operation *op, Type value, Type part) {
  bool fits = isScalar(part) ? value == part : value == BoxType::get(op->getContext(), part);
  if (fits)
    return success();
  auto error = op->emitOpError() << "expected ";
  if (isScalar(part))
    error << part;
  else
    error << BoxType::get(op->getContext(), part);
  return error << ", found " << value;
}

/// An error leaves the function through its first result, the status; in a parallel loop it leaves
/// the iteration, and the loop is marked.
static LogicalResult verifyMayRaise(Operation *op) {
  for (Operation *loop = op->getParentOp(); loop; loop = loop->getParentOp())
    if (loop->getName().getStringRef() == "par.for") {
      if (loop->hasAttr("raises"))
        return success();
      return op->emitOpError("may leave the iteration with an error, so the 'par.for' around it "
                             "must be marked 'raises'");
    }
  auto function = op->getParentOfType<FunctionOpInterface>();
  if (!function)
    return success();
  auto results = function.getResultTypes();
  if (!results.empty() && results.front().isSignlessInteger(32))
    return success();
  return op->emitOpError("may leave the function with an error, so the function must return a "
                         "status (i32) first");
}

//===--------------------------------------------------------------------------------------------===//
// Operations
//===--------------------------------------------------------------------------------------------===//

LogicalResult NewListOp::verify() {
  auto list = dyn_cast<ListType>(getResult().getType().getPayload());
  if (!list)
    return emitOpError() << "expected a box of a list, found " << getResult().getType();
  if (getUninit() && !isScalar(list.getElement()))
    return emitOpError("only a list of scalars may be left uninitialized");
  return success();
}

LogicalResult ReuseOp::verify() {
  Type payload = getSource().getType().getPayload();
  if (isa<MemRefType>(payload))
    return success();
  auto list = dyn_cast<ListType>(payload);
  if (!list || !isScalar(list.getElement()))
    return emitOpError() << "expected a box of an array or of a list of scalars, found "
                         << getSource().getType();
  return success();
}

LogicalResult NewArrayOp::verify() {
  auto array = dyn_cast<MemRefType>(getResult().getType().getPayload());
  if (!array)
    return emitOpError() << "expected a box of a memref, found " << getResult().getType();
  if (!array.getLayout().isIdentity())
    return emitOpError("expected a memref with the identity layout");
  if (array.getNumDynamicDims() != static_cast<int64_t>(getExtents().size()))
    return emitOpError() << "expected " << array.getNumDynamicDims() << " extents, found "
                         << getExtents().size();
  return success();
}

LogicalResult CopyOp::verify() {
  return verifySamePayload(*this, getSource().getType(), getResult().getType());
}
LogicalResult BorrowOp::verify() {
  return verifySamePayload(*this, getSource().getType(), getResult().getType());
}
LogicalResult BorrowMutOp::verify() {
  return verifySamePayload(*this, getSource().getType(), getResult().getType());
}

LogicalResult ElemOp::verify() {
  auto list = expectList(*this, getSource().getType());
  if (failed(list))
    return failure();
  return verifyProjection(*this, getSource().getType(), getResult().getType(), list->getElement());
}

LogicalResult FieldOp::verify() {
  auto type = getAggregate(getPayload(getSource().getType()));
  if (!type)
    return emitOpError() << "expected a borrow of a struct, found " << getSource().getType();
  if (getField() >= type->fields.size())
    return emitOpError() << "field " << getField() << " is out of range for a struct of "
                         << type->fields.size() << " fields";
  return verifyProjection(*this, getSource().getType(), getResult().getType(),
                          type->fields[getField()]);
}

void KeepOp::getEffects(SmallVectorImpl<MemoryEffects::EffectInstance> &effects) {
  if (getAlive())
    effects.emplace_back(MemoryEffects::Write::get());
}

/// The payload of a borrow is a struct with a destructor.
static LogicalResult verifyHasDestructor(Operation *op, Type place) {
  auto type = getAggregate(getPayload(place));
  if (type && type->destructor)
    return success();
  return op->emitOpError() << "expected a borrow of a struct with a destructor, found " << place;
}
LogicalResult ArmOp::verify() { return verifyHasDestructor(*this, getPlace().getType()); }
LogicalResult DisarmOp::verify() { return verifyHasDestructor(*this, getPlace().getType()); }

LogicalResult ViewOp::verify() {
  Type payload = getPayload(getSource().getType());
  if (auto list = dyn_cast<ListType>(payload)) {
    if (!isScalar(list.getElement()))
      return emitOpError() << "expected a list of scalars, found " << payload;
    payload = MemRefType::get({ShapedType::kDynamic}, list.getElement());
  } else if (!isa<MemRefType>(payload)) {
    return emitOpError() << "expected a borrow of a list or of an array, found "
                         << getSource().getType();
  }
  if (getResult().getType() != payload)
    return emitOpError() << "expected " << payload << ", found " << getResult().getType();
  return success();
}

LogicalResult SliceOp::verify() {
  Type from = getPayload(getSource().getType()), to = getPayload(getResult().getType());
  if (isa<MutType>(getResult().getType()) && !isa<MutType>(getSource().getType()))
    return emitOpError("cannot make an exclusive borrow from a shared one");
  if (!getBounds().empty() && getBounds().size() != 2)
    return emitOpError() << "expected two bounds or none, found " << getBounds().size();
  if (isa<ListType>(from) && from == to) {
    if (!getIndices().empty() || getBounds().empty() || getExtents().size() != 1)
      return emitOpError("expected two bounds and one extent for a part of a list");
    return success();
  }
  auto source = dyn_cast<MemRefType>(from), result = dyn_cast<MemRefType>(to);
  if (!source || !result || source.getElementType() != result.getElementType())
    return emitOpError() << "expected borrows of a list or of arrays of one element type, found "
                         << getSource().getType() << " and " << getResult().getType();
  size_t fixed = getIndices().size() + (getBounds().empty() ? 0 : 1);
  if (fixed > static_cast<size_t>(source.getRank()))
    return emitOpError() << "expected at most " << source.getRank() << " indices and bounds, found " << fixed;
  if (result.getNumDynamicDims() != static_cast<int64_t>(getExtents().size()))
    return emitOpError() << "expected " << result.getNumDynamicDims() << " extents, found "
                         << getExtents().size();
  return success();
}

LogicalResult HeaderOp::verify() {
  if (getPayload(getResult().getType()) == getSource().getType())
    return success();
  return emitOpError() << "expected a borrow of " << getSource().getType() << ", found "
                       << getResult().getType();
}

LogicalResult LenOp::verify() {
  Type payload = getPayload(getSource().getType());
  auto array = dyn_cast<MemRefType>(payload);
  if (isa<ListType>(payload) || (array && array.getRank() > 0))
    return success();
  return emitOpError() << "expected a borrow of a list or of an array, found "
                       << getSource().getType();
}

LogicalResult LoadOp::verify() {
  Type payload = getPayload(getSource().getType());
  if (isScalar(payload) && getResult().getType() == payload)
    return success();
  return emitOpError() << "cannot read " << getResult().getType() << " through "
                       << getSource().getType();
}

LogicalResult StoreOp::verify() {
  Type payload = getPlace().getType().getPayload();
  if (isScalar(payload) && getValue().getType() == payload)
    return success();
  return emitOpError() << "cannot write " << getValue().getType() << " through "
                       << getPlace().getType();
}

LogicalResult PutOp::verify() {
  return verifySamePayload(*this, getValue().getType(), getPlace().getType());
}
LogicalResult TakeOp::verify() {
  return verifySamePayload(*this, getPlace().getType(), getResult().getType());
}
LogicalResult SwapOp::verify() {
  return verifySamePayload(*this, getFirst().getType(), getSecond().getType());
}

LogicalResult AppendOp::verify() {
  auto list = expectList(*this, getList().getType());
  if (failed(list) || failed(verifyStored(*this, getValue().getType(), list->getElement())))
    return failure();
  return verifyMayRaise(*this);
}

LogicalResult ResizeOp::verify() {
  if (failed(expectList(*this, getList().getType())))
    return failure();
  return verifyMayRaise(*this);
}

LogicalResult CheckOp::verify() { return verifyMayRaise(*this); }
LogicalResult CheckIndexOp::verify() { return verifyMayRaise(*this); }
LogicalResult PropagateOp::verify() { return verifyMayRaise(*this); }

//===--------------------------------------------------------------------------------------------===//
// What the Rust half calls (own.rs)
//===--------------------------------------------------------------------------------------------===//

extern "C" {

void mlcOwnRegister(DialectRegistry *registry) { registry->insert<OwnDialect>(); }

MlirType mlcOwnBoxTypeGet(MlirType payload) {
  return wrap(BoxType::get(unwrap(payload).getContext(), unwrap(payload)));
}
MlirType mlcOwnRefTypeGet(MlirType payload) {
  return wrap(RefType::get(unwrap(payload).getContext(), unwrap(payload)));
}
MlirType mlcOwnMutTypeGet(MlirType payload) {
  return wrap(MutType::get(unwrap(payload).getContext(), unwrap(payload)));
}
MlirType mlcOwnListTypeGet(MlirType element) {
  return wrap(ListType::get(unwrap(element).getContext(), unwrap(element)));
}
/// `destructor` is empty for a struct without one.
MlirType mlcOwnStructTypeGet(MlirContext context, MlirStringRef name, intptr_t count,
                             const MlirType *fields, MlirStringRef destructor) {
  SmallVector<Type> types;
  for (intptr_t i = 0; i < count; ++i)
    types.push_back(unwrap(fields[i]));
  StringAttr symbol;
  if (destructor.length)
    symbol = StringAttr::get(unwrap(context), unwrap(destructor));
  return wrap(StructType::get(unwrap(context), unwrap(name), types, symbol));
}

/// A node by its name, without a body if this is the first time that it is asked for.
MlirType mlcOwnNodeTypeGet(MlirContext context, MlirStringRef name) {
  return wrap(NodeType::get(unwrap(context), unwrap(name)));
}
bool mlcOwnTypeIsNode(MlirType type) { return isa<NodeType>(unwrap(type)); }

bool mlcOwnNodeTypeIsComplete(MlirType type) { return cast<NodeType>(unwrap(type)).isComplete(); }
bool mlcOwnNodeTypeSetBody(MlirType type, intptr_t count, const MlirType *fields,
                           MlirStringRef destructor) {
  SmallVector<Type> types;
  for (intptr_t i = 0; i < count; ++i)
    types.push_back(unwrap(fields[i]));
  auto node = cast<NodeType>(unwrap(type));
  StringAttr symbol;
  if (destructor.length)
    symbol = StringAttr::get(node.getContext(), unwrap(destructor));
  return succeeded(node.setBody(types, symbol));
}

MlirType mlcOwnStrTypeGet(MlirContext context) { return wrap(StrType::get(unwrap(context))); }

bool mlcOwnTypeIsStr(MlirType type) { return isa<StrType>(unwrap(type)); }

MlirType mlcOwnObjectTypeGet(MlirContext context) { return wrap(ObjectType::get(unwrap(context))); }

bool mlcOwnTypeIsObject(MlirType type) { return isa<ObjectType>(unwrap(type)); }
bool mlcOwnTypeIsBox(MlirType type) { return isa<BoxType>(unwrap(type)); }
bool mlcOwnTypeIsRef(MlirType type) { return isa<RefType>(unwrap(type)); }
bool mlcOwnTypeIsMut(MlirType type) { return isa<MutType>(unwrap(type)); }
bool mlcOwnTypeIsList(MlirType type) { return isa<ListType>(unwrap(type)); }
bool mlcOwnTypeIsStruct(MlirType type) { return isa<StructType, NodeType>(unwrap(type)); }

/// Null where the type is neither a box nor a borrow.
MlirType mlcOwnTypeGetPayload(MlirType type) { return wrap(getPayload(unwrap(type))); }
MlirType mlcOwnListTypeGetElement(MlirType type) {
  return wrap(cast<ListType>(unwrap(type)).getElement());
}
MlirStringRef mlcOwnStructTypeGetName(MlirType type) {
  return wrap(getAggregate(unwrap(type))->name);
}
/// Empty for a struct without a destructor.
MlirStringRef mlcOwnStructTypeGetDestructor(MlirType type) {
  StringAttr destructor = getAggregate(unwrap(type))->destructor;
  return wrap(destructor ? destructor.getValue() : StringRef());
}
intptr_t mlcOwnStructTypeGetNumFields(MlirType type) {
  return getAggregate(unwrap(type))->fields.size();
}
MlirType mlcOwnStructTypeGetField(MlirType type, intptr_t position) {
  return wrap(getAggregate(unwrap(type))->fields[position]);
}

} // extern "C"
