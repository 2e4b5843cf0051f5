// RUN: %mlc opt %s --pass-pipeline='builtin.module(own-report-facts{of=parts})' --verify-diagnostics

!list = !own.list<f32>
!pair = !own.struct<"Pair", [!list, !list]>

// Filled again on both paths; the other field was there all the time.
func.func @refilled(%p: !own.mut<!pair>, %c: i1, %x: !own.box<!list>, %y: !own.box<!list>)
    -> (!own.box<!list>, index) {
  %f = own.field %p[0] : !own.mut<!pair> -> !own.mut<!list>
  %g = own.field %p[1] : !own.mut<!pair> -> !own.mut<!list>
  %t = own.take %f : !own.mut<!list> -> !own.box<!list>
  %n = own.len %g : !own.mut<!list>
  scf.if %c {
    own.put %x, %f : !own.box<!list>, !own.mut<!list>
  } else {
    own.put %y, %f : !own.box<!list>, !own.mut<!list>
  }
  return %t, %n : !own.box<!list>, index
}

func.func @on_one_path(%p: !own.mut<!pair> loc("p"), %c: i1, %x: !own.box<!list>) -> !own.box<!list> {
  %f = own.field %p[0] : !own.mut<!pair> -> !own.mut<!list>
  // expected-remark@+2 {{taken out of p}}
  // expected-remark@+1 {{and not filled again}}
  %t = own.take %f : !own.mut<!list> -> !own.box<!list>
  scf.if %c {
    own.put %x, %f : !own.box<!list>, !own.mut<!list>
  }
  return %t : !own.box<!list>
}

func.func @used(%p: !own.box<!pair> loc("p")) -> (!own.box<!list>, index) {
  %m = own.borrow_mut %p : !own.box<!pair> -> !own.mut<!pair>
  %f = own.field %m[0] : !own.mut<!pair> -> !own.mut<!list>
  // expected-remark@+1 {{taken out of p}}
  %t = own.take %f : !own.mut<!list> -> !own.box<!list>
  // expected-remark@+1 {{the part is used after that}}
  %n = own.len %f : !own.mut<!list>
  return %t, %n : !own.box<!list>, index
}
