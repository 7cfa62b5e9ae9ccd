/* emit -t 'struct conn' --target x86_64-linux-gnu */
struct conn {
	missing_t fd;
};
