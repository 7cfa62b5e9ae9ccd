/* emit -t 'struct conn' --guard --target x86_64-linux-gnu */
struct __attribute__((may_alias)) conn {
	int fd;
	unsigned ready : 1;
	long tail[2];
};
