//===- shim.cpp - what the C API of MLIR 22 does not offer --------------------------------------===//
//
// No logic of ours is here: passes that call back into Rust, registration of dialects that have no
// C handle, `MlirOptMain`, and lld as a function.

#include "lld/Common/Driver.h"
#include "mlir-c/IR.h"
#include "mlir/CAPI/IR.h"
#include "mlir/CAPI/Support.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ComplexToLLVM/ComplexToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/GPUToNVVM/GPUToNVVM.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/NVVMToLLVM/NVVMToLLVM.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/IR/ValueBoundsOpInterfaceImpl.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/Extensions/InlinerExtension.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/LLVMIR/Transforms/InlinerInterfaceImpl.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/AllInterfaces.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/IR/MemRefMemorySlot.h"
#include "mlir/Dialect/MemRef/IR/ValueBoundsOpInterfaceImpl.h"
#include "mlir/Dialect/MemRef/Transforms/AllocationOpInterfaceImpl.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/IR/ValueBoundsOpInterfaceImpl.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/IR/TensorTilingInterfaceImpl.h"
#include "mlir/Dialect/Tensor/IR/ValueBoundsOpInterfaceImpl.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/IR/ValueBoundsOpInterfaceImpl.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Target/LLVM/NVVM/Target.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/ToolOutputFile.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

LLD_HAS_DRIVER(elf)

using namespace mlir;

namespace {

/// Runs a pass that is written in Rust: `pass` is the Rust side's own pointer, `options` the text
/// between the braces in a pipeline. Returns whether the pass succeeded.
using RunPass = bool (*)(const void *pass, MlirOperation op, MlirStringRef options);

/// What Rust tells about a pass; the strings live as long as the process.
struct RustPassInfo {
  const void *pass;
  MlirStringRef argument, summary, anchor;
  RunPass run;
};

/// Adds the dialects, beside upstream ones, of which passes in Rust may build operations.
void (*addPassDialects)(DialectRegistry *) = nullptr;

StringRef toStringRef(MlirStringRef string) { return StringRef(string.data, string.length); }

class RustPass : public OperationPass<> {
public:
  explicit RustPass(const RustPassInfo &info) : OperationPass<>(TypeID::get<RustPass>()), info(info) {}

  StringRef getName() const override { return toStringRef(info.argument); }
  StringRef getArgument() const override { return toStringRef(info.argument); }
  StringRef getDescription() const override { return toStringRef(info.summary); }

  bool canScheduleOn(RegisteredOperationName name) const override {
    return info.anchor.length == 0 || name.getStringRef() == toStringRef(info.anchor);
  }

  LogicalResult
  initializeOptions(StringRef text,
                    function_ref<LogicalResult(const Twine &)> errorHandler) override {
    options = text.str();
    return success();
  }

  /// A pass may build operations of any of the dialects that the pipelines use.
  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<arith::ArithDialect, cf::ControlFlowDialect, complex::ComplexDialect,
                    func::FuncDialect, gpu::GPUDialect, LLVM::LLVMDialect, linalg::LinalgDialect,
                    math::MathDialect, memref::MemRefDialect, NVVM::NVVMDialect, scf::SCFDialect,
                    ub::UBDialect, vector::VectorDialect>();
    if (addPassDialects)
      addPassDialects(&registry);
  }

  void runOnOperation() override {
    if (!info.run(info.pass, wrap(getOperation()), {options.data(), options.size()}))
      signalPassFailure();
  }

  std::unique_ptr<Pass> clonePass() const override { return std::unique_ptr<Pass>(new RustPass(*this)); }

protected:
  RustPass(const RustPass &) = default;

private:
  RustPassInfo info;
  std::string options;
};

} // namespace

extern "C" {

/// Tells which dialects, beside upstream ones, passes may build operations of.
void mlcSetPassDialects(void (*add)(DialectRegistry *)) { addPassDialects = add; }

/// Makes a pass known under its name to every textual pipeline of the process.
void mlcRegisterPass(const RustPassInfo *info) {
  RustPassInfo copy = *info;
  registerPass([copy] { return std::make_unique<RustPass>(copy); });
}

/// What the pipelines use, without what nothing of ours produces: each dialect more is loaded by
/// every compilation. Interfaces of dialects that are not in this list are left out with them.
void mlcRegisterCompileDialects(DialectRegistry *registry) {
  registry->insert<arith::ArithDialect, cf::ControlFlowDialect, complex::ComplexDialect,
                   func::FuncDialect, gpu::GPUDialect, LLVM::LLVMDialect, linalg::LinalgDialect,
                   math::MathDialect, memref::MemRefDialect, NVVM::NVVMDialect, scf::SCFDialect,
                   tensor::TensorDialect, ub::UBDialect, vector::VectorDialect>();
  // Inlining.
  func::registerInlinerExtension(*registry);
  LLVM::registerInlinerInterface(*registry);
  // Bounds, tiling, and promotion of memory to values.
  arith::registerValueBoundsOpInterfaceExternalModels(*registry);
  linalg::registerAllDialectInterfaceImplementations(*registry);
  memref::registerAllocationOpInterfaceExternalModels(*registry);
  memref::registerMemorySlotExternalModels(*registry);
  memref::registerValueBoundsOpInterfaceExternalModels(*registry);
  scf::registerValueBoundsOpInterfaceExternalModels(*registry);
  tensor::registerTilingInterfaceExternalModels(*registry);
  tensor::registerValueBoundsOpInterfaceExternalModels(*registry);
  vector::registerValueBoundsOpInterfaceExternalModels(*registry);
  // `convert-to-llvm` and `gpu-to-llvm`.
  arith::registerConvertArithToLLVMInterface(*registry);
  cf::registerConvertControlFlowToLLVMInterface(*registry);
  registerConvertComplexToLLVMInterface(*registry);
  registerConvertFuncToLLVMInterface(*registry);
  index::registerConvertIndexToLLVMInterface(*registry);
  registerConvertMathToLLVMInterface(*registry);
  registerConvertMemRefToLLVMInterface(*registry);
  registerConvertNVVMToLLVMInterface(*registry);
  ub::registerConvertUBToLLVMInterface(*registry);
  vector::registerConvertVectorToLLVMInterface(*registry);
  NVVM::registerConvertGpuToNVVMInterface(*registry);
  // Translation to LLVM IR and PTX.
  registerBuiltinDialectTranslation(*registry);
  registerGPUDialectTranslation(*registry);
  registerLLVMDialectTranslation(*registry);
  registerNVVMDialectTranslation(*registry);
  NVVM::registerNVVMTargetInterfaceExternalModels(*registry);
  gpu::registerOffloadingLLVMTranslationInterfaceExternalModels(*registry);
}

/// Every upstream pass, by name.
void mlcRegisterAllPasses() { registerAllPasses(); }

/// A module from its text; `name` is the file in its locations. Null where the text is malformed, and
/// then the context was told why. Unlike the function of the C API, it takes a name.
MlirModule mlcParseModule(MlirContext context, MlirStringRef text, MlirStringRef name) {
  ParserConfig config(unwrap(context));
  return wrap(parseSourceString<ModuleOp>(toStringRef(text), config, toStringRef(name)).release());
}

/// `mlir-opt` with whatever else was registered; `extend` adds dialects to the registry, and `accept` looks at the text
/// before it is parsed.
int mlcOptMain(int argc, char **argv, void (*extend)(DialectRegistry *),
               bool (*accept)(MlirStringRef text, MlirStringRef name)) {
  DialectRegistry registry;
  registerAllDialects(registry);
  registerAllExtensions(registry);
  registerAllToLLVMIRTranslations(registry);
  extend(&registry);
  auto [input, output] =
      registerAndParseCLIOptions(argc, argv, "mlc opt: runs passes over MLIR\n", registry);
  MlirOptMainConfig config = MlirOptMainConfig::createFromCLOptions();
  if (config.shouldShowDialects() || config.shouldListPasses())
    return asMainReturnCode(MlirOptMain(argc, argv, input, output, registry));

  llvm::InitLLVM init(argc, argv);
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> text = openInputFile(input, &message);
  if (!text) {
    llvm::errs() << message << "\n";
    return 1;
  }
  if (!accept(wrap(text->getBuffer()), wrap(StringRef(input))))
    return 1;
  std::unique_ptr<llvm::ToolOutputFile> file = openOutputFile(output, &message);
  if (!file) {
    llvm::errs() << message << "\n";
    return 1;
  }
  if (failed(MlirOptMain(file->os(), std::move(text), registry, config)))
    return 1;
  file->keep();
  return 0;
}

/// Emits an error with notes, each at a location of its own.
void mlcEmitError(MlirLocation location, MlirStringRef message, size_t count,
                  const MlirLocation *noteLocations, const MlirStringRef *notes) {
  InFlightDiagnostic diagnostic = emitError(unwrap(location)) << toStringRef(message);
  for (size_t i = 0; i < count; ++i)
    diagnostic.attachNote(unwrap(noteLocations[i])) << toStringRef(notes[i]);
}

/// Emits a remark.
void mlcEmitRemark(MlirLocation location, MlirStringRef message) {
  emitRemark(unwrap(location)) << toStringRef(message);
}

/// Links as `ld.lld ARGS...` would; `args[0]` is the program's name. What lld says is handed to
/// `report` as one text. Returns whether a file was written.
bool mlcLink(const char *const *args, size_t count,
             void (*report)(void *, const char *, size_t), void *sink) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  lld::Result result = lld::lldMain(ArrayRef<const char *>(args, count), stream, stream,
                                    {{lld::Gnu, &lld::elf::link}});
  stream.flush();
  report(sink, text.data(), text.size());
  return result.retCode == 0;
}

} // extern "C"
