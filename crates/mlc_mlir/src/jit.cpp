//===- jit.cpp - machine code in this process, and what is known of CPUs ------------------------===//
//
// The C API of ORC always sets up a platform, which compiles a module of its own; ours needs none.

#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/ExecutionEngine/Orc/SelfExecutorProcessControl.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;

namespace {

using Report = void (*)(void *sink, const char *text, size_t length);

bool failed(Error error, Report report, void *sink) {
  if (!error)
    return false;
  std::string text = toString(std::move(error));
  report(sink, text.data(), text.size());
  return true;
}

std::unique_ptr<MCSubtargetInfo> subtarget(const char *tripleText, const char *cpu,
                                           const char *features = "") {
  Triple triple(tripleText);
  std::string error;
  const Target *target = TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return nullptr;
  return std::unique_ptr<MCSubtargetInfo>(target->createMCSubtargetInfo(triple, cpu, features));
}

} // namespace

extern "C" {

/// A name and an address that code may refer to.
struct MlcSymbol {
  const char *name;
  const void *address;
};

/// Loads an object into the process. Names are resolved among `symbols`, then among those of the
/// process. Null on failure, and then the reason was reported.
orc::LLJIT *mlcJitCreate(const char *object, size_t length, const MlcSymbol *symbols, size_t count,
                         Report report, void *sink) {
  orc::JITTargetMachineBuilder machine{Triple(sys::getProcessTriple())};
  auto jit = orc::LLJITBuilder()
                 .setJITTargetMachineBuilder(std::move(machine))
                 .setPlatformSetUp(orc::setUpInactivePlatform)
                 .create();
  if (!jit) {
    failed(jit.takeError(), report, sink);
    return nullptr;
  }
  orc::SymbolMap map;
  for (size_t i = 0; i < count; ++i)
    map[(*jit)->mangleAndIntern(symbols[i].name)] = {orc::ExecutorAddr::fromPtr(symbols[i].address),
                                                     JITSymbolFlags::Exported};
  if (failed((*jit)->getMainJITDylib().define(orc::absoluteSymbols(std::move(map))), report, sink))
    return nullptr;
  auto buffer = MemoryBuffer::getMemBufferCopy(StringRef(object, length), "mlc");
  if (failed((*jit)->addObjectFile(std::move(buffer)), report, sink))
    return nullptr;
  return jit->release();
}

/// The address of a name that the object defines; null, with the reason reported, if it does not or
/// if something that it refers to is missing.
void *mlcJitLookup(orc::LLJIT *jit, const char *name, Report report, void *sink) {
  auto address = jit->lookup(name);
  if (!address) {
    failed(address.takeError(), report, sink);
    return nullptr;
  }
  return address->toPtr<void *>();
}

void mlcJitDestroy(orc::LLJIT *jit) { delete jit; }

/// Whether 64-bit code can be generated for a CPU of that name.
bool mlcIsCpu(const char *triple, const char *cpu) {
  auto info = subtarget(triple, "");
  if (!info || !info->isCPUStringValid(cpu))
    return false;
  if (!Triple(triple).isX86())
    return true;
  info = subtarget(triple, cpu);
  return info && info->checkFeatures("+64bit");
}

/// Whether a CPU, with a list of further features, has a feature such as `+avx2`.
bool mlcCpuHas(const char *triple, const char *cpu, const char *features, const char *feature) {
  auto info = subtarget(triple, cpu, features);
  return info && info->checkFeatures(feature);
}

/// Reports the name of every CPU that the target knows.
void mlcCpuNames(const char *triple, Report report, void *sink) {
  auto info = subtarget(triple, "");
  if (!info)
    return;
  for (const SubtargetSubTypeKV &cpu : info->getAllProcessorDescriptions())
    report(sink, cpu.Key, StringRef(cpu.Key).size());
}

} // extern "C"
