/* emit -t 'struct conn' --expose fd --reserve 64 --guard --target x86_64-linux-gnu */
struct __attribute__((may_alias)) conn {
	long state;
	int fd;
};
