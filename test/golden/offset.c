/* emit -t 'struct conn' --offset fd --offset load --target x86_64-linux-gnu */
struct __attribute__((may_alias)) conn {
	char kind;
	int fd;
	double load[3];
};
