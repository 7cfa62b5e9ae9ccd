/* emit -t 'struct conn' --reserve 8 --target x86_64-linux-gnu */
struct conn {
	long state;
	int fd;
};
