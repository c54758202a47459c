/*
 * c.h
 *    The types, limits and small macros that every file of the server and every module may use.
 *
 * Nothing here knows of a server: no function of Matriarch is declared, only the vocabulary.
 * Names are those of PostgreSQL's module interface; see docs/tour.md for which headers are public.
 */
#ifndef C_H
#define C_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/types.h>

#include "pg_config.h"
#include "postgres_ext.h"

/* ---- integers and reals ------------------------------------------------------------------------------------ */
typedef int8_t int8;
typedef int16_t int16;
typedef int32_t int32;
typedef int64_t int64;
typedef uint8_t uint8;
typedef uint16_t uint16;
typedef uint32_t uint32;
typedef uint64_t uint64;
/* Allocated memory is only aligned to 8 bytes: the compiler must not assume more. */
typedef __int128 int128 __attribute__((aligned(8)));
typedef unsigned __int128 uint128 __attribute__((aligned(8)));
typedef uint8 bits8;
typedef uint16 bits16;
typedef uint32 bits32;
typedef float float4;
typedef double float8;
typedef size_t Size;
typedef char *Pointer;
typedef unsigned int Index;
typedef signed int Offset;
typedef uintptr_t Datum_t;

#define INT64_FORMAT "%" PRId64
#define UINT64_FORMAT "%" PRIu64
#define INT64CONST(x) INT64_C(x)
#define UINT64CONST(x) UINT64_C(x)
#define PG_INT8_MIN INT8_MIN
#define PG_INT8_MAX INT8_MAX
#define PG_INT16_MIN INT16_MIN
#define PG_INT16_MAX INT16_MAX
#define PG_UINT16_MAX UINT16_MAX
#define PG_INT32_MIN INT32_MIN
#define PG_INT32_MAX INT32_MAX
#define PG_UINT32_MAX UINT32_MAX
#define PG_INT64_MIN INT64_MIN
#define PG_INT64_MAX INT64_MAX
#define PG_UINT64_MAX UINT64_MAX

/* ---- identifiers of the system ------------------------------------------------------------------------------ */
typedef Oid regproc;
typedef Oid RegProcedure;

/* Transaction ids are 64 bits wide everywhere but in heap tuples (32-bit offsets from their page's base). */
typedef uint64 TransactionId;
typedef TransactionId LocalTransactionId;
typedef TransactionId SubTransactionId;
typedef uint64 MultiXactId;
typedef uint64 MultiXactOffset;
typedef uint32 CommandId;

#define InvalidSubTransactionId ((SubTransactionId) 0)
#define TopSubTransactionId ((SubTransactionId) 1)
#define FirstCommandId ((CommandId) 0)
#define InvalidCommandId (~(CommandId) 0)

#define NAMEDATALEN 64
typedef struct nameData
{
	char data[NAMEDATALEN];
} NameData;
typedef NameData *Name;
#define NameStr(name) ((name).data)

/* A variable-length value; postgres.h has the header's encoding. Never look at vl_len_ directly. */
struct varlena
{
	char vl_len_[4];
	char vl_dat[];
};
#define VARHDRSZ ((int32) sizeof(int32))
typedef struct varlena bytea;
typedef struct varlena text;
typedef struct varlena BpChar;
typedef struct varlena VarChar;

/* int2vector and oidvector: one-dimensional arrays of fixed layout, used in catalogs. */
typedef struct
{
	int32 vl_len_;
	int ndim;
	int32 dataoffset;
	Oid elemtype;
	int dim1;
	int lbound1;
	int16 values[];
} int2vector;

typedef struct
{
	int32 vl_len_;
	int ndim;
	int32 dataoffset;
	Oid elemtype;
	int dim1;
	int lbound1;
	Oid values[];
} oidvector;

/* ---- compiler ------------------------------------------------------------------------------------------------ */
#define FLEXIBLE_ARRAY_MEMBER
#define pg_attribute_unused() __attribute__((unused))
#define PG_USED_FOR_ASSERTS_ONLY __attribute__((unused))
#define pg_attribute_printf(f, a) __attribute__((format(gnu_printf, f, a)))
#define pg_attribute_noreturn() __attribute__((noreturn))
#define pg_nodiscard __attribute__((warn_unused_result))
#define pg_attribute_always_inline __attribute__((always_inline)) inline
#define pg_noinline __attribute__((noinline))
#define pg_attribute_cold __attribute__((cold))
#define pg_attribute_hot __attribute__((hot))
#define pg_attribute_packed() __attribute__((packed))
#define pg_attribute_aligned(a) __attribute__((aligned(a)))
#define pg_unreachable() __builtin_unreachable()
#define pg_restrict __restrict
#define pg_fallthrough __attribute__((fallthrough))
#define PGDLLEXPORT __attribute__((visibility("default")))
#define PGDLLIMPORT
#define likely(x) __builtin_expect((x) != 0, 1)
#define unlikely(x) __builtin_expect((x) != 0, 0)
#define PG_CACHE_LINE_SIZE 64

#define CppAsString(identifier) #identifier
#define CppAsString2(x) CppAsString(x)
#define CppConcat(x, y) x##y

#define StaticAssertDecl(condition, message) _Static_assert(condition, message)
#define StaticAssertStmt(condition, message) _Static_assert(condition, message)

/* ---- arithmetic and alignment ------------------------------------------------------------------------------- */
#define Max(x, y) ((x) > (y) ? (x) : (y))
#define Min(x, y) ((x) < (y) ? (x) : (y))
#define Abs(x) ((x) >= 0 ? (x) : -(x))
#define lengthof(array) (sizeof(array) / sizeof((array)[0]))

#define TYPEALIGN(ALIGNVAL, LEN) (((uintptr_t) (LEN) + ((ALIGNVAL) -1)) & ~((uintptr_t) ((ALIGNVAL) -1)))
#define TYPEALIGN_DOWN(ALIGNVAL, LEN) (((uintptr_t) (LEN)) & ~((uintptr_t) ((ALIGNVAL) -1)))
#define ALIGNOF_SHORT 2
#define ALIGNOF_INT 4
#define ALIGNOF_LONG 8
#define ALIGNOF_DOUBLE 8
#define MAXIMUM_ALIGNOF 8
#define SHORTALIGN(LEN) TYPEALIGN(ALIGNOF_SHORT, (LEN))
#define INTALIGN(LEN) TYPEALIGN(ALIGNOF_INT, (LEN))
#define LONGALIGN(LEN) TYPEALIGN(ALIGNOF_LONG, (LEN))
#define DOUBLEALIGN(LEN) TYPEALIGN(ALIGNOF_DOUBLE, (LEN))
#define MAXALIGN(LEN) TYPEALIGN(MAXIMUM_ALIGNOF, (LEN))
#define MAXALIGN64(LEN) TYPEALIGN(MAXIMUM_ALIGNOF, (LEN))
#define CACHELINEALIGN(LEN) TYPEALIGN(PG_CACHE_LINE_SIZE, (LEN))
#define MAXALIGN_DOWN(LEN) TYPEALIGN_DOWN(MAXIMUM_ALIGNOF, (LEN))
#define PointerIsAligned(pointer, type) (((uintptr_t) (pointer) % (sizeof(type))) == 0)
#define PointerIsValid(pointer) ((const void *) (pointer) != NULL)
#define OidIsValid(objectId) ((bool) ((objectId) != InvalidOid))
#define OffsetToPointer(base, offset) ((void *) ((char *) (base) + (offset)))
#define BITS_PER_BYTE 8

#define MemSet(start, val, len) memset((start), (val), (len))
#define MemSetAligned(start, val, len) memset((start), (val), (len))
#define StrNCpy(dst, src, len) ((void) strlcpy((dst), (src), (len)))

#define pg_add_s16_overflow(a, b, r) __builtin_add_overflow((int16) (a), (int16) (b), (r))
#define pg_sub_s16_overflow(a, b, r) __builtin_sub_overflow((int16) (a), (int16) (b), (r))
#define pg_mul_s16_overflow(a, b, r) __builtin_mul_overflow((int16) (a), (int16) (b), (r))
#define pg_add_s32_overflow(a, b, r) __builtin_add_overflow((int32) (a), (int32) (b), (r))
#define pg_sub_s32_overflow(a, b, r) __builtin_sub_overflow((int32) (a), (int32) (b), (r))
#define pg_mul_s32_overflow(a, b, r) __builtin_mul_overflow((int32) (a), (int32) (b), (r))
#define pg_add_s64_overflow(a, b, r) __builtin_add_overflow((int64) (a), (int64) (b), (r))
#define pg_sub_s64_overflow(a, b, r) __builtin_sub_overflow((int64) (a), (int64) (b), (r))
#define pg_mul_s64_overflow(a, b, r) __builtin_mul_overflow((int64) (a), (int64) (b), (r))

/* ---- assertions ---------------------------------------------------------------------------------------------- */
/*
 * Assert is for conditions too dear to test in production; AssertAlways guards shared memory and disk and stays on.
 * Both abort(): the process is not to be trusted further.
 */
extern void ExceptionalCondition(const char *condition, const char *file, int line) pg_attribute_noreturn()
	pg_attribute_cold;
#define AssertAlways(condition) \
	((condition) ? (void) 0 : ExceptionalCondition(#condition, __FILE__, __LINE__))
#ifdef USE_ASSERT_CHECKING
#define Assert(condition) AssertAlways(condition)
#else
#define Assert(condition) ((void) sizeof((condition) ? 1 : 0))
#endif
#define AssertMacro(condition) Assert(condition)
#define AssertArg(condition) Assert(condition)
#define AssertState(condition) Assert(condition)

/* ---- strings ------------------------------------------------------------------------------------------------- */
/* BSD's bounded copies; glibc 2.36 does not have them. Return the length they tried to make. */
extern size_t strlcpy(char *dst, const char *src, size_t size);
extern size_t strlcat(char *dst, const char *src, size_t size);

#define IS_HIGHBIT_SET(ch) ((unsigned char) (ch) & 0x80)
#define gettext_noop(x) (x)
#define _(x) (x)
#define ngettext(s, p, n) ((n) == 1 ? (s) : (p))

#endif /* C_H */
