/* emit -t 'struct conn=link' --offset fd -t 'union word' -t pair_t --target x86_64-linux-gnu -- -DWORDS=4 */
struct __attribute__((may_alias)) conn {
	int fd;
};
union __attribute__((may_alias)) word {
	long l[WORDS];
	char c;
};
typedef struct __attribute__((may_alias)) {
	short a, b;
} pair_t;
