/* emit -t 'struct line' --target aarch64-linux-gnu */
struct __attribute__((may_alias, aligned(64))) line {
	char c;
	long double d;
};
