/* emit -t 'struct con' --target x86_64-linux-gnu */
struct conn {
	int fd;
};
