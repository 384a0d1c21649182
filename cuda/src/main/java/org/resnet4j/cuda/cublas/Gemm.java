package org.resnet4j.cuda.cublas;

/**
 * A product of matrices, column-major: {@code C = alpha op(A) op(B) + beta C} with {@code op(A)} m
 * by k, {@code op(B)} k by n, C m by n. Immutable and thread-safe. Source: {@code cublasGemmEx}.
 *
 * @param operationA how A is read
 * @param operationB how B is read
 * @param m rows of C
 * @param n columns of C
 * @param k inner dimension
 * @param lda elements from column to column of A as stored
 * @param ldb elements from column to column of B as stored
 * @param ldc elements from column to column of C
 * @param inputType of A and B
 * @param outputType of C
 * @param computeType of the sums, alpha and beta
 */
public record Gemm(
    Operation operationA,
    Operation operationB,
    int m,
    int n,
    int k,
    int lda,
    int ldb,
    int ldc,
    MatrixType inputType,
    MatrixType outputType,
    ComputeType computeType) {}
