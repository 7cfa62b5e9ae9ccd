/* emit -t 'struct conn' --target x86_64-linux-gnu */
struct __attribute__((may_alias)) conn {
	int fd;
	long bytes;
};
