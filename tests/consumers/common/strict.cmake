# The warnings of a strict application, which has none to fear from the library's headers.
target_compile_options(consumer PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wold-style-cast
  -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wnull-dereference -Wcast-align -Wcast-qual -Wdouble-promotion
  -Wformat=2 -Wundef -Wfloat-equal -Wextra-semi -Werror
  $<$<CXX_COMPILER_ID:GNU>:-Wuseless-cast -Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wredundant-decls>)
