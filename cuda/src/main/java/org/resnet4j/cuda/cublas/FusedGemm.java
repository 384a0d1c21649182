package org.resnet4j.cuda.cublas;

/**
 * A product with what follows it: {@code D = relu(op(A) op(B) + C + bias)}, summed in float32. C
 * and D have the leading dimension and the type that {@code gemm} gives its C, the bias has that
 * type too, and a number for each row. Immutable and thread-safe. Source: {@code cublasLtMatmul}.
 *
 * @param gemm the product
 * @param addsC whether C is added
 * @param bias whether a bias is added
 * @param relu whether negative results become 0
 */
public record FusedGemm(Gemm gemm, boolean addsC, boolean bias, boolean relu) {}
