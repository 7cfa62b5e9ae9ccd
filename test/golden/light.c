/* emit -t 'struct conn' --fwd light_fwd.h --expose fd --target x86_64-linux-gnu */
struct __attribute__((may_alias)) conn {
	int fd;
	long bytes;
};
