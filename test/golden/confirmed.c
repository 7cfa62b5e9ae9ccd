/* emit -t 'struct conn' --cc gcc -- -fno-strict-aliasing */
struct conn {
	int fd;
	unsigned char flags;
};
