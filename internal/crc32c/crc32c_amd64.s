//go:build !(purego || race || msan || asan)

#include "textflag.h"

// func hasInstructions() bool
TEXT ·hasInstructions(SB), NOSPLIT, $0-1
	MOVL $1, AX
	XORL CX, CX
	CPUID
	ANDL $0x100002, CX // SSE4.2 has CRC32; PCLMULQDQ
	CMPL CX, $0x100002
	SETEQ ret+0(FP)
	RET

// func blocks(crc uint32, p *byte, n int) uint32
//
// A polynomial times x^8192, modulo that of CRC-32C, is what 1,024 bytes of zero
// behind it make of it. CRC32 of 64 bits multiplies by x^32, and the product of two
// polynomials in reversed bits is by one x too short. So for what has 1,024 bytes
// behind it, the factor is x^(8192-33), and for 2,048 bytes x^(16384-33).
TEXT ·blocks(SB), NOSPLIT, $0-28
	MOVL crc+0(FP), AX
	MOVQ p+8(FP), SI
	MOVQ n+16(FP), DX
	MOVL $0xa51b6135, R8
	MOVQ R8, X2
	MOVL $0x170076fa, R8
	MOVQ R8, X3

block:
	XORL BX, BX
	XORL CX, CX
	MOVL $128, DI

three:
	CRC32Q (SI), AX
	CRC32Q 1024(SI), BX
	CRC32Q 2048(SI), CX
	ADDQ $8, SI
	SUBL $1, DI
	JNZ  three

	MOVQ      AX, X0
	PCLMULQDQ $0, X2, X0
	MOVQ      BX, X1
	PCLMULQDQ $0, X3, X1
	PXOR      X1, X0
	MOVQ      X0, BX
	XORL      AX, AX
	CRC32Q    BX, AX
	XORL      CX, AX
	ADDQ      $2048, SI
	SUBQ      $1, DX
	JNZ       block
	MOVL      AX, ret+24(FP)
	RET

// func words(crc uint32, p *byte, n int) uint32
TEXT ·words(SB), NOSPLIT, $0-28
	MOVL crc+0(FP), AX
	MOVQ p+8(FP), SI
	MOVQ n+16(FP), DX

word:
	CRC32Q (SI), AX
	ADDQ   $8, SI
	SUBQ   $1, DX
	JNZ    word
	MOVL   AX, ret+24(FP)
	RET
