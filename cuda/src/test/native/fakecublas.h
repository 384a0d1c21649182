/* What the emulated cuBLAS and cuBLASLt share, the latter's library defining it: handles, matrices, products. */
#ifndef FAKECUBLAS_H
#define FAKECUBLAS_H

#include "fake.h"

enum { SUCCESS = 0, NOT_INITIALIZED = 1, INVALID_VALUE = 7, EXECUTION_FAILED = 13, NOT_SUPPORTED = 15 };
enum { FLOAT = 0, HALF = 2, BFLOAT16 = 14 };
enum { PLAIN = 0, TRANSPOSED = 1, CONJUGATED = 2 };
enum { COMPUTE_32F = 68, COMPUTE_32F_PEDANTIC = 69, COMPUTE_32F_TF32 = 77 };

/* A cuBLAS handle is one of cuBLASLt too. */
#define HANDLE "cublasHandle"

/* Begins a function: count, injected fault. */
#define ENTER                          \
  do {                                 \
    int fault_ = fake_enter(__func__); \
    if (fault_) return fault_;         \
  } while (0)

/* A matrix as stored, column-major. */
typedef struct {
  uint64_t at;
  int type, transposed, rows, columns, ld;
} matrix;

/* d = max(alpha op(a) op(b) + beta c + bias, floor), with a bias of d's type for each row; bias 0 for none. With tensor
   cores float32 is rounded to TF32 before it is multiplied. */
typedef struct {
  matrix a, b, c, d;
  int m, n, k, tensor_cores;
  float alpha, beta, floor;
  uint64_t bias, workspace;
  size_t workspace_bytes;
} gemm;

/* op(X), of rows by columns, as it is stored. */
matrix matrix_stored(uint64_t at, int type, int operation, int rows, int columns, int ld);

/* Types and shapes only: 0, INVALID_VALUE or NOT_SUPPORTED. */
int gemm_check(const gemm *g, int compute);
/* Memory too, then queues. */
int gemm_enqueue(const gemm *g, void *stream);

#endif
