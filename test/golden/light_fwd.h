/* SPDX-License-Identifier: CC0-1.0 */
/*
 * Made by gen-opaque: the names of shadows and how to get from them to what they hold. Do not edit; make it again with
 *   gen-opaque emit -t 'struct conn' --expose fd --fwd light_fwd.h -o light_opaque.h --target x86_64-linux-gnu light.c
 *
 * It stands in for
 *   struct conn of light.c
 * on x86_64-linux-gnu, unconfirmed by a compiler.
 *
 * This file is free of any licence: use it in whatever you like.
 */
#ifndef LIGHT_FWD_H
#define LIGHT_FWD_H

struct conn;
struct conn_opaque;

/*
 * For the definition of the private type, so that copies of a struct conn_opaque, and of
 * what holds one, are right under strict aliasing. It reaches the pointer types made
 * after the definition; -fno-strict-aliasing for the owner's files reaches all.
 * struct CONN_PRIVATE conn { ... };
 */
#if defined(__GNUC__)
#define CONN_PRIVATE __attribute__((may_alias))
#else
#define CONN_PRIVATE
#endif

/* The struct conn that a shadow stands in for. */
static inline struct conn *to_conn(struct conn_opaque *shadow)
{
	void *object = shadow;

#ifdef __cplusplus
	return static_cast<struct conn *>(object);
#else
	return (struct conn *)object;
#endif
}

/* The same of one that is not to be changed. */
static inline const struct conn *to_conn_const(const struct conn_opaque *shadow)
{
	const void *object = shadow;

#ifdef __cplusplus
	return static_cast<const struct conn *>(object);
#else
	return (const struct conn *)object;
#endif
}

#ifdef __cplusplus
extern "C++" {
/* The same under the plain name. */
static inline const struct conn *to_conn(const struct conn_opaque *shadow)
{
	const void *object = shadow;

#ifdef __cplusplus
	return static_cast<const struct conn *>(object);
#else
	return (const struct conn *)object;
#endif
}

} /* extern "C++" */
#elif defined(__GNUC__)
/*
 * With a pointer type made where it is used: one made before struct conn is defined lacks
 * what its definition says of aliasing.
 */
#define to_conn(...) ((struct conn *)to_conn(__VA_ARGS__))
#define to_conn_const(...) ((const struct conn *)to_conn_const(__VA_ARGS__))
#endif

#endif /* LIGHT_FWD_H */
