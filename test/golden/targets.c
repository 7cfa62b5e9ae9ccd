/* emit -t 'struct conn' --expose peer --offset load -t 'union word' --guard --target x86_64 --target aarch64 --target i386 --target win64 */
struct peer;
struct __attribute__((may_alias)) conn {
	long state;
	struct peer *peer;
	double load;
};
union __attribute__((may_alias)) word {
	long l;
	char c[sizeof(long)];
};
